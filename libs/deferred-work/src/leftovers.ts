/**
 * What is left over at the very end, each root cause once: a program or map whose teardown does not end; else
 * memory of the design that is still there, with the references that it may pin; else references that nobody
 * will give back.
 */
import { type Allocated, generic, live_objects, TASK_RCU_USERS } from '@bottom-half/kernel-model'
import { reportAtRest } from './at_rest.ts'
import type { Lab } from './lab.ts'

/** To be called once all is detached and closed, and nothing can move. */
export function judgeLeftovers(lab: Lab): void {
  const stuck = stuckTeardown(lab)
  const references = leakedReferences(lab)
  if (stuck !== null) {
    report(lab, 'teardown-stuck', stuck)
    for (const reference of references) report(lab, 'leak', `leak of ${reference}`)
    return
  }
  const objects = leakedObjects(lab)
  const pinned = references.length === 0 ? '' : `, which pins ${list(references)}`
  for (const object of objects) report(lab, 'leak', `leak of ${object}${pinned}`)
  if (objects.length === 0) for (const reference of references) report(lab, 'leak', `leak of ${reference}`)
}

function report(lab: Lab, kind: string, title: string): void {
  reportAtRest(lab.machine, kind, title)
}

const lives = (allocated: Allocated): boolean => allocated.object.life.peek() === 'live'

/**
 * A program or a map that nobody refers to, and that is still there: then so is what belongs to it, which is
 * no leak.
 */
function stuckTeardown(lab: Lab): string | null {
  const programs = lab.programs.some((prog) => prog.aux.refcnt.peek() === 0 && lives(prog))
  if (programs) return 'a program without references is never freed'
  const maps = lab.maps.some(({ map }) => map.refcnt.peek() === 0 && lives(map))
  return maps ? 'a map without references is never freed' : null
}

/** A living program refers to its maps, so a map is named only if none lives. */
function leakedReferences(lab: Lab): string[] {
  const leaked: string[] = []
  if (lab.programs.some((prog) => prog.aux.refcnt.peek() > 0)) leaked.push('a program reference')
  if (lab.tasks.some(pinnedTask)) leaked.push('a task reference')
  if (!lab.programs.some(lives) && lab.maps.some(({ map }) => map.refcnt.peek() > 0))
    leaked.push('a map reference')
  return leaked
}

function pinnedTask(task: Lab['tasks'][number]): boolean {
  if (task.object.life.peek() === 'freed') return false
  const base = task.exited.peek() ? 0 : TASK_RCU_USERS
  return task.rcu_users.refs.peek() > base
}

/**
 * Names of the design's own objects that live; the memory of programs and maps is judged by their references.
 */
function leakedObjects(lab: Lab): string[] {
  const known = new Set<unknown>([...lab.programs, ...lab.maps.map(({ map }) => map)].map((x) => x.object))
  const names = live_objects()
    .filter((object) => object.mustBeFreed && !known.has(object))
    .map((object) => generic(object.name))
  return [...new Set(names)].sort()
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`
}
