/** The BPF callback that a workload submits, and what is observed of it. */
import {
  access,
  type bpf_map_value,
  type bpf_prog,
  type Frame,
  type KernelPath,
  Level,
  LEVEL_NAMES,
  type Machine,
  Order,
  running,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import type { bpf_callback, Capabilities } from './contract.ts'
import { FreedFields } from './freed_fields.ts'
import type { Submission } from './submission.ts'

/** The callback for one submission: what its body says; by default it writes the value's data once. */
export function observedCallback(
  submission: Submission,
  freed: FreedFields,
  capabilities: Capabilities,
): bpf_callback {
  const observed: Observed = { submission, freed, capabilities }
  const callback: bpf_callback = (map, key, value) => run(observed, map, key, value)
  return callback
}

interface Observed {
  readonly submission: Submission
  readonly freed: FreedFields
  readonly capabilities: Capabilities
}

function* run(
  { submission, freed, capabilities }: Observed,
  ...[map, key, value]: Parameters<bpf_callback>
): KernelPath {
  const { body, prog } = submission
  yield* begin(submission, value, freed, capabilities)
  if (body === null) yield* WRITE_ONCE(value.data, 1)
  else yield* body(map, key, value)
  yield* leave(prog)
}

/** Fetching the last instruction: a use after free once the program was freed. */
function* leave({ text }: bpf_prog): KernelPath {
  yield* access('callback returns', text, (m) => void m.load(text, Order.Once))
}

function* begin(
  submission: Submission,
  value: bpf_map_value,
  freed: FreedFields,
  capabilities: Capabilities,
): KernelPath {
  yield* access('callback begins', value.generation, (m) => {
    submission.runs.push({ step: m.steps, task: running().task })
    m.load(submission.prog.text, Order.Once)
    const generation = m.load(value.generation, Order.Once)
    judgeContext(m, running(), capabilities)
    if (value !== submission.held.value)
      m.report('unaccepted-callback', 'a callback got a value that its submit did not name')
    else judgeLife(m, submission, generation, freed)
  })
}

/**
 * The work is for the life in which the slot was when submit returned (whatever the slot became while submit
 * ran is the caller's race). A callback may not begin once that life has ended, unless its reader section is
 * older than that end.
 */
function judgeLife(m: Machine, submission: Submission, now: number, freed: FreedFields): void {
  const life = submission.life ?? now
  if (now === life && holdsKey(life)) return
  const lost = holdsKey(life) ? life : life - 1
  const end = freed.history.find((f, i) => f.life === lost && i >= submission.fieldsFreedBefore)
  if (end !== undefined && FreedFields.spans(end, running())) return
  const became = holdsKey(now) ? 'given to another key' : 'freed'
  const involved = [submission.returnedAt, freed.history.find((f) => f.life === lost)?.step ?? -1]
  m.report('callback-after-free', `a callback begins after its value was ${became}`, involved)
}

/** Of a generation: it is odd while the slot belongs to a key. */
const holdsKey = (generation: number): boolean => (generation & 1) === 1

/** Whether it is the right task is judged at rest. */
function judgeContext(m: Machine, frame: Frame, promised: Capabilities): void {
  const wrong = promised.callbackContext === 'task' ? notSleepable(frame) : notHardirq(frame)
  if (wrong !== null)
    m.report('callback-context', `a callback promised in ${promised.callbackContext} context runs ${wrong}`)
}

function notHardirq(frame: Frame): string | null {
  if (frame.level !== Level.Hardirq) return `in ${LEVEL_NAMES[frame.level]}`
  return frame.cpu.irqsOff ? null : 'with interrupts on'
}

/** Task context in which a callback may sleep. */
function notSleepable(frame: Frame): string | null {
  if (frame.level !== Level.Task) return `in ${LEVEL_NAMES[frame.level]}`
  if (frame.cpu.irqsOff) return 'with interrupts off'
  if (frame.preemptCount > 0) return 'with preemption off'
  if (frame.bhDisabled > 0) return 'with bottom halves off'
  return frame.rcuNesting > 0 ? 'in an RCU reader section' : null
}
