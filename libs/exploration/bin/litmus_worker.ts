/** Explores in a thread of its own, so that the main thread can hear Ctrl-C. */
import { parentPort, workerData } from 'node:worker_threads'
import type { ExploreOptions, ProgressFigures } from '../src/index.ts'
import {
  exploreLitmusModels,
  type LitmusResult,
  type MemoryModel,
  parseLitmusFile,
} from '../src/litmus/index.ts'

/** What the thread is started with. */
export interface Task {
  readonly text: string
  readonly memory: MemoryModel | null
  readonly maxExecutions: number
  readonly states: boolean
  /** Milliseconds between two messages of progress. */
  readonly gap: number
  /** One word: not 0 if it is to end. */
  readonly interrupt: SharedArrayBuffer
}

/** What it sends. */
export type Message =
  | { readonly kind: 'progress'; readonly name: string; readonly figures: ProgressFigures }
  | { readonly kind: 'result'; readonly result: LitmusResult }

const { text, memory, maxExecutions, states, gap, interrupt } = workerData as Task
const flag = new Int32Array(interrupt)
const interrupted = (): boolean => Atomics.load(flag, 0) !== 0
const clock = (): number => performance.now()
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows
const send = (message: Message): void => parentPort!.postMessage(message)

for (const { litmus, program } of parseLitmusFile(text)) {
  if (interrupted()) break
  const start = clock()
  let next = start + gap
  const onProgress: ExploreOptions['onProgress'] = (executions, figures) => {
    const now = clock()
    if (now < next) return
    next = now + gap
    const elapsed = (now - start) / 1000
    const perSecond = executions / elapsed
    send({
      kind: 'progress',
      name: program.name,
      figures: { executions, perSecond, elapsed, ...figures() },
    })
  }
  const result = exploreLitmusModels(litmus, memory, {
    maxExecutions,
    use: states ? 'both' : 'first',
    clock,
    onProgress,
    stop: interrupted,
  })
  send({ kind: 'result', result })
}
