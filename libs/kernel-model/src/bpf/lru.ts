/**
 * The list of an LRU hash: free slots, and those in use, oldest first. Follows bpf_lru_pop_free() and
 * bpf_lru_push_free() of kernel/bpf/bpf_lru_list.c (6.18), as an LRU hash uses them.
 *
 * Departures:
 * 1. One list with one raw lock for per-CPU and global lists, which are nested raw locks in the kernel. Two
 *    CPUs meet on the lock more often: invents no order of events that small maps on one CPU do not have.
 * 2. No reference bit: the victim is the slot that has been in use for longest. In the kernel a lookup gives
 *    it a second chance; which one goes is no promise. Invents nothing, as any slot may be the victim.
 * 3. Exactly max_entries slots, without the kernel's rounding.
 */
import { access, Cell, type KernelPath, type MemoryObject, Order } from '../machine/index.ts'
import { raw_spin_lock_irqsave, raw_spin_unlock_irqrestore, raw_spinlock_t } from '../linux/spinlock.ts'
import type { bucket } from './bucket.ts'
import type { bpf_map_value } from './map.ts'
import { freeSlot } from './slot.ts'

interface Used {
  readonly node: bpf_map_value
  /** Where its key is linked, or will be: set when the node is taken. */
  readonly bucket: bucket
}

interface Lists {
  /** The next one to give out is the last. */
  readonly free: readonly bpf_map_value[]
  /** Oldest first. */
  readonly used: readonly Used[]
}

/**
 * Unlinks the node from its bucket and frees its field; false = it is not linked. Called with the LRU lock
 * held.
 */
type DelFromHtab = (node: bpf_map_value, b: bucket) => KernelPath<boolean>

/** `struct bpf_lru`. */
export class bpf_lru {
  readonly lock: raw_spinlock_t
  readonly lists: Cell<Lists>
  readonly del_from_htab: DelFromHtab

  constructor(owner: MemoryObject, lists: Lists, del_from_htab: DelFromHtab) {
    this.lock = new raw_spinlock_t('lru.lock', owner)
    this.lists = new Cell<Lists>('lru', lists, owner, showLists)
    this.del_from_htab = del_from_htab
  }
}

function showLists({ free, used }: Lists): string {
  return `${free.length} free, ${used.length} used`
}

/**
 * A free slot, for a key of bucket `b`; if there is none, the oldest that can be taken from its key; null if
 * none can.
 */
export function* bpf_lru_pop_free(lru: bpf_lru, b: bucket): KernelPath<bpf_map_value | null> {
  const flags = yield* raw_spin_lock_irqsave(lru.lock)
  const { node, used } = yield* pop(lru, b)
  const found = node ?? (yield* shrink(lru, used, b))
  yield* raw_spin_unlock_irqrestore(lru.lock, flags)
  return found
}

/** A free slot, or null and the candidates. */
function* pop(lru: bpf_lru, b: bucket): KernelPath<{ node: bpf_map_value | null; used: readonly Used[] }> {
  return yield* access('__local_list_pop_free', lru.lists, (m) => {
    const { free, used } = m.load(lru.lists, Order.Once)
    const node = free[free.length - 1] ?? null
    if (node !== null)
      m.store(lru.lists, { free: free.slice(0, -1), used: [...used, { node, bucket: b }] }, Order.Once)
    return { node, used }
  })
}

/**
 * With the lock held, interrupts off: the victim's field is freed here, and the slot is in use again at once.
 */
function* shrink(lru: bpf_lru, used: readonly Used[], b: bucket): KernelPath<bpf_map_value | null> {
  for (const { node, bucket: linked } of used) {
    if (!(yield* lru.del_from_htab(node, linked))) continue
    yield* access('__bpf_lru_node_move_to_free', lru.lists, (m) => {
      const lists = m.load(lru.lists, Order.Once)
      const others = lists.used.filter((u) => u.node !== node)
      freeSlot(m, node)
      m.store(lru.lists, { free: lists.free, used: [...others, { node, bucket: b }] }, Order.Once)
    })
    return node
  }
  return null
}

/** Gives a slot back; the next update gets it. */
export function* bpf_lru_push_free(lru: bpf_lru, node: bpf_map_value): KernelPath {
  const flags = yield* raw_spin_lock_irqsave(lru.lock)
  yield* access('bpf_lru_push_free', lru.lists, (m) => {
    const { free, used } = m.load(lru.lists, Order.Once)
    freeSlot(m, node)
    m.store(lru.lists, { free: [...free, node], used: used.filter((u) => u.node !== node) }, Order.Once)
  })
  yield* raw_spin_unlock_irqrestore(lru.lock, flags)
}
