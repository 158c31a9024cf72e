/** Groups of operations that belong together, as a family draws them. */
import { Level } from '@bottom-half/kernel-model'
import { ALL_LEVELS } from './plans.ts'
import { HERE, type Op } from './sketch.ts'

/** `pick(n)` gives a number below n. */
export type Pick = (n: number) => number

export type Item =
  | 'access'
  | 'atomicAdd'
  | 'get'
  | 'put'
  | 'tryGet'
  | 'handsOver'
  | 'guardedAtOnce'
  | 'locked'
  | 'lockKept'
  | 'nestedLocks'
  | 'locksTheOtherWay'
  | 'timedLocked'
  | 'timedInside'
  | 'await'
  | 'object'
  | 'masked'
  | 'maskedLock'
  | 'bhMasked'
  | 'pinned'
  | 'pinnedForGood'
  | 'choose'
  | 'either'
  | 'among'
  | 'sides'
  | 'branch'
  | 'raise'
  | 'raiseMasked'
  | 'spawn'
  | 'send'
  | 'sendHere'
  | 'queue'
  | 'queueOn'
  | 'queueMasked'
  | 'sync'
  | 'takeAll'
  | 'fence'
  | 'reader'
  | 'traceReader'
  | 'gracePeriod'
  | 'callback'
  | 'spinning'
  | 'resilient'
  | 'workItem'
  | 'pointer'

export interface Place {
  readonly pick: Pick
  readonly words: number
  readonly level: Level
  readonly cpus: number
  readonly works: number
  /** What frames that are created on the way draw from; empty: one or two accesses. */
  readonly created: readonly Item[]
}

const ACCESSES = ['read', 'write', 'add', 'cas', 'copy', 'guarded'] as const
const SHORT_ACCESSES = ['read', 'write', 'add'] as const

const WORK_OPS = ['schedule', 'schedule', 'flush', 'cancel'] as const
const POINTER_OPS = ['publish', 'retire', 'deref'] as const

function insideReader(place: Place): Op {
  return place.pick(2) === 0 ? { op: 'deref', x: place.pick(2) } : oneAccess(place)
}

function anAccess({ pick, words }: Place): Op {
  return { op: ACCESSES[pick(ACCESSES.length)]!, x: pick(words), y: pick(words) }
}

/** One step. */
function oneAccess({ pick, words }: Place): Op {
  return { op: SHORT_ACCESSES[pick(SHORT_ACCESSES.length)]!, x: pick(words), y: pick(words) }
}

/** For a frame of this level that is created on the way; what that creates has accesses only. */
function bodyAt(level: Level, place: Place): Op[] {
  const { pick, created } = place
  const inside = { ...place, level, created: [] }
  const group = (): Op[] =>
    created.length === 0 ? [oneAccess(place)] : groupOf(created[pick(created.length)]!, inside)
  return Array.from({ length: 1 + pick(2) }, group).flat()
}

function lock(x: number, inside: Op[]): Op[] {
  return [{ op: 'lock', x }, ...inside, { op: 'unlock', x }]
}

function around(on: 'spinOn' | 'resOn', off: 'spinOff' | 'resOff', x: number, inside: Op): Op[] {
  return [{ op: on, x }, inside, { op: off, x }]
}

function timedLock(x: number, inside: Op[]): Op[] {
  return [{ op: 'timedLock', x }, ...inside, { op: 'timedUnlock', x }]
}

/** What the item stands for, in a frame of the level; a plain access where that level cannot do it. */
export function groupOf(item: Item, place: Place): Op[] {
  const { pick, words, level, cpus, works } = place
  const task = level === Level.Task
  const x = pick(words)
  const y = pick(words)
  switch (item) {
    case 'atomicAdd':
    case 'get':
    case 'tryGet':
    case 'put':
      return [{ op: item, x: item === 'atomicAdd' ? x : pick(2) }]
    case 'handsOver':
      return handedOver(pick(2), place)
    case 'guardedAtOnce':
      return [{ op: item, x, y }]
    case 'lockKept':
      return [{ op: 'lock', x: pick(2) }]
    case 'locked':
      return lock(pick(2), [oneAccess(place)])
    case 'nestedLocks':
      return lock(0, lock(1, []))
    case 'locksTheOtherWay':
      return lock(1, lock(0, []))
    case 'timedLocked':
      return timedLock(pick(2), [oneAccess(place)])
    case 'timedInside':
      return lock(0, timedLock(1, []))
    case 'await':
      return level < Level.Nmi ? [{ op: 'await', x }] : [anAccess(place)]
    case 'object':
      return [{ op: pick(3) === 0 ? 'free' : 'use', x: pick(2) }]
    case 'masked':
      return [{ op: 'irqsOff' }, oneAccess(place), { op: 'irqsOn' }]
    case 'maskedLock':
      return [{ op: 'irqsOff' }, ...lock(pick(2), [oneAccess(place)]), { op: 'irqsOn' }]
    case 'bhMasked':
      return task ? [{ op: 'bhOff' }, oneAccess(place), { op: 'bhOn' }] : [anAccess(place)]
    case 'pinned':
      return task ? [{ op: 'preemptOff' }, oneAccess(place), { op: 'preemptOn' }] : [anAccess(place)]
    case 'pinnedForGood':
      return task ? [{ op: 'preemptOff' }] : [anAccess(place)]
    case 'choose':
      return [{ op: item }]
    case 'either':
    case 'among':
    case 'sides':
    case 'branch':
      return [{ op: item, x, y }]
    case 'raise':
      return [raised(place)]
    case 'raiseMasked':
      return [{ op: 'irqsOff' }, raised(place), oneAccess(place), { op: 'irqsOn' }]
    case 'spawn':
      return [{ op: 'spawn', body: bodyAt(Level.Task, place) }]
    case 'sendHere': {
      const to = ALL_LEVELS[pick(ALL_LEVELS.length)]!
      return [{ op: 'send', body: bodyAt(to, place), x: HERE, level: to }]
    }
    case 'send':
      return [
        {
          op: 'send',
          body: bodyAt(Level.Hardirq, place),
          x: pick(cpus),
          level: pick(3) === 0 ? Level.Nmi : Level.Hardirq,
        },
      ]
    case 'queue':
    case 'sync':
      return item === 'sync' && !task ? [anAccess(place)] : [{ op: item, work: pick(works) }]
    case 'queueOn':
      return [{ op: 'queueOn', work: pick(works), x: pick(cpus) }]
    case 'queueMasked':
      return [{ op: 'irqsOff' }, { op: 'queue', work: pick(works) }, oneAccess(place), { op: 'irqsOn' }]
    case 'reader':
      return [{ op: 'rcuOn' }, insideReader(place), { op: 'rcuOff' }]
    case 'traceReader':
      return [{ op: 'traceOn' }, insideReader(place), { op: 'traceOff' }]
    case 'gracePeriod':
      return task ? [{ op: pick(2) === 0 ? 'syncRcu' : 'syncTrace' }] : [anAccess(place)]
    case 'callback':
      return level === Level.Nmi
        ? [anAccess(place)]
        : [{ op: pick(2) === 0 ? 'callRcu' : 'callTrace', x: pick(2) }]
    case 'spinning':
      return around('spinOn', 'spinOff', pick(2), oneAccess(place))
    case 'resilient':
      return around('resOn', 'resOff', pick(2), oneAccess(place))
    case 'workItem':
      return [{ op: task ? WORK_OPS[pick(WORK_OPS.length)]! : 'schedule', x: pick(2) }]
    case 'pointer':
      return [{ op: POINTER_OPS[pick(POINTER_OPS.length)]!, x: pick(2) }]
    case 'takeAll':
    case 'fence':
      return [{ op: item }]
    case 'access':
      return [anAccess(place)]
  }
}

/** A reference for a task or a handler, which puts it. */
function handedOver(x: number, { pick, cpus }: Place): Op[] {
  const body: Op[] = [{ op: 'put', x }]
  return [
    { op: 'get', x },
    pick(2) === 0 ? { op: 'spawn', body } : { op: 'send', body, x: pick(cpus), level: Level.Hardirq },
  ]
}

/** A hardirq, as all self-IPIs of the kernel's are here. */
function raised(place: Place): Op {
  return { op: 'raise', body: bodyAt(Level.Hardirq, place) }
}
