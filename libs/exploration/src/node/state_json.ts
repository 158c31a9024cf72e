/** The state of an exploration as JSON, and back: checked, so that what is read is one. */
import { Level } from '@bottom-half/kernel-model'
import { z } from 'zod'
import type { ExplorationState } from '../exploring.ts'

const whole = z.int()
const list = z.array(whole)

const PlainEvent = z.strictObject({
  id: whole,
  ordinal: whole,
  outcome: whole,
  cpu: whole,
  level: z.enum(Level),
  touched: list,
  added: z.number(),
  exited: z.boolean(),
})
const Action = z.strictObject({ id: whole, outcome: whole })
const Reversal = z.strictObject({
  at: z.number(),
  actions: z.array(Action),
  f: whole,
  counts: list,
  behind: list,
  from: z.array(PlainEvent),
  asked: z.array(PlainEvent),
  followers: z.array(PlainEvent),
  all: z.boolean(),
  ended: list,
})
const Moved = z.strictObject({
  at: z.number(),
  g: PlainEvent,
  skipped: PlainEvent.nullable(),
  was: z.strictObject({ g: PlainEvent, taken: z.array(PlainEvent) }).nullable(),
  followers: z.array(PlainEvent),
})
const Step = z.strictObject({
  id: whole,
  outcome: whole,
  added: z.number(),
  reversed: z.boolean(),
  repeated: z.boolean(),
  timeout: z.boolean(),
  key: z.array(z.number()),
})
const Task = z.union([
  z.strictObject({
    f: Action,
    was: PlainEvent.nullable(),
    todo: z.array(Reversal),
    seen: z.array(
      z.strictObject({
        counts: list,
        behind: list,
        followers: z.array(PlainEvent),
        ended: list,
        done: z.boolean(),
      }),
    ),
    turned: z.array(
      z.strictObject({ f: PlainEvent, from: z.array(PlainEvent), followers: z.array(PlainEvent) }),
    ),
  }),
  z.strictObject({ actions: z.array(Action), timeout: z.boolean() }),
])
/** Names and contexts are those of many items at once: each is written once, and named by its position. */
const Part = z.strictObject({
  share: z.number(),
  item: z
    .strictObject({ names: whole, words: whole, contexts: list, schedule: z.array(Step), task: Task })
    .nullable(),
})
const Found = z.strictObject({
  finding: z.strictObject({
    kind: z.string(),
    title: z.string(),
    step: whole,
    involved: list,
    fatal: z.boolean(),
  }),
  moves: list,
  deviations: whole,
  schedules: whole,
})
const count = z.int().min(0)

/** An `ExplorationState`, as a file has it. */
export const StateJson = z.strictObject({
  names: z.array(z.array(z.string())),
  words: z.array(z.array(z.tuple([z.string(), whole, whole, whole]))),
  contexts: z.array(Moved),
  parts: z.array(Part),
  counts: z.strictObject({
    executions: count,
    redundant: count,
    blocked: count,
    steps: count,
    longest: count,
    stopped: count,
  }),
  findings: z.array(Found),
  tally: z.record(z.string(), z.number()),
  sometimes: z.record(z.string(), z.boolean()),
  chunks: z.array(z.strictObject({ leaves: count, share: z.number() })),
  /** 64-bit floating point numbers. */
  classes: z.base64(),
  ordered: z.array(z.string()),
})
export type StateJson = z.infer<typeof StateJson>

/** Numbers things in the order in which they come; what looks alike is one thing. */
class Interned<T> {
  readonly all: T[] = []
  private readonly byObject = new Map<unknown, number>()
  private readonly byText = new Map<string, number>()

  indexOf(thing: T): number {
    let index = this.byObject.get(thing)
    if (index !== undefined) return index
    const text = JSON.stringify(thing)
    index = this.byText.get(text)
    if (index === undefined) {
      index = this.all.push(thing) - 1
      this.byText.set(text, index)
    }
    this.byObject.set(thing, index)
    return index
  }
}

export function stateToJson({ parts, totals, ordered }: ExplorationState): StateJson {
  const names = new Interned<readonly string[]>()
  const words = new Interned<object>()
  const contexts = new Interned<object>()
  const { classes, ...rest } = totals
  const plain = parts.map(({ item, share }) => {
    if (item === null) return { item, share }
    const { schedule, task } = item
    const indexes = item.contexts.map((context) => contexts.indexOf(context))
    return {
      share,
      item: {
        names: names.indexOf(item.names),
        words: words.indexOf(item.words),
        contexts: indexes,
        schedule,
        task,
      },
    }
  })
  const bytes = Buffer.from(classes.buffer, classes.byteOffset, classes.byteLength)
  return {
    ...rest,
    names: names.all,
    words: words.all,
    contexts: contexts.all,
    parts: plain,
    classes: bytes.toString('base64'),
    ordered,
  } as unknown as StateJson
}

export function stateFromJson(json: StateJson): ExplorationState {
  const { names, words, contexts, parts, classes, ordered, ...totals } = json
  const bytes = Buffer.from(classes, 'base64')
  const numbers = new Float64Array(Math.floor(bytes.length / Float64Array.BYTES_PER_ELEMENT))
  Buffer.from(numbers.buffer).set(bytes.subarray(0, numbers.byteLength))
  return {
    ordered,
    totals: { ...totals, classes: numbers },
    parts: parts.map(({ share, item }) => ({
      share,
      item:
        item === null
          ? null
          : {
              ...item,
              names: names[item.names]!,
              words: words[item.words]!,
              contexts: item.contexts.map((i) => contexts[i]!),
            },
    })),
  }
}
