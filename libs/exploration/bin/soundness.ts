/**
 * As many random programs as wanted, on all cores: brute force against both explorers.
 *
 * `npx nx run exploration:soundness -- --seed 7 --programs 100000 --kind handlers,locks`
 *
 * `--kind`: families, by comma; all if absent. The kind `tiny` is no chance: all programs of `--frames` frames (4 if absent) with one
 * operation each. Prints each failure as a line of JSON, shrunk, and a table; ends with 1 if there was a failure.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Family, FAMILIES } from '../test/random_program.ts'
import { type AnyBatch, SoundnessRun } from './soundness_run.ts'

const BATCH = 100
/** Into how many batches the tiny programs are cut. */
const TINY_BATCHES = 100
const PROGRESS_MS = 5000
const MS_PER_S = 1000

interface Wanted {
  readonly seed: number
  readonly programs: number
  readonly frames: number
  readonly workers: number
  readonly kinds: readonly (Family | 'tiny')[]
}

function readArguments(): Wanted {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      programs: { type: 'string', default: '20000' },
      kind: { type: 'string', default: FAMILIES.join(',') },
      frames: { type: 'string', default: '4' },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  })
  const number = (name: 'seed' | 'programs' | 'frames' | 'workers'): number => {
    const value = Number(values[name])
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a positive number`)
    return value
  }
  const kinds = values.kind.split(',').map((name) => {
    const kind = ([...FAMILIES, 'tiny'] as const).find((each) => each === name)
    if (kind === undefined) throw new Error(`no kind "${name}": ${FAMILIES.join(', ')}, tiny`)
    return kind
  })
  return {
    seed: number('seed'),
    programs: number('programs'),
    frames: number('frames'),
    workers: number('workers'),
    kinds,
  }
}

/** The families take turns. Each batch has a seed of its own, so that the number of workers has no influence. */
function planOf({ seed, programs, frames, kinds }: Wanted): AnyBatch[] {
  const batches: AnyBatch[] = []
  if (kinds.includes('tiny'))
    for (let first = 0; first < TINY_BATCHES; first++)
      batches.push({ family: 'tiny', frames, first, step: TINY_BATCHES })
  const families = kinds.filter((kind) => kind !== 'tiny')
  if (families.length === 0) return batches
  for (let [left, at] = [programs, 0]; left > 0; left -= BATCH, at++)
    batches.push({
      family: families[at % families.length]!,
      seed: seed * 1_000_003 + at,
      programs: Math.min(BATCH, left),
    })
  return batches
}

const wanted = readArguments()
const run = new SoundnessRun(planOf(wanted), (failure) => console.log(JSON.stringify(failure)))
const began = Date.now()
const seconds = (): string => ((Date.now() - began) / MS_PER_S).toFixed(0)
const progress = setInterval(() => {
  console.error(`${run.total('programs')} programs, ${run.total('failed')} failed, ${seconds()} s`)
}, PROGRESS_MS)
try {
  await Promise.all(Array.from({ length: wanted.workers }, async () => run.work()))
} finally {
  clearInterval(progress)
}
console.table(run.sums)
console.log(`${run.total('programs')} programs, ${run.total('failed')} failed, ${seconds()} s`)
if (run.total('failed') > 0) process.exitCode = 1
