/**
 * What is left to try in a search, and which share of its tree each of it has.
 *
 * A schedule has at each of its events some reversals to be tried; after that, and before what is tried at the event before, comes
 * all that has the events so far as they are. So the events of a schedule, the first one outermost, are nodes of a tree: one child goes on
 * with the next event, the others are what is tried here. Each child has an equal share. A reversal may lead to more of
 * them, and to nothing: shares are an estimate, and the share that is left may grow.
 */
import type { Turned } from './demands.ts'
import type { Event } from './event.ts'
import type { Item } from './frontier.ts'
import type { Task } from './racer.ts'
import type { Branch } from './branch.ts'
import type { Search } from './search.ts'

/** Where there is something left to try. */
export interface Place {
  /** How many branches lead there. */
  readonly level: number
  /** What is to be tried, the last first. */
  readonly tasks: readonly Task[]
  /** The schedule up to there. */
  readonly events: readonly Event[]
  /** What the branch that is being explored adds to the last of the tasks. */
  readonly again: readonly Turned[]
  /** Is one of the reversals of the last task being explored, or was one of the tasks begun? */
  readonly begun: boolean
}

/** All places at which something is left to try, the next one last. Those without a task that are `begun` lead to others. */
export function placesOf(search: Search): Place[] {
  const { branches } = search
  const out: Place[] = []
  for (let level = 0; level <= branches.length; level++) {
    const below = branches[level - 1]
    // Branches of an item that was given from elsewhere: what is left there is left elsewhere.
    if (level < branches.length && isRemembered(branches[level]!)) continue
    const { tasks, events, end, again } = whole(search, level)
    for (let j = Math.max(below?.base ?? -1, -1) + 1; j < tasks.length; j++) {
      const here = tasks[j] ?? null
      if (here !== null) out.push({ level, tasks: here, events: events.slice(0, j), again: [], begun: false })
    }
    const active = search.active.slice(below?.height ?? 0, end)
    out.push({ level, tasks: active, events, again, begun: true })
  }
  return out
}

/** The schedule of a level of branches: as it was when the next branch began, or as it is now. */
function whole(
  { branches, tasks, active, log }: Search,
  level: number,
): { tasks: (Task[] | null)[]; events: readonly Event[]; end: number; again: readonly Turned[] } {
  if (level === branches.length) return { tasks, events: log.events, end: active.length, again: [] }
  let then = tasks
  for (let i = branches.length - 1; i >= level; i--) {
    const { cut, tasks: taken } = branches[i]!
    then = [...then.slice(0, Math.max(cut, 0)), ...taken]
  }
  const { before, height, again } = branches[level]!
  return { tasks: then, events: before, end: height, again }
}

function isRemembered({ base }: Branch): boolean {
  return base < -1
}

/** The share of each task of each place, in the order of `placesOf`; all that is left has at most 1. */
export function sharesOf(search: Search, start: Item | null): number[][] {
  const first = start === null ? 0 : doneBefore(start)
  let share = 1
  const places = placesOf(search)
  return places.map(({ tasks, begun }, i) => {
    const last = tasks.at(-1)
    const inside = begun && i < places.length - 1
    const done = start !== null && i === 0 ? first : 0
    // The child that goes on with the next event is done, or is what follows in the list.
    const onward = start !== null && i === 0 && begun ? 0 : 1
    const all =
      tasks.reduce((sum, task) => sum + childrenOf(task), onward) - done + (inside && isStarted(last) ? 1 : 0)
    const each = all > 0 ? share / all : 0
    share = each
    return tasks.map((task) => each * leftOf(task))
  })
}

function doneBefore({ task }: Item): number {
  return 'seen' in task ? task.seen.length - task.todo.length : 0
}

/** What is being tried of these is no longer in the list, and nothing else tells of it. */
function isStarted(task: Task | undefined): boolean {
  return task !== undefined && 'actions' in task
}

function childrenOf(task: Task): number {
  return 'seen' in task ? task.seen.length : task.actions.length
}

function leftOf(task: Task): number {
  return 'seen' in task ? task.todo.length : task.actions.length
}
