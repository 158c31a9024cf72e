/** How fast programs are explored, and whether each class is run once: `npx nx run exploration:bench`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { Command } from 'commander'
import { type Case, EXHAUSTIVE, LONG, MERGED, PARALLEL, RANDOM } from './cases.ts'
import { GOALS, goals } from './goals.ts'
import { measure, median, usableCpus } from './measure.ts'
import type { Row } from './measured.ts'
import { COUNTS, memoryColumns, RATES, STATES, table } from './table.ts'

const DOCS = new URL('../../../docs/benchmarks.md', import.meta.url)
const BEGIN = "[//]: # 'measured: begin'"
const END = "[//]: # 'measured: end'"

interface Wanted {
  readonly write: boolean
  readonly processes: string
  readonly only: string
}

const values = new Command('exploration:bench')
  .description('Measures how fast programs are explored, and whether each class is run once.')
  .option('--write', 'put the tables into docs/benchmarks.md', false)
  .option('--processes <n>', 'how many processes the median of a time is over', '5')
  .option('--only <text>', 'only programs with this in their name', '')
  .addHelpText('after', '\nExit codes: 0 done, 1 a count is not as it has to be, 2 wrong usage.')
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Wanted>()
const processes = Number(values.processes)
if (!Number.isInteger(processes) || processes < 1) refuse('--processes takes a whole number from 1 on')
if (values.write && values.only !== '') refuse('--write takes all programs, so it goes without --only')

function refuse(sentence: string): never {
  console.error(sentence)
  process.exit(2)
}

async function measureAll(cases: readonly Case[], times: number): Promise<Row[]> {
  const rows: Row[] = []
  for (const each of cases) {
    if (!each.program.name.includes(values.only)) continue
    const row = await measure(each, times)
    const { program, mode } = each
    console.error(`${program.name}, ${mode.name}: ${row.seconds.toFixed(3)} s`)
    rows.push(row)
  }
  return rows
}

function environment(rows: readonly Row[]): string {
  const kept = usableCpus().length > 0 ? 'Each process was kept on one core' : 'No process was kept on a core'
  const start = median(rows.map(({ startSeconds }) => startSeconds))
  return [
    `Node ${process.versions.node} on ${cpus()[0]?.model ?? 'an unknown CPU'}, median of ${processes} processes.`,
    `${kept}; it took ${start.toFixed(2)} s to start, which is not in the times.`,
  ].join('\n')
}

const exhaustive = await measureAll(EXHAUSTIVE, processes)
const merged = await measureAll(MERGED, processes)
const parallel = await measureAll(PARALLEL, processes)
const random = await measureAll(RANDOM, processes)
const long = await measureAll(LONG, 1)
const rows = [...exhaustive, ...merged, ...parallel, ...random, ...long]
if (rows.length === 0) refuse(`no program has "${values.only}" in its name`)

const sections = [
  environment(rows),
  table(COUNTS, exhaustive),
  table(STATES, merged),
  table(RATES, [...parallel, ...random]),
  table(memoryColumns(long[0]?.mbByPart.length ?? 0), long),
  table(GOALS, goals(exhaustive, parallel, random, long)),
]
const text = sections.filter((section) => section !== '').join('\n\n')
console.log(text)

const complaints = rows.flatMap((row) => row.complaints)
for (const complaint of complaints) console.error(complaint)
if (complaints.length > 0) process.exitCode = 1
else if (values.write) write(text)

function write(measured: string): void {
  const docs = readFileSync(DOCS, 'utf8')
  const begin = docs.indexOf(BEGIN)
  const end = docs.indexOf(END)
  if (begin < 0 || end < begin) refuse(`docs/benchmarks.md has no place between ${BEGIN} and ${END}`)
  writeFileSync(DOCS, `${docs.slice(0, begin)}${BEGIN}\n\n${measured}\n\n${docs.slice(end)}`)
}
