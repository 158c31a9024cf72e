/**
 * What is left of a search, as plain data: it can be written to a file, or given to another thread. Each item can be explored by
 * itself, and all of them together are the rest of the search.
 */
import type { Moved } from './branch.ts'
import { CellIds, type OrderedCounts, type PlainCellIds } from '@bottom-half/kernel-model'
import { demandTurned, type Turned } from './demands.ts'
import type { Action, Event, PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import type { Program } from './program.ts'
import type { Racer, Seen, Task } from './racer.ts'
import type { Reversal } from './reversal.ts'
import { Search } from './search.ts'
import { placesOf, sharesOf } from './share.ts'

/** One event of a schedule. */
export type PlainStep = Pick<Event, 'id' | 'outcome' | 'added' | 'reversed' | 'repeated' | 'timeout' | 'key'>

/** What is left to try at the end of one schedule. */
export type PlainTask =
  | {
      readonly f: Action
      readonly was: PlainEvent | null
      readonly todo: readonly Reversal[]
      readonly seen: readonly Seen[]
      readonly turned: readonly Turned[]
    }
  | { readonly actions: readonly Action[]; readonly timeout: boolean }

export interface Item {
  /** Frame names, by id. */
  readonly names: readonly string[]
  /** Ids of words that are made after boot. */
  readonly words: PlainCellIds
  readonly contexts: readonly Moved[]
  readonly schedule: readonly PlainStep[]
  readonly task: PlainTask
}

/** Of a branch that is only remembered: it is left somewhere else. */
const NO_RETURN = {
  base: -2,
  cut: 0,
  before: [],
  events: { events: [], frames: [], enabledBy: [] },
  tasks: [],
  again: [],
  height: 0,
}

/** A part of a search, and its share of the whole exploration, from 0 to 1. An item that is null: all of the program. */
export interface Part {
  readonly item: Item | null
  readonly share: number
}

/**
 * What is left of a search, between two of its runs, in parts: the one that the search would go on with comes last.
 * @param start the item that the search began with
 * @param share of the whole exploration: what that item had
 */
export function partsOf(search: Search, start: Item | null, share: number): Part[] {
  const names = search.log.names.slice()
  const contexts = search.branches.map(plainMoved)
  const words = search.runner.cellIds.plain()
  const shares = sharesOf(search, start)
  return placesOf(search).flatMap(({ level, tasks, events, again }, i) => {
    const schedule = events.map(plainStep)
    return tasks.map((task, n): Part => {
      const plain = plainTask(task, n === tasks.length - 1 ? again : [])
      const item = { names, words, contexts: contexts.slice(0, level), schedule, task: plain }
      return { item, share: share * shares[i]![n]! }
    })
  })
}

/** The search that has one item of a frontier before it, and nothing else: `next` runs its first schedule. */
export function searchOf(program: Program, maxSteps: number, ordered: OrderedCounts, item: Item): Search {
  const search = new Search(program, maxSteps, ordered, new CellIds(item.words))
  const { log, runner } = search
  for (const name of item.names) log.idOf(name)
  const moves: number[] = []
  for (const { id, outcome, ...origin } of item.schedule) {
    // A machine says only when it is asked that nothing but a time-out is left.
    runner.machine.movesInto(moves)
    runner.record(log.frameOf(id), outcome, origin)
    search.tasks.push(null)
  }
  for (const context of item.contexts) search.branches.push({ ...NO_RETURN, ...context })
  search.active.push(taskOf(log, item.task))
  // Whoever made the item has counted them.
  runner.steps = 0
  return search
}

function taskOf(log: EventLog, task: PlainTask): Task {
  if ('actions' in task) return { actions: [...task.actions], timeout: task.timeout }
  const owner: Racer = {
    f: task.f,
    was: task.was,
    todo: [...task.todo],
    seen: task.seen.map((each) => ({ ...each })),
  }
  for (const turned of task.turned) demandTurned(log, owner, turned)
  return owner
}

function plainEvent(event: PlainEvent): PlainEvent {
  const { id, ordinal, outcome, cpu, level, touched, added, exited } = event
  return { id, ordinal, outcome, cpu, level, touched, added, exited }
}

function plainOrNull(event: PlainEvent | null): PlainEvent | null {
  return event === null ? null : plainEvent(event)
}

function plainStep({ id, outcome, added, reversed, repeated, timeout, key }: Event): PlainStep {
  return { id, outcome, added, reversed, repeated, timeout, key }
}

function plainMoved({ at, skipped, g, was, followers }: Moved): Moved {
  return {
    at,
    g: plainEvent(g),
    skipped: plainOrNull(skipped),
    was: was === null ? null : { g: plainEvent(was.g), taken: was.taken.map(plainEvent) },
    followers: followers.map(plainEvent),
  }
}

function plainReversal(reversal: Reversal): Reversal {
  const { from, asked, followers } = reversal
  return {
    ...reversal,
    from: from.map(plainEvent),
    asked: asked.map(plainEvent),
    followers: followers.map(plainEvent),
  }
}

function plainSeen({ counts, behind, followers, ended, done }: Seen): Seen {
  return { counts, behind, followers: followers.map(plainEvent), ended, done }
}

function plainTurned({ f, from, followers }: Turned): Turned {
  return { f: plainEvent(f), from: from.map(plainEvent), followers: followers.map(plainEvent) }
}

function plainTask(task: Task, turned: readonly Turned[]): PlainTask {
  if ('actions' in task) return { actions: task.actions.slice(), timeout: task.timeout }
  const { f, was, todo, seen } = task
  return {
    f: { id: f.id, outcome: f.outcome },
    was: plainOrNull(was),
    todo: todo.map(plainReversal),
    seen: seen.map(plainSeen),
    turned: turned.map(plainTurned),
  }
}
