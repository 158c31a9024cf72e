/**
 * What every design must keep under every workload. A property is violated iff a schedule shows a finding of
 * its kinds.
 */
import { LabBug } from '@bottom-half/kernel-model'

/** One thing that must hold in all schedules. */
export interface Property {
  readonly id: string
  /** What is claimed, in one sentence. */
  readonly sentence: string
  /** The kinds of finding that violate it; no kind violates two properties. */
  readonly kinds: readonly string[]
  /** Can a schedule of this workload violate it at all? */
  appliesTo(workload: string): boolean
}

const everywhere = (): boolean => true

function property(id: string, sentence: string, ...kinds: string[]): Property {
  return { id, sentence, kinds, appliesTo: everywhere }
}

/** In the order in which a report shows them: memory, promises, waiting, rules. */
export const PROPERTIES: readonly Property[] = [
  property('no-use-after-free', 'Memory is not touched after it was freed.', 'use-after-free'),
  property('no-double-free', 'Memory is freed at most once.', 'double-free'),
  property(
    'no-bad-pointer',
    'No NULL pointer is followed, and no pointer to memory that was given to somebody else.',
    'null-dereference',
    'stale-pointer',
  ),
  property(
    'no-leak',
    'At rest nothing is left over: no context, list node, or reference to a program, a task or a map.',
    'leak',
  ),
  property(
    'exactly-once',
    'An accepted submit runs once, unless cancelled, its value deleted or its task gone; a refused one never.',
    'lost-callback',
    'double-callback',
    'unaccepted-callback',
  ),
  property(
    'no-callback-after-free',
    'No callback begins after its value was freed or given to another key.',
    'callback-after-free',
  ),
  property(
    'callback-context',
    'Each callback runs in the context and in the task that the design promises.',
    'callback-context',
  ),
  property(
    'no-deadlock',
    'No frames wait for each other, and none waits for what it interrupted.',
    'deadlock',
    'self-deadlock',
  ),
  property(
    'no-context-violation',
    'Each kernel function is called only in contexts in which it is legal.',
    'context-violation',
  ),
  property(
    'refcounts-sound',
    'No reference count falls below zero, rises from zero, or saturates.',
    'refcount-underflow',
    'refcount-saturation',
  ),
  property('no-value-stuck', 'At rest each value of a living map accepts a submit.', 'value-stuck'),
  property(
    'teardown-ends',
    'Once its last reference is gone, each program and each map is freed.',
    'teardown-stuck',
  ),
  property('no-data-race', 'Plain accesses to one word are ordered by synchronisation.', 'data-race'),
  property('list-integrity', 'No node is put on a list while it is on one.', 'list-corruption'),
  property('no-warn', 'No WARN of the kernel fires.', 'warn'),
]

const ids = new Map(PROPERTIES.flatMap(({ id, kinds }) => kinds.map((kind) => [kind, id])))

/** The property that a finding of this kind violates. Throws LabBug for a kind that no property owns. */
export function propertyOf(kind: string): string {
  const id = ids.get(kind)
  if (id === undefined) throw new LabBug(`no property owns findings of kind ${kind}`)
  return id
}
