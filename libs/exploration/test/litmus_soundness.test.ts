import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { enumerateSchedules, explore, exploreStates, type Program } from '../src/index.ts'
import { compileLitmus, MEMORY_MODELS } from '../src/litmus/index.ts'
import { randomLitmus } from './random_litmus.ts'

const SEED = 1
const PROGRAMS = 200
/** Programs with more schedules than this are passed over: brute force has to stay possible. */
const MOST_SCHEDULES = 600

interface Seen {
  readonly classes: readonly number[]
  readonly findings: readonly string[]
}

const sorted = (all: Iterable<string>): string[] => [...all].sort()
const named = ({ kind, title }: { readonly kind: string; readonly title: string }): string =>
  `${kind}: ${title}`

/** Null if there are too many schedules. */
function bruteForce(program: Program): Seen | null {
  const classes = new Set<number>()
  const findings = new Set<string>()
  const count = enumerateSchedules(program, MOST_SCHEDULES, (machine, _moves, fingerprint) => {
    classes.add(fingerprint)
    for (const finding of machine.findings) findings.add(named(finding))
  })
  return count < 0 ? null : { classes: [...classes].sort((a, b) => a - b), findings: sorted(findings) }
}

function reduced(program: Program): Seen {
  const classes = new Set<number>()
  const onSchedule = (_machine: unknown, _moves: unknown, fingerprint: number): void =>
    void classes.add(fingerprint)
  const { findings } = explore(program, { onSchedule })
  return {
    classes: [...classes].sort((a, b) => a - b),
    findings: sorted(findings.map(({ finding }) => named(finding))),
  }
}

/** What the explorer of states finds, but for what only it judges. */
function byStates(program: Program): string[] {
  const { findings } = exploreStates(program)
  return sorted(findings.map(({ finding }) => named(finding)).filter((text) => !text.startsWith('livelock')))
}

test.each(MEMORY_MODELS)(
  `on ${PROGRAMS} random litmus programs (seed ${SEED}) under %s, the reduction and the explorer of states see what brute force sees`,
  (memory) => {
    const chance = xoroshiro128plus(SEED)
    const pick = (n: number): number => uniformInt(chance, 0, n - 1)
    for (let compared = 0; compared < PROGRAMS;) {
      const litmus = randomLitmus(pick)
      const program = compileLitmus(litmus, { memory })
      const all = bruteForce(program)
      if (all === null) continue
      compared++
      expect({ litmus, ...reduced(program) }).toEqual({ litmus, ...all })
      expect({ litmus, findings: byStates(program) }).toEqual({ litmus, findings: all.findings })
    }
  },
  120_000,
)
