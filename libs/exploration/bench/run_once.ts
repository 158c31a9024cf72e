/**
 * Runs one case in this process, and prints what came out as one line of JSON: `node run_once.ts <key of the case>`.
 * Started by measure.ts, a fresh process for each measurement.
 */
import { ALL, keyOf } from './cases.ts'
import type { Program } from '../src/index.ts'
import type { Measured } from './measured.ts'
import type { Outcome } from './modes.ts'

/** In how many parts the search is divided to see how its memory grows. */
const PARTS = 10
const SAMPLE_EVERY = 4096
const MS_PER_S = 1000
const BYTES_PER_MB = 1e6
const BYTES_PER_KB = 1024

const key = process.argv[2]
const found = ALL.find((each) => keyOf(each) === key)
if (found === undefined) throw new Error(`no case ${key}`)

const mbByPart = Array.from({ length: PARTS }, () => 0)
const partLength = Math.ceil((found.expected * found.repeat) / PARTS)
let done = 0
const tick = (): void => {
  if (done++ % SAMPLE_EVERY !== 0) return
  const part = Math.min(Math.floor(done / partLength), PARTS - 1)
  mbByPart[part] = Math.max(mbByPart[part]!, process.memoryUsage.rss() / BYTES_PER_MB)
}

let boots = 0
const counted: Program = {
  name: found.program.name,
  boot: (options) => {
    boots++
    return found.program.boot(options)
  },
}

const outcomes: Outcome[] = []
const start = performance.now()
for (let n = 0; n < found.repeat; n++) outcomes.push(await found.mode.run(counted, tick))
const measured: Measured = {
  outcomes,
  boots: boots / found.repeat,
  seconds: (performance.now() - start) / MS_PER_S,
  startSeconds: start / MS_PER_S,
  peakMb: (process.resourceUsage().maxRSS * BYTES_PER_KB) / BYTES_PER_MB,
  mbByPart,
}
console.log(JSON.stringify(measured))
