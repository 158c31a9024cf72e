/** Measures cases, each in processes of its own, and checks what they counted. */
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Case, keyOf } from './cases.ts'
import { complaintsAbout } from './complaints.ts'
import type { Measured, Row } from './measured.ts'

const run = promisify(execFile)
const RUN_ONCE = fileURLToPath(new URL('run_once.ts', import.meta.url))

/** Runs the case in `processes` processes, one after the other. */
export async function measure(each: Case, processes: number): Promise<Row> {
  const all: Measured[] = []
  for (let n = 0; n < processes; n++) all.push(await runOnce(each))
  const outcomes = all.flatMap((measured) => measured.outcomes)
  return {
    measuredCase: each,
    outcome: outcomes[0]!,
    boots: all[0]!.boots,
    seconds: median(all.map(({ seconds }) => seconds)) / each.repeat,
    startSeconds: median(all.map(({ startSeconds }) => startSeconds)),
    peakMb: Math.max(...all.map(({ peakMb }) => peakMb)),
    mbByPart: all[0]!.mbByPart,
    complaints: [...new Set(outcomes.flatMap((outcome) => complaintsAbout(each, outcome)))],
  }
}

async function runOnce(each: Case): Promise<Measured> {
  const kept = usableCpus().slice(0, each.mode.cores)
  const command = [RUN_ONCE, keyOf(each)]
  const { stdout } =
    kept.length === 0
      ? await run(process.execPath, command)
      : await run('taskset', ['-c', kept.join(), process.execPath, ...command])
  return JSON.parse(stdout) as Measured
}

/** The CPUs that a process can be kept on; none where the system has no `taskset`. */
export function usableCpus(): readonly number[] {
  cpus ??= spawnSync('taskset', ['--version']).status === 0 ? allowedCpus() : []
  return cpus
}

let cpus: readonly number[] | null = null

function allowedCpus(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!
  return list.split(',').flatMap((range) => {
    const [first, last] = range.split('-').map(Number)
    return Array.from({ length: (last ?? first!) - first! + 1 }, (_, i) => first! + i)
  })
}

/** An odd number of values; of an even number the upper of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
