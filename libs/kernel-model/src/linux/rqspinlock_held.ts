/**
 * The table of rqspinlocks that a CPU holds or attempts, and what it tells of deadlocks. Follows struct
 * rqspinlock_held of include/asm-generic/rqspinlock.h and check_deadlock_AA/ABBA() of kernel/bpf/rqspinlock.c
 * (6.18). The top entry is an attempt or a held lock, all below are held, or were attempted by what is
 * interrupted.
 *
 * Departures:
 * 1. An entry and `cnt` change in one step. A frame that came in between would see a top entry of NULL, which
 *    tells it as little as the table without that entry: hides nothing.
 * 2. A scan of the tables is one step; the kernel's reads one word after the other. Hides a spurious -EDEADLK
 *    made of halves from two moments; the caller gets -ETIMEDOUT instead.
 * 3. Entries are made as they are needed, without the limit of RES_NR_HELD (31).
 */
import { Attached, Cell, type Cpu, generic, type Machine, machine, Order } from '../machine/index.ts'
import type { rqspinlock_t } from './rqspinlock.ts'

class RqspinlockHeld {
  readonly cnt: Cell<number>
  private readonly locks: Cell<rqspinlock_t | null>[] = []
  private readonly cpu: Cpu

  constructor(cpu: Cpu) {
    this.cpu = cpu
    this.cnt = new Cell(`CPU${cpu.id} rqspinlock held.cnt`, 0)
  }

  lock(index: number): Cell<rqspinlock_t | null> {
    for (let i = this.locks.length; i <= index; i++)
      this.locks.push(
        machine().onDemand(
          `rqspinlock held.locks[${i}] of ${this.cpu.name}`,
          () => new Cell<rqspinlock_t | null>(`CPU${this.cpu.id} rqspinlock held.locks[${i}]`, null),
        ),
      )
    return this.locks[index]!
  }
}

const tables = new Attached<Cpu, RqspinlockHeld>()

function tableOf(cpu: Cpu): RqspinlockHeld {
  let table = tables.get(cpu)
  if (table === undefined) {
    table = machine().onDemand(`rqspinlock held.cnt of ${cpu.name}`, () => new RqspinlockHeld(cpu))
    tables.set(cpu, table)
  }
  return table
}

/** grab_held_lock_entry(), in the step in progress. */
export function grab_held_lock_entry(m: Machine, cpu: Cpu, lock: rqspinlock_t): void {
  const table = tableOf(cpu)
  const cnt = m.load(table.cnt, Order.Once)
  m.store(table.cnt, cnt + 1, Order.Once)
  m.store(table.lock(cnt), lock, Order.Once)
}

/** Sets the top entry to NULL, whichever lock it is. */
export function clear_top_entry(m: Machine, cpu: Cpu): void {
  const table = tableOf(cpu)
  const top = m.load(table.cnt, Order.Once) - 1
  if (top >= 0) m.store(table.lock(top), null, Order.Once)
}

/** `this_cpu_dec(rqspinlock_held_locks.cnt)`. */
export function dec_held_cnt(m: Machine, cpu: Cpu): void {
  const table = tableOf(cpu)
  m.store(table.cnt, Math.max(0, m.load(table.cnt, Order.Once) - 1), Order.Once)
}

/** How many locks the running frame's CPU holds or attempts, read as part of the step in progress. */
export function readHeldCnt(m: Machine, cpu: Cpu): number {
  const { cnt } = tableOf(cpu)
  m.touch(cnt, 0)
  return m.view(cnt)
}

/** The word of the top entry (0), or of the one that comes to lie upon it (1): what a trace shows. */
export function held_entry(cpu: Cpu, above: 0 | 1): Cell<rqspinlock_t | null> {
  const table = tableOf(cpu)
  return table.lock(Math.max(0, machine().view(table.cnt) - 1 + above))
}

function entriesBelowTop(m: Machine, table: RqspinlockHeld): (rqspinlock_t | null)[] {
  const below: (rqspinlock_t | null)[] = []
  const cnt = m.load(table.cnt, Order.Once)
  for (let i = 0; i < cnt - 1; i++) below.push(m.load(table.lock(i), Order.Once))
  return below
}

/** Is the lock that the top entry attempts held, or attempted, by this CPU already? */
export function check_deadlock_AA(m: Machine, cpu: Cpu, lock: rqspinlock_t): boolean {
  return entriesBelowTop(m, tableOf(cpu)).includes(lock)
}

/**
 * Does another CPU hold `lock` while it attempts one that this CPU holds? Pairwise only: longer cycles are
 * not seen.
 */
export function check_deadlock_ABBA(m: Machine, cpu: Cpu, lock: rqspinlock_t): boolean {
  const ours = entriesBelowTop(m, tableOf(cpu)).filter((held) => held !== null)
  if (ours.length === 0) return false
  for (const other of m.cpus) {
    if (other === cpu) continue
    const table = tableOf(other)
    const cnt = m.load(table.cnt, Order.Once)
    if (cnt < 2) continue
    const attempt = m.load(table.lock(cnt - 1), Order.Once)
    if (attempt !== null && entriesBelowTop(m, table).includes(lock)) return ours.includes(attempt)
  }
  return false
}

/** Unlocking is last in, first out; otherwise the table tells untruths, which only the lab can see. */
export function warnIfNotTop(m: Machine, cpu: Cpu, lock: rqspinlock_t): void {
  if (m.view(held_entry(cpu, 0)) === lock) return
  m.report('warn', `rqspinlock ${generic(lock.val.name)} is not the last one taken on its CPU`)
}
