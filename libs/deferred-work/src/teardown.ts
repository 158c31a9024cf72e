/** Everything is let go of: programs are detached, maps closed. */
import type { bpf_hook, KernelPath } from '@bottom-half/kernel-model'
import type { Lab, LabMap } from './lab.ts'

/** Adds a task that gives back what user space still holds. To be called when nothing can move. */
export function startTeardown(lab: Lab): void {
  const hooks = lab.hooks.filter((hook) => hook.prog.peek() !== null)
  const maps = lab.maps.filter((entry) => entry.open)
  lab.task('teardown', lab.cpu(), () => letGo(lab, hooks, maps))
}

function* letGo(lab: Lab, hooks: readonly bpf_hook[], maps: readonly LabMap[]): KernelPath {
  for (const hook of hooks) yield* lab.detach(hook)
  for (const { map } of maps) yield* lab.close(map)
}
