/** The command line. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { type Design, MAP_TYPES, type MapType, type Workload } from '@bottom-half/deferred-work'
import { MODELS } from '@bottom-half/exploration'
import type { MemoryModel } from '@bottom-half/kernel-model'
import { WORKLOADS } from '@bottom-half/workloads'
import { Command, CommanderError, Option } from 'commander'
import { unknown } from './cells.ts'
import { DESIGNS } from './designs.ts'
import type { Bounds } from './explore_cell.ts'
import { REPORTS, startFolder } from './repository.ts'
import { UserError } from './user_error.ts'

/** What to do. */
export type Request =
  | { readonly do: 'help'; readonly text: string }
  | { readonly do: 'list' }
  | { readonly do: 'replay'; readonly token: string }
  | Comparison

/** A run, as the user wants it. */
export interface Comparison {
  readonly do: 'compare'
  readonly designs: readonly Design[]
  readonly workloads: readonly Workload[]
  readonly maps: readonly MapType[]
  readonly bounds: Bounds
  readonly workers: number
  /** Where to write the report; null: nowhere. */
  readonly out: string | null
  /** Print results.json? */
  readonly json: boolean
  /** A file that keeps what is done and what is left; null: none. */
  readonly checkpoint: string | null
  /** Go on from the checkpoint? */
  readonly resume: boolean
}

/** What says how to explore: a token says all of that. */
const OF_A_RUN = [
  'designs',
  'workloads',
  'map',
  'budget',
  'seed',
  'memory',
  'workers',
  'json',
  'checkpoint',
  'resume',
]

/** No cell of the default run needs more, so that none is inconclusive. */
const DEFAULT_BUDGET = 100_000
const DEFAULT_SEED = 1

const EXAMPLES = `
A violated property is a result, not a failure: the exit code stays 0.

Examples:
  npx nx run compare                                      everything, into reports/
  npx nx run compare --workloads=submit-vs-delete         one workload, all designs
  npx nx run compare --map=hash,array --budget=2000       two map types, at most 2000 schedules a cell
  npx nx run compare --budget=10000000 --checkpoint=run   a long one; the same with --resume goes on with it
  npx nx run compare --workloads=one-submit --memory=tso  which findings need the store buffers of x86
  npx nx run compare --replay <token>                     the steps of one finding
  npx nx run compare --list                               what there is to choose from
  node apps/compare/src/main.ts --json | jq .verdicts     without Nx, for pipes (Node 24)

Ctrl-C writes what was finished, marked partial; a second one gives up.
With --checkpoint that, and even a kill -9, loses a few seconds at most: the same command with --resume goes on, and ends with the
results of a run that was never interrupted. The file is removed once all is done.
NO_COLOR switches colours off.

Exit codes: 0 done, 2 wrong usage (nothing is written), 3 defect of the lab, 130 interrupted.
(Through Nx, each code but 0 becomes 1.)`

/** Raw values, as typed. */
interface Raw {
  readonly designs?: string
  readonly workloads?: string
  readonly map?: string
  readonly budget?: string
  readonly seed?: string
  readonly memory?: string
  readonly workers?: string
  readonly out?: string
  readonly json?: true
  readonly checkpoint?: string
  readonly resume?: true
  readonly list?: true
  readonly replay?: string
}

function command(): Command {
  return new Command('compare')
    .description(
      'Explores designs of deferred BPF execution under the same workloads, and reports what they violate.',
    )
    .usage('[options]')
    .option('--designs <names>', 'designs to compare, with commas between them (default: all)')
    .option('--workloads <names>', 'workloads to put them under (default: all)')
    .option('--map <types>', `map types: ${MAP_TYPES.join(', ')} (default: all)`)
    .option('--budget <n>', `most schedules of one exploration (default: ${DEFAULT_BUDGET})`)
    .option('--seed <n>', `of the random schedules after a budget that ended (default: ${DEFAULT_SEED})`)
    .option('--memory <model>', `memory model: ${MODELS.join(' or ')}; tso says what needs it (default: sc)`)
    .option('--workers <n>', 'threads; no influence on the results (default: one for each CPU)')
    .option('--out <folder>', 'where the report goes (default: reports/ of the repository)')
    .option('--json', 'print results.json; writes no report unless --out is given')
    .option('--checkpoint <file>', 'keep there, every few seconds, what is done and what is left')
    .option('--resume', 'go on from the --checkpoint file, with the same options otherwise')
    .option('--list', 'print designs, workloads, map types and properties')
    .addOption(
      new Option('--replay <token>', 'print the steps of a finding, from its token').conflicts(OF_A_RUN),
    )
    .addHelpText('after', EXAMPLES)
    .helpOption('-h, --help', 'print this')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
}

/** Reads the arguments; throws UserError. */
export function parseArguments(args: readonly string[]): Request {
  const parser = command()
  try {
    parser.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed')
      return { do: 'help', text: `${parser.helpInformation()}${EXAMPLES}\n` }
    throw new UserError(`${error.message.replace(/^error: /, '')}; --help tells the options`)
  }
  const raw = parser.opts<Raw>()
  if (raw.replay !== undefined) return { do: 'replay', token: raw.replay }
  return raw.list === true ? { do: 'list' } : comparisonOf(raw)
}

function comparisonOf(raw: Raw): Comparison {
  const folder = raw.out ?? (raw.json === true ? null : REPORTS)
  if (folder === '') throw new UserError('--out: expected the name of a folder, and got nothing')
  const mapTypes = MAP_TYPES.map((id) => ({ id }))
  return {
    do: 'compare',
    designs: chosen('--designs', 'design', raw.designs, DESIGNS),
    workloads: chosen('--workloads', 'workload', raw.workloads, WORKLOADS),
    maps: chosen('--map', 'map type', raw.map, mapTypes).map(({ id }) => id),
    bounds: {
      budget: wholeNumber('--budget', raw.budget, DEFAULT_BUDGET, 1, 1_000_000_000),
      seed: wholeNumber('--seed', raw.seed, DEFAULT_SEED, 0, 0x7fffffff),
      memory: memoryOf(raw.memory),
    },
    workers: wholeNumber('--workers', raw.workers, availableParallelism(), 1, 256),
    out: folder === null ? null : resolve(startFolder(), folder),
    json: raw.json === true,
    ...checkpointOf(raw),
  }
}

function checkpointOf({ checkpoint, resume }: Raw): Pick<Comparison, 'checkpoint' | 'resume'> {
  if (checkpoint === '') throw new UserError('--checkpoint: expected the name of a file, and got nothing')
  if (resume === true && checkpoint === undefined)
    throw new UserError('--resume: expected --checkpoint <file> with it')
  const path = checkpoint === undefined ? null : resolve(startFolder(), checkpoint)
  return { checkpoint: path, resume: resume === true }
}

function memoryOf(text: string | undefined): MemoryModel {
  const found = text === undefined ? MODELS[0] : MODELS.find((model) => model === text)
  if (found === undefined) throw new UserError(`--memory: ${unknown('memory model', text!, MODELS)}`)
  return found
}

/** The items that are named, in the order of all and each once; all if nothing was given. */
function chosen<T extends { readonly id: string }>(
  option: string,
  what: string,
  text: string | undefined,
  all: readonly T[],
): readonly T[] {
  if (text === undefined) return all
  const names = new Set(text.split(',').map((name) => name.trim()))
  const ids = all.map(({ id }) => id)
  for (const name of names)
    if (!ids.includes(name)) throw new UserError(`${option}: ${unknown(what, name, ids)}`)
  return all.filter(({ id }) => names.has(id))
}

function wholeNumber(
  option: string,
  text: string | undefined,
  usual: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return usual
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new UserError(`${option}: expected a whole number from ${least} to ${most}, and got "${text}"`)
}
