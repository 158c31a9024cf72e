/** The litmus format: one small program, as JSON. The descriptions are the documentation (docs/litmus-schema.json). */
import { z } from 'zod'

const MOST_REPEATS = 10_000
const MOST_OUTCOMES = 16

const Name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a name: a letter, then letters, digits and _')
const Text = z.string().regex(/^\P{Cc}*$/u, 'expected a text without control characters')
const Register = Name.describe('A register of the frame; 0 before it is set.')
const Value = z
  .union([z.int(), z.string()])
  .describe('A whole number, or an expression over the registers of the frame, as in C: "r0 + 1".')
const Condition = z.string().describe('An expression over the registers of the frame; 0 is false.')
const Word = z.string().describe('A word of `init`, or a word of an array: "x", "a[2]", "a[r0 - 1]".')
const Lock = Name.describe('A lock of `locks`.')

const Read = z
  .strictObject({
    op: z.literal('read'),
    word: Word,
    into: Register,
    order: z.enum(['once', 'acquire', 'plain']).optional(),
  })
  .describe('READ_ONCE (`once`, the default), smp_load_acquire, or an unmarked C access.')
const Write = z
  .strictObject({
    op: z.literal('write'),
    word: Word,
    value: Value,
    order: z.enum(['once', 'release', 'plain']).optional(),
  })
  .describe('WRITE_ONCE (`once`, the default), smp_store_release, or an unmarked C access.')
const FetchAdd = z
  .strictObject({ op: z.literal('fetch_add'), word: Word, value: Value, into: Register })
  .describe('atomic_fetch_add: a full barrier; gives the value found.')
const Add = z
  .strictObject({ op: z.literal('add'), word: Word, value: Value })
  .describe('atomic_add: no result, so that it commutes with another one; orders nothing in C.')
const Exchange = z
  .strictObject({ op: z.literal('xchg'), word: Word, value: Value, into: Register.optional() })
  .describe('xchg: a full barrier; gives the value found.')
const CompareExchange = z
  .strictObject({ op: z.literal('cmpxchg'), word: Word, old: Value, new: Value, into: Register.optional() })
  .describe('cmpxchg: gives the value found; a full barrier if it stored, else a read.')
const Fence = z.strictObject({ op: z.enum(['mb', 'rmb', 'wmb']) }).describe('smp_mb, smp_rmb, smp_wmb.')
const Locking = z
  .strictObject({ op: z.enum(['lock', 'unlock']), lock: Lock })
  .describe('raw_spin_lock, which switches preemption off once it has the lock, and raw_spin_unlock.')
const TryLock = z
  .strictObject({ op: z.literal('trylock'), lock: Lock, into: Register })
  .describe('raw_spin_trylock: gives 1 if it took the lock, else 0.')
const Await = z
  .strictObject({ op: z.literal('await'), word: Word, equals: Value, into: Register.optional() })
  .describe('smp_cond_load_acquire: waits until the word has the value. One step, no loop.')
const Mask = z
  .strictObject({
    op: z.enum(['irq_disable', 'irq_enable', 'bh_disable', 'bh_enable', 'preempt_disable', 'preempt_enable']),
  })
  .describe(
    'What may interrupt or preempt from here on; nests. irq_enable is local_irq_restore: back to what irq_disable found. Nothing masks an NMI.',
  )
const Choose = z
  .strictObject({
    op: z.literal('choose'),
    outcomes: z.int().min(1).max(MOST_OUTCOMES),
    into: Register,
  })
  .describe('Gives 0 to outcomes - 1, each in some schedule.')
const Raise = z
  .strictObject({ op: z.literal('raise'), handler: Name })
  .describe(
    'Sends this CPU an interrupt: the handler of `handlers` comes before the next step, if masks allow.',
  )
const Assign = z
  .strictObject({ op: z.literal('set'), register: Register, value: Value })
  .describe('Registers only: no step.')
const Assert = z
  .strictObject({ op: z.literal('assert'), condition: Condition, message: Text.optional() })
  .describe('A finding of kind `assertion` where the condition is false. No step.')
const Sometimes = z
  .strictObject({
    op: z.literal('sometimes'),
    label: Text.min(1),
    condition: Condition.optional(),
  })
  .describe('Some schedule has to come here with the condition true; `violated` if none does. No step.')
const Live = z
  .strictObject({ op: z.literal('live'), registers: z.array(Register) })
  .describe(
    'From here on the frame depends on these registers only, until it sets others: lets states be merged. No step.',
  )

/** `ops` if the condition holds, else `else`. */
export interface IfOperation {
  op: 'if'
  condition: string
  ops: Operation[]
  else?: Operation[] | undefined
}

/** A loop with a bound. */
export interface RepeatOperation {
  op: 'repeat'
  times: number
  while?: string | undefined
  ops: Operation[]
}

/** One operation of a frame. */
export type Operation = z.infer<(typeof STRAIGHT)[number]> | IfOperation | RepeatOperation

const STRAIGHT = [
  Read,
  Write,
  FetchAdd,
  Add,
  Exchange,
  CompareExchange,
  Fence,
  Locking,
  TryLock,
  Await,
  Mask,
  Choose,
  Raise,
  Assign,
  Assert,
  Sometimes,
  Live,
] as const

const If = z
  .strictObject({
    op: z.literal('if'),
    condition: Condition,
    get ops(): z.ZodArray<z.ZodType<Operation>> {
      return z.array(Op)
    },
    get else(): z.ZodOptional<z.ZodArray<z.ZodType<Operation>>> {
      return z.array(Op).optional()
    },
  })
  .describe('Runs `ops` if the condition holds, else `else`.')
const Repeat = z
  .strictObject({
    op: z.literal('repeat'),
    times: z.int().min(0).max(MOST_REPEATS),
    while: Condition.optional(),
    get ops(): z.ZodArray<z.ZodType<Operation>> {
      return z.array(Op)
    },
  })
  .describe(
    'Runs the block so many times. With `while`, at most: until the condition is false before a pass; a finding of kind `repeat-bound` if that never comes.',
  )

const Op: z.ZodType<Operation> = z
  .discriminatedUnion('op', [...STRAIGHT, If, Repeat])
  .meta({ id: 'Operation', description: 'One operation of a frame.' })

const FrameForm = z
  .strictObject({
    level: z.enum(['task', 'softirq', 'hardirq', 'nmi']),
    name: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_.]*$/, 'expected a name: a letter, then letters, digits, _ and .')
      .optional()
      .describe(
        'Default: P and the number of the CPU, then .softirq, .hardirq or .nmi; then .2, .3 and so on.',
      ),
    ops: z.array(Op),
  })
  .meta({
    id: 'Frame',
    description:
      'A task, or an interrupt that comes once: at any point that the masks allow, at the latest when all else is done.',
  })

const Handler = z
  .strictObject({ level: z.enum(['softirq', 'hardirq', 'nmi']), ops: z.array(Op) })
  .describe('What `raise` starts. Its registers are its own, and end with it.')

const Final = z
  .strictObject({
    forall: z.string().optional().describe('Holds at the end of each schedule; else `violated`.'),
    never: z.string().optional().describe('Holds at the end of no schedule; else `violated`.'),
    exists: z.string().optional().describe('Reported as observed or not; no influence on the verdict.'),
  })
  .describe(
    'Conditions on the end of a schedule that came to rest, over words ("x", "a[1]") and registers of frames ("P0:r0").',
  )

export const MEMORY_MODELS = ['sc', 'tso'] as const

/** A program in the litmus format. */
export const Litmus = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_+(),-]*$/, 'expected a letter or digit, then these or _ + - ( ) ,')
      .describe('Unique in its file.'),
    about: z.string().optional().describe('What the program is for: shown nowhere, read by people.'),
    memory: z
      .enum(MEMORY_MODELS)
      .optional()
      .describe('Sequential consistency (the default), or x86-TSO. The option --memory is stronger.'),
    init: z
      .record(Name, z.union([z.int(), z.array(z.int()).min(1)]))
      .describe('The shared words with their first values; a list makes an array.'),
    locks: z
      .array(Name)
      .refine((names) => new Set(names).size === names.length, 'expected each lock once')
      .meta({ uniqueItems: true })
      .optional()
      .describe('Raw spinlocks, free at first.'),
    handlers: z.record(Name, Handler).optional().describe('What `raise` starts.'),
    cpus: z
      .array(z.strictObject({ frames: z.array(FrameForm).min(1) }))
      .min(1)
      .max(64),
    final: Final.optional(),
  })
  .meta({ title: 'A litmus program of Bottom Half' })

export type Litmus = z.infer<typeof Litmus>
export type LitmusFrame = z.infer<typeof FrameForm>
export type MemoryModel = (typeof MEMORY_MODELS)[number]
