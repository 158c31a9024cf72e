/**
 * Is each value that still belongs to a living map usable? A fresh program asks, once nothing else can move.
 */
import {
  type bpf_hook,
  type bpf_map,
  type bpf_prog,
  current,
  generic,
  type KernelPath,
  run_hook,
} from '@bottom-half/kernel-model'
import type { Outcome } from './contract.ts'
import type { Lab, LabMap } from './lab.ts'

/** Refusals that at rest mean: for ever. */
const STUCK: ReadonlySet<Outcome> = new Set<Outcome>(['busy', 'lock-failed', 'dying'])

/** Adds a task that submits once to each value. To be called when nothing can move. */
export function startProbe(lab: Lab): void {
  lab.probing = true
  const asked = lab.maps
    .filter((entry) => entry.map.usercnt.peek() > 0)
    .map((entry) => ({ entry, hook: lab.program('probe', { map: entry.map }) }))
  if (asked.length === 0) return
  lab.task('probe', lab.cpu(), () => askAll(lab, asked))
}

interface Asked {
  readonly entry: LabMap
  readonly hook: bpf_hook
}

function* askAll(lab: Lab, asked: readonly Asked[]): KernelPath {
  for (const { entry, hook } of asked)
    for (const key of entry.keys) yield* run_hook(hook, (prog) => ask(lab, prog, entry.map, key))
}

/** Submits for the task that probes. */
function* ask(lab: Lab, prog: bpf_prog, map: bpf_map, key: unknown): KernelPath {
  const held = yield* lab.lookup(map, key)
  if (held === null) return
  const outcome = yield* lab.submit(prog, held, current())
  if (!STUCK.has(outcome)) return
  lab.machine.report(
    'value-stuck',
    `at rest a value of the ${generic(map.name)} refuses each submit (${outcome})`,
  )
}
