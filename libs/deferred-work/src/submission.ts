/** One call of a design's submit, and what became of it. */
import {
  type bpf_map,
  type bpf_map_value,
  type bpf_prog,
  machine,
  running,
  type task_struct,
} from '@bottom-half/kernel-model'
import type { bpf_callback, Outcome } from './contract.ts'
import type { FreedFields } from './freed_fields.ts'
import { ghostRead } from './ghost.ts'

/** A value as a program found it; by the time of the submit the pointer may be stale. */
export interface Held {
  readonly map: bpf_map
  readonly value: bpf_map_value
}

/** How an accepted submit ended. `lost`: it neither ran nor was there a reason not to. */
export type Ending = 'ran' | 'cancelled' | 'value-deleted' | 'task-gone' | 'lost'

/** One call of a callback. */
export interface Run {
  /** With which it began. */
  readonly step: number
  /** `current` then. */
  readonly task: unknown
}

export class Submission {
  readonly prog: bpf_prog
  readonly held: Held
  readonly task: task_struct
  /** What the callback does; null: the default. */
  readonly body: bpf_callback | null
  /** `value.generation` when the submit began. */
  readonly generationBefore: number
  /** How often the fields of the value had been freed when the submit began. */
  readonly fieldsFreedBefore: number
  /** The frame that called submit. */
  readonly by = running()
  /** True for the probe at rest. */
  readonly probe: boolean
  /** Null until submit returned. */
  outcome: Outcome | null = null
  /** The step with which submit returned. */
  returnedAt = -1
  /** `value.generation` when submit returned: the life of the slot that the work is for; null until then. */
  life: number | null = null
  /** The calls of its callback. */
  readonly runs: Run[] = []

  constructor(request: Pick<Submission, 'prog' | 'held' | 'task' | 'body' | 'probe'>, freed: FreedFields) {
    const { prog, held, task, body, probe } = request
    this.prog = prog
    this.held = held
    this.task = task
    this.body = body
    this.generationBefore = ghostRead(held.value.generation)
    this.fieldsFreedBefore = ghostRead(freed.count)
    this.probe = probe
  }

  /** What may make a difference to what follows: not at which steps it was. */
  state(): unknown {
    const { by, prog, held, task, body, generationBefore, fieldsFreedBefore, outcome, life } = this
    const tasks = this.runs.map((run) => run.task)
    return [by, prog, held.value, task, body, generationBefore, fieldsFreedBefore, outcome, life, tasks]
  }

  /** Submit returned with the step in progress. */
  returned(outcome: Outcome): void {
    this.outcome = outcome
    this.life = ghostRead(this.held.value.generation)
    this.returnedAt = machine().steps
  }
}
