/**
 * Work for a hardirq on this CPU, done as soon as interrupts are on: the struct, queueing it, waiting for it.
 * Follows include/linux/irq_work.h and kernel/irq_work.c (6.18, x86-64, not RT); its run is in
 * irq_work_run.ts.
 *
 * Departures:
 * 1. preempt_disable() around the enqueue is a step only where tasks share the CPU. Elsewhere all it does is
 *    to make the caller an RCU reader while it links the node: a grace period may end there which the
 *    kernel's would not, but then the one that started just before the claim ends in the kernel too. Hides
 *    nothing, invents nothing.
 * 2. The LAZY bit is taken from the value that the claim found, not read again: it never changes. Hides
 *    nothing.
 * 3. CSD_TYPE bits, CPU hotplug and dynamic ticks are absent. Lazy work runs in a tick at any point after its
 *    queueing. Hides bugs of CPUs that go offline.
 */
import { access, type Cpu, generic, type KernelPath, Level } from '../machine/index.ts'
import { machine, Oops, Order, RELAXED, running } from '../machine/index.ts'
import { atomic_fetch_or, atomic_read } from './atomic.ts'
import { plain_write } from './barrier.ts'
import { call_single_queue, lazy_list, raised_list } from './irq_work_lists.ts'
import { flush_smp_call_function_queue, irq_work_run, irq_work_tick } from './irq_work_run.ts'
import { type irq_work, type irq_work_func, IRQ_WORK_BUSY, IRQ_WORK_CLAIMED } from './irq_work_types.ts'
import { IRQ_WORK_LAZY, IRQ_WORK_PENDING } from './irq_work_types.ts'
import { llist_add } from './llist.ts'
import { in_nmi, might_sleep, preempt_disable, preempt_enable, smp_processor_id } from './preempt.ts'

export * from './irq_work_types.ts'

/**
 * Plain stores of the whole struct; HARD_IRQ and LAZY are lost, as with the macro.
 * Of a work that is queued: `list-corruption`, for its `next` is overwritten.
 */
export function* init_irq_work(work: irq_work, func: irq_work_func): KernelPath {
  yield* access(
    'write',
    work.node.next,
    (m) => {
      m.store(work.node.next, null, Order.Plain)
      if (work.node.onList)
        throw new Oops('list-corruption', `init_irq_work() of queued ${generic(work.name)}`)
    },
    RELAXED,
  )
  yield* plain_write(work.a_flags, 0)
  yield* plain_write(work.func, func)
}

/** A full barrier, whether it claims or not. Gives the flags found: with PENDING, the claim failed. */
function* irq_work_claim(work: irq_work): KernelPath<number> {
  return yield* atomic_fetch_or(IRQ_WORK_CLAIMED, work.a_flags)
}

/**
 * Queues on this CPU; any context. False = PENDING already: func is still to be entered, perhaps on another
 * CPU, and will see what the caller stored before. That is success for a producer.
 */
export function* irq_work_queue(work: irq_work): KernelPath<boolean> {
  const flags = yield* irq_work_claim(work)
  if ((flags & IRQ_WORK_PENDING) !== 0) return false
  yield* pinned(() => irq_work_queue_local(work, flags))
  return true
}

/** As irq_work_queue, on `cpu`. WARN in NMI for another CPU: the IPI's backend is not NMI-safe. */
export function* irq_work_queue_on(work: irq_work, cpu: Cpu): KernelPath<boolean> {
  const flags = yield* irq_work_claim(work)
  if ((flags & IRQ_WORK_PENDING) !== 0) return false
  yield* pinned(() => irq_work_queue_for(work, flags, cpu))
  return true
}

function irq_work_queue_for(work: irq_work, flags: number, cpu: Cpu): KernelPath {
  if (cpu.id === smp_processor_id()) return irq_work_queue_local(work, flags)
  if (in_nmi()) machine().report('warn', 'WARN_ON_ONCE(in_nmi()) in irq_work_queue_on() for another CPU')
  return smp_call_single_queue(cpu, work)
}

function* pinned(body: () => KernelPath): KernelPath {
  const shared = running().cpu.tasks.length > 1
  if (shared) yield* preempt_disable()
  yield* body()
  if (shared) yield* preempt_enable()
}

/** The IPI is sent only if the list was empty: otherwise one is on its way. */
function* irq_work_queue_local(work: irq_work, flags: number): KernelPath {
  const cpu = running().cpu
  const lazy = (flags & IRQ_WORK_LAZY) !== 0
  const wasEmpty = yield* llist_add(work.node, lazy ? lazy_list(cpu) : raised_list(cpu))
  if (!wasEmpty) return
  if (lazy) yield* interruptLater('timer tick', cpu, irq_work_tick)
  else yield* arch_irq_work_raise()
}

/** The self-IPI: taken before the next instruction if interrupts are on, else when they come on. */
function* arch_irq_work_raise(): KernelPath {
  yield* access('arch_irq_work_raise', null, (m) => {
    m.raise('irq_work', running().cpu, Level.Hardirq, irq_work_run)
  })
}

function* smp_call_single_queue(cpu: Cpu, work: irq_work): KernelPath {
  if (yield* llist_add(work.node, call_single_queue(cpu)))
    yield* interruptLater('call_function_single', cpu, flush_smp_call_function_queue)
}

/** An interrupt that arrives at any point from now on at which `cpu` lets it in. */
function* interruptLater(label: string, cpu: Cpu, path: () => KernelPath): KernelPath {
  yield* access(`send ${label}`, null, (m) => {
    const name = `${running().name}/${label}#${++running().children}`
    m.addFrame({ name, cpu, level: Level.Hardirq, path, immediate: false })
  })
}

/** Pending or running? Says nothing of a claim that comes a moment later. */
export function* irq_work_is_busy(work: irq_work): KernelPath<boolean> {
  return ((yield* atomic_read(work.a_flags)) & IRQ_WORK_BUSY) !== 0
}

/**
 * Waits until BUSY is clear: no barrier against who queues meanwhile, nor against a second CPU in func. May
 * sleep.
 */
export function* irq_work_sync(work: irq_work): KernelPath {
  might_sleep('irq_work_sync')
  const ready = (): boolean => (work.a_flags.peek() & IRQ_WORK_BUSY) === 0
  const options = { ready, awaits: [work.a_flags], holder: () => work.runner, relaxed: true }
  yield* access('irq_work_sync', work.a_flags, (m) => m.load(work.a_flags, Order.Once), options)
}
