/**
 * The Trace Event Format as its specification says: Nat Duca, Dean Sinclair, "Trace Event Format",
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. Written from the text, for the phases that are in
 * use, and with the rules that hold between events.
 */
import { z } from 'zod'

const place = { pid: z.int(), tid: z.int(), ts: z.number().min(0) }
const args = z.record(z.string(), z.unknown())
const text = z.string().min(1)

/** "Duration events": an E ends the last B of its thread; only pid, tid, ph and ts are required. */
const Begin = z.strictObject({
  ph: z.literal('B'),
  name: text,
  cat: z.string(),
  ...place,
  args: args.optional(),
})
const End = z.strictObject({ ph: z.literal('E'), name: text.optional(), ...place, args: args.optional() })
/** "Instant events": the scope is global, process or thread. */
const Instant = z.strictObject({
  ph: z.literal('i'),
  name: text,
  cat: z.string(),
  ...place,
  s: z.enum(['g', 'p', 't']),
  args: args.optional(),
})
/** "Flow events": bound to slices by time; `bp: e` binds the end to the enclosing slice. */
const flow = { name: text, cat: text, id: z.union([z.int(), z.string()]), ...place, args: args.optional() }
const FlowStart = z.strictObject({ ph: z.literal('s'), ...flow })
const FlowEnd = z.strictObject({ ph: z.literal('f'), bp: z.literal('e').optional(), ...flow })
/** "Metadata events": the names that the text lists, with their arguments. */
const Metadata = z.union([
  z.strictObject({
    ph: z.literal('M'),
    name: z.literal('process_name'),
    pid: z.int(),
    args: z.strictObject({ name: text }),
  }),
  z.strictObject({
    ph: z.literal('M'),
    name: z.literal('thread_name'),
    pid: z.int(),
    tid: z.int(),
    args: z.strictObject({ name: text }),
  }),
  z.strictObject({
    ph: z.literal('M'),
    name: z.literal('thread_sort_index'),
    pid: z.int(),
    tid: z.int(),
    args: z.strictObject({ sort_index: z.int() }),
  }),
])

const Event = z.union([Begin, End, Instant, FlowStart, FlowEnd, Metadata])
type Event = z.infer<typeof Event>

/** Every E has its B, every B its E, in the order of time. */
function slicesNest(events: readonly Event[]): boolean {
  const open = new Map<string, number[]>()
  for (const event of events) {
    if (event.ph !== 'B' && event.ph !== 'E') continue
    const thread = `${event.pid}:${event.tid}`
    const stack = open.get(thread) ?? []
    open.set(thread, stack)
    if (event.ph === 'B') stack.push(event.ts)
    else if (stack.length === 0 || stack.pop()! > event.ts) return false
  }
  return [...open.values()].every((stack) => stack.length === 0)
}

/** Each arrow has one start and one end, not before the start. */
function flowsPair(events: readonly Event[]): boolean {
  const starts = new Map(events.filter((event) => event.ph === 's').map((event) => [event.id, event.ts]))
  const ends = new Map(events.filter((event) => event.ph === 'f').map((event) => [event.id, event.ts]))
  return (
    starts.size === events.filter((event) => event.ph === 's').length &&
    starts.size === ends.size &&
    [...starts].every(([id, ts]) => (ends.get(id) ?? -1) >= ts)
  )
}

/** "JSON Object Format". */
export const ChromeTraceFormat = z.strictObject({
  traceEvents: z
    .array(Event)
    .refine(slicesNest, 'slices nest')
    .refine(flowsPair, 'arrows have two ends')
    .refine(
      (events) =>
        events
          .filter((event) => 'ts' in event)
          .every((event, i, all) => i === 0 || all[i - 1]!.ts <= event.ts),
      'in the order of time',
    ),
  displayTimeUnit: z.enum(['ms', 'ns']).optional(),
  otherData: args.optional(),
})
