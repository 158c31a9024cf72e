/** One scenario's world: a machine, one instance of a design, and what the actors of a workload may do. */
import {
  addState,
  attach,
  type bpf_hook,
  type bpf_map,
  bpf_map_delete_elem,
  bpf_map_lookup_elem,
  bpf_map_put_with_uref,
  bpf_map_update_elem,
  type bpf_map_value,
  type bpf_prog,
  type Cpu,
  create_map,
  create_prog,
  create_task,
  detach,
  type Frame,
  type KernelPath,
  Level,
  type Machine,
  map_delete_elem,
  map_update_elem,
  run_task,
  type task_struct,
} from '@bottom-half/kernel-model'
import { observedCallback } from './callback.ts'
import type { bpf_callback, Design, Mechanism, Outcome } from './contract.ts'
import { FreedFields } from './freed_fields.ts'
import { user_mode } from './idle.ts'
import { observedRecord } from './observed_record.ts'
import { type Held, Submission } from './submission.ts'
import type { MapType } from './workload.ts'

/**
 * How a program is hooked in, which says what it can interrupt: `fentry` is interrupted by the NMI's
 * `perf_event`, and neither by itself. `probe`: the one that asks at rest.
 */
export type ProgramKind = 'fentry' | 'perf_event' | 'probe'

/** A map of the scenario, and the file descriptor that user space has of it. */
export interface LabMap {
  readonly map: bpf_map
  /** All that it may ever have. */
  readonly keys: readonly unknown[]
  /** False from the moment at which an actor began to close it. */
  open: boolean
}

export class Lab {
  readonly machine: Machine
  readonly design: Design
  readonly mechanism: Mechanism
  readonly maps: LabMap[] = []
  readonly hooks: bpf_hook[] = []
  readonly programs: bpf_prog[] = []
  readonly tasks: task_struct[] = []
  /** In the order in which they began. */
  readonly submissions: Submission[] = []
  /** Set once the scenario is over: what is submitted then are probes. */
  probing = false
  private readonly freed = new Map<bpf_map_value, FreedFields>()

  constructor(machine: Machine, design: Design, mechanism: Mechanism) {
    this.machine = machine
    this.design = design
    this.mechanism = mechanism
    addState(() => [
      this.submissions.map((submission) => submission.state()),
      [...this.freed].map(([value, freed]) => [value, freed.state()]),
      this.maps.map((entry) => entry.open),
    ])
  }

  cpu(): Cpu {
    return this.machine.addCpu()
  }

  /** A user task. `body` is a system call, after which it stays in user mode and does its task work. */
  task(comm: string, cpu: Cpu, body: () => KernelPath): task_struct {
    const task = create_task(comm, cpu)
    this.tasks.push(task)
    run_task(task, body)
    return task
  }

  /** A user task that is in user mode from the start, and stays there but for its task work. */
  idleTask(comm: string, cpu: Cpu): task_struct {
    return this.task(comm, cpu, user_mode)
  }

  /** A kernel thread that sleeps for ever: it accepts task work, and never does any. */
  kthread(comm: string, cpu: Cpu): task_struct {
    const task = create_task(comm, cpu, { kthread: true })
    this.tasks.push(task)
    run_task(task, nothing)
    return task
  }

  /** A non-maskable interrupt that arrives once, at any point. */
  nmi(cpu: Cpu, name: string, body: () => KernelPath): Frame {
    return this.handler(Level.Nmi, cpu, name, body)
  }

  /** A device interrupt that arrives once, whenever interrupts are on. */
  hardirq(cpu: Cpu, name: string, body: () => KernelPath): Frame {
    return this.handler(Level.Hardirq, cpu, name, body)
  }

  /** A softirq that arrives once, whenever interrupts and bottom halves are on. */
  softirq(cpu: Cpu, name: string, body: () => KernelPath): Frame {
    return this.handler(Level.Softirq, cpu, name, body)
  }

  private handler(level: Level, cpu: Cpu, name: string, path: () => KernelPath): Frame {
    return this.machine.addFrame({ name, cpu, level, path, immediate: false })
  }

  /**
   * A map with the design's special field in each value, with room for `keys`; user space holds one file
   * descriptor of it. `later`: keys that the scenario may insert, to be probed too.
   */
  map(type: MapType, keys: readonly unknown[], later: readonly unknown[] = []): bpf_map {
    const record = observedRecord(this.mechanism.record, (value) => this.freedFields(value))
    const map = create_map(`${type} map`, type, { entries: keys.length, record, keys })
    this.maps.push({ map, keys: [...keys, ...later], open: true })
    return map
  }

  /** A program that may use the map, loaded and attached. The hook holds the only reference to it. */
  program(kind: ProgramKind, options: { map: bpf_map; sleepable?: boolean }): bpf_hook {
    const prog = create_prog(kind, { sleepable: options.sleepable ?? false, used_maps: [options.map] })
    this.mechanism.load_program(prog)
    this.programs.push(prog)
    const hook = attach(prog, { recursion: kind === 'fentry' ? 'prog' : 'bpf_prog_active' })
    this.hooks.push(hook)
    return hook
  }

  /** bpf_map_lookup_elem() in a program. */
  *lookup(map: bpf_map, key: unknown): KernelPath<Held | null> {
    const value = yield* bpf_map_lookup_elem(map, key)
    return value === null ? null : { map, value }
  }

  /**
   * Defers work through the design, and observes what becomes of it. `held` may be stale.
   * `body`: what the callback does; by default it writes the value's data once.
   */
  *submit(
    prog: bpf_prog,
    held: Held,
    task: task_struct,
    body: bpf_callback | null = null,
  ): KernelPath<Outcome> {
    const freed = this.freedFields(held.value)
    const submission = new Submission({ prog, held, task, body, probe: this.probing }, freed)
    this.submissions.push(submission)
    const callback_fn = observedCallback(submission, freed, this.design.capabilities)
    const request = { prog, map: held.map, value: held.value, task, callback_fn }
    const outcome = this.mechanism.outcome(yield* this.mechanism.submit(request))
    submission.returned(outcome)
    return outcome
  }

  /**
   * What a program does to have the fields of a key's value freed: it deletes the key; in an array it
   * overwrites the value.
   */
  *erase(map: bpf_map, key: unknown): KernelPath<number> {
    if (map.type === 'array') return yield* bpf_map_update_elem(map, key, 0)
    return yield* bpf_map_delete_elem(map, key)
  }

  /** The same by bpf(2), from user space. */
  *eraseBySyscall(map: bpf_map, key: unknown): KernelPath<number> {
    if (map.type === 'array') return yield* map_update_elem(map, key, 0)
    return yield* map_delete_elem(map, key)
  }

  /** User space closes its file descriptor of the map. */
  *close(map: bpf_map): KernelPath {
    const entry = this.maps.find((m) => m.map === map)!
    entry.open = false
    yield* bpf_map_put_with_uref(map)
  }

  /** User space detaches the program, which holds the last reference unless work is in flight. */
  *detach(hook: bpf_hook): KernelPath {
    yield* detach(hook)
  }

  /** The history of a slot. */
  freedFields(value: bpf_map_value): FreedFields {
    let freed = this.freed.get(value)
    if (freed === undefined) {
      freed = this.machine.onDemand(`fields freed of ${value.name}`, () => new FreedFields(value))
      this.freed.set(value, freed)
    }
    return freed
  }
}

function* nothing(): KernelPath {}
