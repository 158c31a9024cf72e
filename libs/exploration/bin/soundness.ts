/** `nx run exploration:soundness`: as many random programs as wanted, on all cores, brute force against both explorers. */
import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type Family, FAMILIES } from '../test/random_program.ts'
import { type AnyBatch, SoundnessRun } from './soundness_run.ts'

const BATCH = 100
/** Into how many batches the tiny programs are cut. */
const TINY_BATCHES = 100
const MOST_SEED = 1_000_000_000
const PROGRESS_MS = 5000
const MS_PER_S = 1000
/** As shells count a process that SIGINT ended. */
const INTERRUPTED = 130

interface Wanted {
  readonly seed: number
  readonly programs: number
  readonly frames: number
  readonly workers: number
  readonly kind: readonly (Family | 'tiny')[]
}

const EXAMPLE = `
Draws random programs of each kind, and runs each by brute force, by the reduction, and by the explorer of states: all have to see the same
classes, end states and findings. Prints each failure as a line of JSON, shrunk, and a table; progress goes to the standard error.

Kinds: ${FAMILIES.join(', ')}; tiny: no chance, but all programs of so many frames with one operation each.

Example: npx nx run exploration:soundness -- --seed 7 --programs 100000 --kind handlers,locks

Ctrl-C prints the table of what was done.

Exit codes: 0 all agree, 1 there was a failure, 2 wrong usage, 130 interrupted.`

function positive(value: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It takes a positive number.')
  return number
}

/** Each batch has a seed of its own, which has to be exact. */
function seedOf(value: string): number {
  const seed = positive(value)
  if (seed > MOST_SEED) throw new InvalidArgumentError(`It takes a number up to ${MOST_SEED}.`)
  return seed
}

function kindsOf(value: string): Wanted['kind'] {
  return value.split(',').map((name) => {
    const kind = ([...FAMILIES, 'tiny'] as const).find((each) => each === name)
    if (kind === undefined) throw new InvalidArgumentError(`There is no kind "${name}".`)
    return kind
  })
}

function readArguments(): Wanted {
  return new Command('exploration:soundness')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .option('--seed <number>', 'other seeds give other programs', seedOf, 1)
    .option('--programs <number>', 'how many of all kinds together', positive, 20_000)
    .addOption(new Option('--kind <kinds>', 'by comma').argParser(kindsOf).default(FAMILIES, 'all but tiny'))
    .option('--frames <number>', 'of tiny programs', positive, 4)
    .option('--workers <number>', 'threads', positive, availableParallelism())
    .addHelpText('after', EXAMPLE)
    .parse()
    .opts<Wanted>()
}

/** The families take turns, all of them. Each batch has a seed of its own, so that the number of workers has no influence. */
function planOf({ seed, programs, frames, kind: kinds }: Wanted): AnyBatch[] {
  const batches: AnyBatch[] = []
  if (kinds.includes('tiny'))
    for (let first = 0; first < TINY_BATCHES; first++)
      batches.push({ family: 'tiny', frames, first, step: TINY_BATCHES })
  const families = kinds.filter((kind) => kind !== 'tiny')
  if (families.length === 0) return batches
  const size = Math.min(BATCH, Math.ceil(programs / families.length))
  for (let [left, at] = [programs, 0]; left > 0; left -= size, at++)
    batches.push({
      family: families[at % families.length]!,
      seed: seed * 1_000_003 + at,
      programs: Math.min(size, left),
    })
  return batches
}

const wanted = readArguments()
const run = new SoundnessRun(planOf(wanted), (failure) => console.log(JSON.stringify(failure)))
const began = Date.now()
const seconds = (): string => ((Date.now() - began) / MS_PER_S).toFixed(0)
const tell = (): void => {
  console.table(run.sums)
  console.log(`${run.total('programs')} programs, ${run.total('failed')} failed, ${seconds()} s`)
}
process.once('SIGINT', () => {
  tell()
  process.exit(INTERRUPTED)
})
const progress = setInterval(() => {
  console.error(`${run.total('programs')} programs, ${run.total('failed')} failed, ${seconds()} s`)
}, PROGRESS_MS)
try {
  await Promise.all(Array.from({ length: wanted.workers }, async () => run.work()))
} finally {
  clearInterval(progress)
}
tell()
if (run.total('failed') > 0) process.exitCode = 1
