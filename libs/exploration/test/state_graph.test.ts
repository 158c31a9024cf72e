import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { livelocks } from '../src/states/livelock.ts'
import { StateGraph } from '../src/states/state_graph.ts'

const SEED = 7
const GRAPHS = 3000

/** Some states, each with some moves of some frames. */
function randomGraph(pick: (n: number) => number): StateGraph {
  const graph = new StateGraph()
  const states = 1 + pick(7)
  for (let i = 0; i < states; i++) graph.addState(-1)
  for (let i = 0; i < states; i++) {
    graph.expanded[i] = pick(10) > 0
    for (let n = pick(4); n > 0; n--) {
      const move = graph.addMove(i, 0, pick(3) << 4, pick(6) === 0)
      graph.to[move] = pick(states)
    }
  }
  return graph
}

/** Which states can be reached from which by one move or more, through states of which all moves are known. */
function reachability(graph: StateGraph): boolean[][] {
  const n = graph.moves.length
  const known = (i: number): boolean => graph.expanded[i]!
  const reach = Array.from({ length: n }, (_, i) =>
    Array.from(
      { length: n },
      (__, j) => known(i) && known(j) && graph.moves[i]!.some((move) => graph.to[move] === j),
    ),
  )
  for (let k = 0; k < n; k++)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) reach[i]![j] ||= reach[i]![k]! && reach[k]![j]!
  return reach
}

const pickFrom = (seed: number): ((n: number) => number) => {
  const rng = xoroshiro128plus(seed)
  return (n) => uniformInt(rng, 0, n - 1)
}

test(`on ${GRAPHS} random graphs (seed ${SEED}) the components with cycles are the classes of states that reach each other`, () => {
  const pick = pickFrom(SEED)
  for (let n = 0; n < GRAPHS; n++) {
    const graph = randomGraph(pick)
    const reach = reachability(graph)
    const classes = new Set<string>()
    for (let i = 0; i < reach.length; i++)
      if (reach[i]![i]!) classes.add(String([...reach.keys()].filter((j) => reach[i]![j]! && reach[j]![i]!)))
    const found = graph.cycles().map((states) => String(states.toSorted((a, b) => a - b)))
    expect(found.sort()).toEqual([...classes].sort())
  }
})

/** The frames that have to move if they can. */
const obliged = (graph: StateGraph, state: number): number[] =>
  graph.moves[state]!.filter((move) => !graph.optional[move]!).map((move) => graph.label[move]! >> 4)

test(`on ${GRAPHS} random graphs (seed ${SEED}) a livelock's cycle is closed and fair, and no fair cycle is missed`, () => {
  const pick = pickFrom(SEED)
  let livelocked = 0
  for (let n = 0; n < GRAPHS; n++) {
    const graph = randomGraph(pick)
    const found = livelocks(graph)
    livelocked += found.length
    for (const cycle of found) {
      // Moves are known by their labels here, several of which may be alike: follow them all.
      let ends = new Set([cycle.state])
      for (const label of cycle.labels) {
        const next = [...ends].flatMap((state) =>
          graph.moves[state]!.filter((move) => graph.label[move] === label),
        )
        ends = new Set(next.map((move) => graph.to[move]!))
      }
      expect(ends).toContain(cycle.state)
    }
    const inLivelock = new Set(found.map(({ state }) => state))
    for (const states of graph.cycles()) {
      const inside = states.flatMap((state) =>
        graph.moves[state]!.filter((move) => states.includes(graph.to[move]!)),
      )
      const moving = new Set(inside.map((move) => graph.label[move]! >> 4))
      // Going round all of it is the fairest that can be done.
      const starved = [0, 1, 2].filter(
        (frame) => !moving.has(frame) && states.every((state) => obliged(graph, state).includes(frame)),
      )
      expect(states.some((state) => inLivelock.has(state))).toBe(starved.length === 0)
    }
  }
  expect(livelocked).toBeGreaterThan(100)
})
