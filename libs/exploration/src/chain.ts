/** The shortest happens-before chain through the steps that make a finding. */
import type { Causes, Edge } from './causes.ts'

/** One step of the chain. */
export interface Link {
  readonly step: number
  /** Why it comes after earlier steps of the chain: one edge, mostly; none for the first step. */
  readonly after: readonly Edge[]
}

/**
 * Links the steps: each, in the order of the schedule, by the shortest path from the nearest that is there already and happens
 * before it, and from each other one that nothing links to that so far. If none happens before it, it is linked by the shortest
 * paths from a step that happens before both, if there is one.
 * @param wanted steps of the schedule
 * @returns the steps on the way included, in the order of the schedule
 */
export function chainThrough(causes: Causes, wanted: readonly number[]): Link[] {
  const chain = new Map<number, Edge[]>()
  const steps = [...new Set(wanted)].filter((step) => step >= 0 && step < causes.steps).sort((a, b) => a - b)
  for (const step of steps) if (!chain.has(step)) link(causes, chain, step)
  return [...chain].map(([step, after]) => ({ step, after })).sort((a, b) => a.step - b.step)
}

/** From a step back, breadth first: for each step that happens before it, how far, and by which edge one gets nearer. */
interface Past {
  readonly distance: ReadonlyMap<number, number>
  readonly towards: ReadonlyMap<number, { to: number; edge: Edge }>
}

function pastOf(causes: Causes, starts: readonly number[]): Past {
  const distance = new Map(starts.map((start) => [start, 0]))
  const towards = new Map<number, { to: number; edge: Edge }>()
  // A map may grow while it is gone through: it is the queue.
  for (const [to, far] of distance) {
    for (const edge of causes.into(to)) {
      if (distance.has(edge.from)) continue
      distance.set(edge.from, far + 1)
      towards.set(edge.from, { to, edge })
    }
  }
  return { distance, towards }
}

function link(causes: Causes, chain: Map<number, Edge[]>, step: number): void {
  const past = pastOf(causes, [step])
  const known = [...chain.keys()]
  let before = nearest(known, (each) => past.distance.get(each))
  if (before === null) return linkByCommonPast(causes, chain, step, past)
  while (before !== null) {
    follow(chain, past, before)
    // What was not linked so far is linked by this step, where both are in its past.
    const linked = connected(chain, step)
    before = nearest(known, (each) => (linked.has(each) ? undefined : past.distance.get(each)))
  }
}

function linkByCommonPast(causes: Causes, chain: Map<number, Edge[]>, step: number, past: Past): void {
  const others = pastOf(causes, [...chain.keys()])
  const common = nearest([...others.distance.keys()], (each) => {
    const [here, there] = [past.distance.get(each), others.distance.get(each)]
    return here === undefined || there === undefined ? undefined : here + there
  })
  if (common === null) {
    chain.set(step, [])
    return
  }
  follow(chain, others, common)
  follow(chain, past, common)
}

/** The steps that edges of the chain, in whichever direction, link with this one. */
function connected(chain: ReadonlyMap<number, readonly Edge[]>, step: number): Set<number> {
  const found = new Set([step])
  for (const at of found) {
    for (const { from } of chain.get(at)!) found.add(from)
    for (const [to, edges] of chain) if (edges.some(({ from }) => from === at)) found.add(to)
  }
  return found
}

/** The step with the least distance; of several, the latest. */
function nearest(steps: readonly number[], distance: (step: number) => number | undefined): number | null {
  let best: number | null = null
  for (const step of steps) {
    const far = distance(step)
    if (far === undefined) continue
    const than = best === null ? Infinity : distance(best)!
    if (far < than || (far === than && step > best!)) best = step
  }
  return best
}

function follow(chain: Map<number, Edge[]>, { towards }: Past, from: number): void {
  if (!chain.has(from)) chain.set(from, [])
  for (let at = towards.get(from); at !== undefined; at = towards.get(at.to)) {
    const known = chain.get(at.to)
    if (known === undefined) chain.set(at.to, [at.edge])
    else if (!known.some(({ from: other }) => other === at.edge.from)) known.push(at.edge)
  }
}
