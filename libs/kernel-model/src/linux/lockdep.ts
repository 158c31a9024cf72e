/**
 * How locks are used, per class: a usage in one context that another usage makes unsafe is reported when both
 * were seen, in whichever order. Follows mark_usage() and verify_lock_unused() of kernel/locking/lockdep.c
 * (6.18).
 *
 * Departures:
 * 1. A class is made of the locks whose names differ only in their instance numbers (`#3`); the kernel's is
 *    made of the locks initialised at one source line. Hides conflicts between owners that have different
 *    names.
 * 2. The kernel notices an NMI's acquisition only after another use of the class; here the order does not
 *    matter. Invents nothing: the NMI could as well have come later.
 * 3. No dependency chains, no wait types. A cycle of locks is found by exploration, as the deadlock that it
 *    makes. Hides inversions whose schedule lies outside the bound.
 */
import { Attached, type Frame, generic, Level, machine, type Machine, running } from '../machine/index.ts'

/** A way to take a lock, and the words for it. */
const USES = {
  inNmi: 'IN-NMI',
  outsideNmi: 'INITIAL USE',
  inHardirq: 'IN-HARDIRQ-W',
  hardirqsOn: 'HARDIRQ-ON-W',
  inSoftirq: 'IN-SOFTIRQ-W',
  softirqsOn: 'SOFTIRQ-ON-W',
} as const
type Use = keyof typeof USES

/** Of each pair, one alone is correct. */
const CONFLICTS: readonly (readonly [Use, Use])[] = [
  ['outsideNmi', 'inNmi'],
  ['hardirqsOn', 'inHardirq'],
  ['softirqsOn', 'inSoftirq'],
]

/** For each use of a class: the first step that made it. */
type Usage = Map<Use, number>

/** Which step it was makes no difference to what follows. */
const usesOf = (all: Map<string, Usage>): unknown =>
  new Map([...all].map(([name, usage]) => [name, new Set(usage.keys())]))

const classes = new Attached<Machine, Map<string, Usage>>(usesOf)

function usageOf(name: string): Usage {
  const m = machine()
  let all = classes.get(m)
  if (all === undefined) classes.set(m, (all = new Map<string, Usage>()))
  let usage = all.get(name)
  if (usage === undefined) all.set(name, (usage = new Map<Use, number>()))
  return usage
}

/**
 * A trylock never waits, so its context cannot make it deadlock; but what interrupts it then meets a taken
 * lock.
 */
function usesNow(frame: Frame, trylock: boolean): Use[] {
  if (frame.level === Level.Nmi) return trylock ? [] : ['inNmi']
  const uses: Use[] = ['outsideNmi']
  if (frame.level === Level.Hardirq && !trylock) uses.push('inHardirq')
  if (frame.level === Level.Softirq && !trylock) uses.push('inSoftirq')
  if (!frame.cpu.irqsOff) {
    uses.push('hardirqsOn')
    if (frame.level === Level.Task && frame.bhDisabled === 0) uses.push('softirqsOn')
  }
  return uses
}

const held = new Attached<Frame, string[]>()

/** Does the running frame hold a lock of that name, whoever owns it? */
export function lock_is_held(name: string): boolean {
  const locks = held.get(running()) ?? []
  return locks.some((lock) => lock === name || lock.endsWith(`.${name}`))
}

/** Notes that the running frame released the lock. */
export function lock_released(name: string): void {
  const locks = held.get(running())
  if (locks !== undefined && locks.includes(name)) locks.splice(locks.lastIndexOf(name), 1)
}

/**
 * Notes, in the step that takes it, how the running frame takes the lock `name`; reports a conflict of
 * usages.
 */
export function lock_acquired(name: string, trylock: boolean): void {
  const m = machine()
  const lockClass = generic(name)
  const locks = held.get(running())
  if (locks === undefined) held.set(running(), [name])
  else locks.push(name)
  const usage = usageOf(lockClass)
  for (const use of usesNow(running(), trylock)) {
    if (!usage.has(use)) usage.set(use, m.steps)
  }
  for (const [unsafe, use] of CONFLICTS) {
    const first = usage.get(unsafe)
    const second = usage.get(use)
    if (first === undefined || second === undefined) continue
    const title = `inconsistent lock state: ${lockClass} is {${USES[unsafe]}} and {${USES[use]}}`
    m.report('context-violation', title, [Math.min(first, second)])
  }
}
