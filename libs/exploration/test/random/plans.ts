/** What each family of random programs is drawn from. */
import { Level } from '@bottom-half/kernel-model'
import type { Item } from './groups.ts'

export const FAMILIES = [
  'threads',
  'wide',
  'commuting',
  'references',
  'locks',
  'timeouts',
  'shared',
  'kept',
  'varying',
  'handlers',
  'waiting handlers',
  'self-IPIs',
  'dynamic',
  'nested',
  'nested waits',
  'choices',
  'ways',
  'ways and waits',
  'irq_work',
  'kernel',
  'TSO',
  'TSO handlers',
  'TSO nested',
  'TSO kernel',
  'TSO ways',
  'TSO nested waits',
  'crossing',
  'crossing waits',
  'TSO crossing',
  'mixed',
] as const
export type Family = (typeof FAMILIES)[number]

/** For each CPU the tasks on it, for each task how many groups of operations it has: `'2 11'` are two CPUs, with one and two tasks. */
type Shape = string

export interface Plan {
  /** One of them is drawn. */
  readonly shapes: readonly Shape[]
  /** Names of items with their weights, one where none is given: `'access*6 lock'`. */
  readonly items: string
  /** What handlers draw from, where that differs. */
  readonly inHandlers?: string
  /** What frames that are created on the way draw from; one or two accesses where that is not given. */
  readonly created?: string
  /** How many handlers there are at most, and groups in each. At least one handler where there is one task only. */
  readonly handlers?: readonly [most: number, length: number]
  /** The least number of words, and how many more there can be. */
  readonly words?: readonly [least: number, more: number]
  readonly works?: number
  /** How many references a count begins with at most. */
  readonly references?: number
  readonly memory?: 'tso'
  /** Programs with more schedules are too large for brute force. */
  readonly most: number
  /** Brute force goes on from each beginning of a class once, and `most` is the number of its runs. */
  readonly byClasses?: true
}

export const ALL_LEVELS = [Level.Softirq, Level.Hardirq, Level.Nmi] as const

export const PLANS: Readonly<Record<Family, Plan>> = {
  threads: {
    shapes: ['3 3', '4 2', '2 2', '2 2 1', '3 1 1', '2 2 2', '1 1 1 1', '4 3'],
    items: 'access',
    most: 300,
  },
  wide: { shapes: ['3 3 2', '4 2 2', '2 2 2 1', '5 4', '3 3 3'], items: 'access', words: [2, 1], most: 1700 },
  commuting: {
    shapes: ['3 3', '4 2', '2 2 1', '2 2 2', '2 1 1 1', '4 3', '11 2'],
    items: 'atomicAdd*3 put*3 get access*5',
    words: [1, 0],
    most: 300,
  },
  references: {
    shapes: ['2 2', '2 1 1', '1 1 1', '3 1', '2 1', '21', '2 2 1'],
    handlers: [1, 2],
    items: 'get put*4 tryGet handsOver*2 access locked',
    inHandlers: 'get put*3 tryGet access',
    words: [1, 0],
    references: 5,
    most: 500,
  },
  locks: {
    shapes: ['2 2', '3 2', '3 3', '1 1 1', '2 1 1', '2 2 1', '2 2 2'],
    items: 'access*7 locked*3 nestedLocks locksTheOtherWay await*2 object*2',
    words: [1, 0],
    most: 500,
  },
  timeouts: {
    shapes: ['2 2', '2 1', '3 1', '1 1 1', '2 1 1', '11 1'],
    handlers: [1, 1],
    items: 'access*3 timedLocked*3 timedInside*2 locked await masked',
    inHandlers: 'access*3 timedLocked*2',
    most: 300,
  },
  shared: {
    shapes: ['22', '31', '21 1', '11 11', '111', '22 1', '21 2'],
    handlers: [1, 2],
    items: 'access*5 pinned*2 masked locked await bhMasked object',
    most: 250,
  },
  kept: {
    shapes: ['11 1', '11 11', '21 1', '11 2', '111', '11 1 1'],
    handlers: [1, 1],
    items: 'lockKept*3 pinnedForGood pinned timedLocked locked access*2 put choose raise',
    words: [1, 0],
    most: 400,
  },
  varying: {
    shapes: ['2 2', '1 1 1', '2 1 1', '1 1 1 1', '11 1', '2 1'],
    handlers: [1, 1],
    items: 'guardedAtOnce*4 access*2 locked either',
    words: [2, 1],
    most: 500,
  },
  handlers: {
    shapes: ['2', '3', '2 1', '1 1', '2 2'],
    handlers: [3, 2],
    items: 'access*6 masked*2 bhMasked object',
    most: 250,
  },
  'waiting handlers': {
    shapes: ['2', '3', '2 1', '1 1'],
    handlers: [2, 2],
    items: 'access*4 locked*2 maskedLock masked await object nestedLocks',
    most: 300,
  },
  'self-IPIs': {
    shapes: ['2', '3', '2 1', '1 1', '11', '21'],
    handlers: [2, 2],
    items: 'access*4 raise*3 raiseMasked masked locked await',
    most: 250,
  },
  dynamic: {
    shapes: ['2', '3', '2 1', '1 1', '11', '1 1 1'],
    handlers: [1, 2],
    items: 'access*4 spawn*2 send*2 raise masked locked await',
    words: [1, 0],
    most: 300,
  },
  nested: {
    shapes: ['1', '2', '1 1', '11', '1 1 1'],
    handlers: [1, 1],
    items: 'spawn*3 raise send access lockKept',
    created: 'access*2 atomicAdd guardedAtOnce raise raiseMasked spawn send locked lockKept masked await',
    words: [1, 0],
    most: 400,
  },
  'nested waits': {
    shapes: ['1 1', '2', '11', '1 1 1', '11 1'],
    handlers: [1, 2],
    items: 'timedLocked*2 timedInside spawn*2 send sendHere raise bhMasked',
    created: 'timedLocked*3 timedInside choose bhMasked pinned sides',
    most: 700,
  },
  choices: {
    shapes: ['2 2', '3 1', '2', '2 1', '1 1 1', '11 1'],
    handlers: [1, 2],
    items: 'access*4 choose*2 either*2 branch*2 masked locked raise',
    most: 300,
  },
  ways: {
    shapes: ['2', '1 1', '11', '2 1', '11 1', '1 1 1'],
    handlers: [1, 2],
    items: 'either*3 among*3 sides*3 access*4 choose send locked lockKept await',
    most: 500,
  },
  'ways and waits': {
    shapes: ['1', '1 1', '11', '2'],
    handlers: [2, 2],
    items: 'access*3 send*3 raise locked spawn',
    inHandlers: 'either*2 among*2 sides*2 choose access*2 locked lockKept await timedLocked',
    created: 'lockKept await locked timedLocked access*2 either sides',
    most: 600,
  },
  irq_work: {
    shapes: ['1', '2', '3', '1 1', '11'],
    handlers: [2, 1],
    items: 'queue*3 queueOn access*2 queueMasked sync takeAll',
    inHandlers: 'queue*2 access*2',
    works: 2,
    words: [1, 0],
    most: 600,
  },
  kernel: {
    shapes: ['2', '1 1', '2 1', '1 1 1', '11', '11 1'],
    handlers: [1, 1],
    items: 'reader*3 traceReader gracePeriod*2 callback*2 spinning resilient*2 workItem*3 pointer*4 access*2',
    inHandlers: 'reader callback spinning resilient*2 workItem pointer*2 access',
    words: [1, 0],
    most: 800,
  },
  TSO: {
    shapes: ['2 2', '3 2', '2 1', '1 1 1', '2 1 1'],
    items: 'access*8 fence locked await object',
    memory: 'tso',
    most: 700,
  },
  'TSO handlers': {
    shapes: ['2', '2 1', '1 1', '11'],
    handlers: [2, 2],
    items: 'access*6 fence masked raise locked',
    memory: 'tso',
    most: 300,
  },
  'TSO nested': {
    shapes: ['1', '2', '1 1', '11'],
    handlers: [1, 1],
    items: 'spawn*3 raise send access',
    created: 'access*3 fence raise raiseMasked spawn send locked masked await',
    words: [1, 0],
    memory: 'tso',
    most: 400,
  },
  'TSO kernel': {
    shapes: ['1', '2', '1 1', '11'],
    handlers: [1, 1],
    items: 'spawn*3 raise send access',
    created: 'reader*2 traceReader gracePeriod*2 callback*2 spinning resilient workItem*2 pointer*3 access',
    words: [1, 0],
    memory: 'tso',
    most: 800,
  },
  'TSO ways': {
    shapes: ['2', '1 1', '11', '2 1'],
    handlers: [1, 2],
    items: 'either*2 among*2 sides*2 access*3 choose branch send*3 raise',
    created: 'lockKept await locked access*2 either',
    memory: 'tso',
    most: 600,
  },
  'TSO nested waits': {
    shapes: ['1 1', '2', '11', '1'],
    handlers: [1, 2],
    items: 'timedLocked*2 timedInside object spawn*2 send sendHere raise access',
    created: 'timedLocked*3 timedInside object choose bhMasked pinned sides access fence',
    words: [1, 0],
    memory: 'tso',
    most: 900,
  },
  crossing: {
    shapes: ['1 1'],
    handlers: [4, 2],
    items: 'access',
    words: [2, 0],
    most: 20_000,
    byClasses: true,
  },
  'crossing waits': {
    shapes: ['1 1'],
    handlers: [3, 2],
    items: 'access*4 await',
    words: [2, 0],
    most: 20_000,
    byClasses: true,
  },
  'TSO crossing': {
    shapes: ['1 1'],
    handlers: [3, 2],
    items: 'access*4 await fence',
    words: [2, 0],
    memory: 'tso',
    most: 20_000,
    byClasses: true,
  },
  mixed: {
    shapes: ['2', '3', '2 1', '1 1', '2 2', '1 1 1', '11', '21 1'],
    handlers: [2, 2],
    items:
      'access*12 locked nestedLocks timedLocked timedInside masked maskedLock pinned bhMasked await object choose either branch raise spawn send atomicAdd put get',
    most: 250,
  },
}

/** The items of a plan, each as often as it weighs. */
export function weighted(items: string): Item[] {
  return items.split(' ').flatMap((entry) => {
    const [item, weight = '1'] = entry.split('*')
    return Array.from({ length: Number(weight) }, () => item as Item)
  })
}
