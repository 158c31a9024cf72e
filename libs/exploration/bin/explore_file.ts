/** Explores all programs of a text in a thread, and prints a line for each as soon as it is finished. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { progressLine } from '../src/index.ts'
import type { Message, Task } from './litmus_worker.ts'

/** As shells count a process that SIGINT ended. */
const INTERRUPTED = 130

/** Whoever started us may pass on a signal that the terminal has sent us too: these are one. */
const ONE_KEY = 500

/** Milliseconds: on a terminal one line is rewritten; elsewhere there is a line now and then. */
const GAP = { terminal: 150, elsewhere: 2000 }
const CLEAR_LINE = '\r\u001B[2K'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Gives the exit code. */
export async function exploreFile(task: Omit<Task, 'interrupt' | 'gap'>): Promise<number> {
  const interrupt = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const flag = new Int32Array(interrupt)
  let wasInterrupted = false
  const end = (): void => {
    Atomics.store(flag, 0, 1)
  }
  onInterrupt(() => {
    wasInterrupted = true
    end()
  })
  // Nobody reads any more: the rest is not worth the time.
  process.stdout.on('error', end)
  const gap = process.stderr.isTTY ? GAP.terminal : GAP.elsewhere
  const worker = new Worker(new URL('litmus_worker.ts', import.meta.url), {
    workerData: { ...task, interrupt, gap } satisfies Task,
  })
  worker.on('message', show)
  await once(worker, 'exit')
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE)
  return wasInterrupted ? INTERRUPTED : 0
}

function show(message: Message): void {
  const { isTTY, columns } = process.stderr
  if (message.kind === 'result') {
    if (isTTY) process.stderr.write(CLEAR_LINE)
    process.stdout.write(`${JSON.stringify(message.result)}\n`)
    return
  }
  const line = `litmus: ${message.name}: ${progressLine(message.figures)}`
  process.stderr.write(isTTY ? `${CLEAR_LINE}${line.slice(0, columns - 1)}` : `${line}\n`)
}

/** The first signal calls `end`, the second ends the process. */
function onInterrupt(end: () => void): void {
  let first = 0
  const interrupt = (): void => {
    const now = performance.now()
    if (first === 0) {
      first = now
      end()
    } else if (now - first > ONE_KEY) process.exit(INTERRUPTED)
  }
  for (const signal of SIGNALS) process.on(signal, interrupt)
}
