/** The command line of `nx run exploration:litmus`. */
import { Command, CommanderError, Option } from 'commander'
import { LitmusError, MEMORY_MODELS, type MemoryModel } from '../src/litmus/index.ts'

/** How a run is shown. */
export const FORMATS = ['steps', 'itf', 'chrome'] as const
export type Format = (typeof FORMATS)[number]

/** What to do. */
export type Request =
  | { readonly do: 'help'; readonly text: string }
  | {
      readonly do: 'explore'
      /** A file; `-` is the standard input. */
      readonly file: string
      readonly memory: MemoryModel | null
      readonly maxExecutions: number
      readonly states: boolean
    }
  | {
      readonly do: 'replay'
      readonly file: string
      readonly token: string
      readonly format: Format
    }

const DEFAULT_EXECUTIONS = 10_000_000

const EXAMPLES = `
The file holds one program per line, as JSON (docs/litmus.md, docs/litmus-schema.json); - or no file is the standard input:

  {"name":"SB","init":{"x":0,"y":0},
   "cpus":[{"frames":[{"level":"task","ops":[{"op":"write","word":"x","value":1},{"op":"read","word":"y","into":"r0"}]}]},
           {"frames":[{"level":"task","ops":[{"op":"write","word":"y","value":1},{"op":"read","word":"x","into":"r0"}]}]}],
   "final":{"exists":"P0:r0 == 0 && P1:r0 == 0"}}            (on one line)

One line of JSON is printed for each program: its verdict (holds, violated, inconclusive), by which explorer, whether
"exists" was observed, counts of executions, blocked and redundant ones, classes, states, findings with the weakest memory model that
each needs and a token, the probability that states were taken for others, seconds. Progress goes to the standard error.
A violated program is a result, not a failure: the exit code stays 0.

Examples:
  npx nx run exploration:litmus libs/exploration/litmus/classic.jsonl               ready-made programs
  npx nx run exploration:litmus my.jsonl --memory=tso                               all of them on x86
  npx nx run exploration:litmus my.jsonl --replay <token>                           the steps of one finding
  node libs/exploration/bin/litmus.ts my.jsonl --replay <token> --as chrome > t.json   for https://ui.perfetto.dev
  generate | node libs/exploration/bin/litmus.ts - | jq -c '[.name, .verdict]'      without Nx, for pipes (Node 24)

Ctrl-C ends the exploration in good order: the program in progress is printed as inconclusive; a second one gives up.

Exit codes: 0 done, 2 wrong usage or a program that cannot be read (nothing is printed), 3 defect of the lab, 130 interrupted.
(Through Nx, each code but 0 becomes 1, and --help has to be written as: -- --help)`

interface Raw {
  readonly memory?: string
  readonly maxExecutions?: string
  readonly states?: true
  readonly replay?: string
  readonly as?: string
}

function command(): Command {
  return new Command('litmus')
    .description('Explores small concurrent programs: all schedules that differ, with interrupts.')
    .argument('[file]', 'programs, one per line; - or nothing: the standard input')
    .usage('[file] [options]')
    .option(
      '--memory <model>',
      `${MEMORY_MODELS.join(' or ')}; stronger than what the programs say (default: what they say, or sc)`,
    )
    .option('--max-executions <n>', `most schedules of one program (default: ${DEFAULT_EXECUTIONS})`)
    .option('--states', 'explore the states too: counts them, and confirms the verdict by other means')
    .addOption(
      new Option('--replay <token>', 'run the schedule of a finding again, and print it').conflicts([
        'memory',
        'maxExecutions',
        'states',
      ]),
    )
    .option('--as <format>', `how --replay prints: ${FORMATS.join(', ')} (default: steps)`)
    .addHelpText('after', EXAMPLES)
    .helpOption('-h, --help', 'print this')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
}

/** Reads the arguments; throws LitmusError. */
export function parseArguments(args: readonly string[]): Request {
  const parser = command()
  try {
    parser.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed')
      return { do: 'help', text: `${parser.helpInformation()}${EXAMPLES}\n` }
    throw new LitmusError(`${error.message.replace(/^error: /, '')}; --help tells the options`)
  }
  const raw = parser.opts<Raw>()
  const file = parser.args[0] ?? '-'
  const memory = oneOf('--memory', raw.memory, MEMORY_MODELS)
  if (raw.replay === undefined) {
    if (raw.as !== undefined) throw new LitmusError('--as: expected --replay with it')
    return {
      do: 'explore',
      file,
      memory,
      maxExecutions: executionsOf(raw.maxExecutions),
      states: raw.states === true,
    }
  }
  return { do: 'replay', file, token: raw.replay, format: oneOf('--as', raw.as, FORMATS) ?? 'steps' }
}

function oneOf<T extends string>(option: string, text: string | undefined, all: readonly T[]): T | null {
  if (text === undefined) return null
  const found = all.find((one) => one === text)
  if (found !== undefined) return found
  throw new LitmusError(`${option}: expected ${all.join(' or ')}, and got "${text}"`)
}

function executionsOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_EXECUTIONS
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= 1 && Number.isSafeInteger(value)) return value
  throw new LitmusError(`--max-executions: expected a whole number from 1, and got "${text}"`)
}
