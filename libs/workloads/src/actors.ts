/** What the actors of all workloads do. */
import type { Held, Lab, Parameters } from '@bottom-half/deferred-work'
import {
  access,
  type bpf_hook,
  type bpf_map,
  type bpf_prog,
  current,
  type KernelPath,
  type Machine,
  run_hook,
  type task_struct,
} from '@bottom-half/kernel-model'

/** Gives the task for which work is submitted, when the program asks. */
export type TargetTask = () => task_struct

/** The task that the program runs in or interrupted, or one on a CPU of its own, in user mode. */
export function targetTask(lab: Lab, { target }: Parameters): TargetTask {
  if (target === 'current') return current
  const task = lab.idleTask('target', lab.cpu())
  return () => task
}

/** The hook is hit: its program looks up each of the keys in turn and submits for the value that it finds. */
export function hit(
  lab: Lab,
  hook: bpf_hook,
  map: bpf_map,
  keys: readonly unknown[],
  target: TargetTask,
): KernelPath {
  return run_hook(hook, (prog) => submitForEach(lab, prog, map, keys, target))
}

function* submitForEach(
  lab: Lab,
  prog: bpf_prog,
  map: bpf_map,
  keys: readonly unknown[],
  target: TargetTask,
): KernelPath {
  for (const key of keys) yield* submitFor(lab, prog, yield* lab.lookup(map, key), target)
}

/** As bpf_task_work_schedule_*() and its rivals are called: only for a value that was found. */
export function* submitFor(lab: Lab, prog: bpf_prog, held: Held | null, target: TargetTask): KernelPath {
  if (held !== null) yield* lab.submit(prog, held, target())
}

/** User space does what comes next, or stops here: both happen. */
export function* userSpaceGoesOn(): KernelPath<boolean> {
  const decide = (m: Machine, outcome: number): boolean => {
    m.note = outcome === 0 ? 'stops here' : 'goes on'
    return outcome === 1
  }
  return yield* access('user space', null, decide, { outcomes: 2 })
}
