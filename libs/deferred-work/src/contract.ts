/** What every design offers a workload, and what it says of itself. */
import type {
  bpf_map,
  bpf_map_value,
  bpf_prog,
  btf_record,
  KernelPath,
  task_struct,
} from '@bottom-half/kernel-model'

/** The BPF callback, as the verifier sees it: the map value it was scheduled from, its key and its map. */
export type bpf_callback = (map: bpf_map, key: unknown, value: bpf_map_value) => KernelPath

/** What a BPF program passes when it defers work. */
export interface SubmitRequest {
  /** The program that submits: the kernel passes `aux` behind the caller's back. */
  readonly prog: bpf_prog
  readonly map: bpf_map
  /** The value whose special field carries the work; it may be stale, as a pointer in a program may be. */
  readonly value: bpf_map_value
  /** The task in whose context the callback shall run; a design without targets ignores it. */
  readonly task: task_struct
  readonly callback_fn: bpf_callback
}

/** Return codes differ between the designs and share numbers; outcomes are comparable. */
export type Outcome = 'accepted' | 'busy' | 'dying' | 'no-memory' | 'lock-failed' | 'unsupported'

/** What a design promises. A workload that needs more than this does not apply to it. */
export interface Capabilities {
  /** Where the callback runs. */
  readonly callbackContext: 'hardirq' | 'task'
  /** Can the caller name the task that runs the callback? */
  readonly targetsTask: boolean
  /** Does deleting the value cancel work that has not begun? */
  readonly cancelsOnDelete: boolean
}

/** One posted text of a design. */
export interface Revision {
  /** `as-posted` */
  readonly id: string
  readonly title: string
  /** Where the text is: list, date, patch. */
  readonly source: string
}

/** One machine's instance of a design. */
export interface Mechanism {
  /** The special field of a map value, and what frees it. */
  readonly record: btf_record
  /** What verification and load of a program that may submit do. Runs at boot. */
  load_program(prog: bpf_prog): void
  /** The helper or kfuncs, in the order in which a program calls them. Gives 0 or a negative errno. */
  submit(request: SubmitRequest): KernelPath<number>
  /** The class of a return value of `submit`. */
  outcome(errno: number): Outcome
}

/** A rival. */
export interface Design {
  /** The folder's name: `cmpxchg-task-work`. */
  readonly id: string
  /** The kernel's name for it, and whose it is. */
  readonly title: string
  readonly author: string
  readonly capabilities: Capabilities
  readonly revisions: readonly Revision[]
  /** A fresh instance for the machine under construction. */
  create(revision: string): Mechanism
}
