/** The schema of `reports/results.json`: what the lab found, and everything that it depends on. */
import { z } from 'zod'

/** Counts up with each change that a reader of the file would notice. */
export const SCHEMA_VERSION = 1

export const VERDICTS = ['holds', 'violated', 'inconclusive', 'not applicable'] as const

/** The memory models, the one that allows least first, with their names. */
export const MEMORY_NAMES = { sc: 'sequential consistency', tso: 'x86-TSO' } as const
export type MemoryName = keyof typeof MEMORY_NAMES

const count = z.int().nonnegative()

/** One step of a finding's minimised schedule. */
export const StepResult = z.object({
  n: count.describe('position in the schedule, from 0'),
  cpu: count,
  level: z.enum(['task', 'softirq', 'hardirq', 'NMI']),
  frame: z.string().describe('the activation that took the step, e.g. `task deleter` or `NMI perf`'),
  op: z.string().describe('the kernel operation: `cmpxchg`, `enter NMI`'),
  cell: z.string().nullable().describe('the shared word'),
  before: z.string().nullable(),
  after: z.string().nullable(),
  note: z.string().nullable().describe('what the step decided, where it had a choice'),
  functions: z
    .array(z.string())
    .describe('innermost first: `llist_add`, `irq_work_queue`, `bpf_task_work_schedule`'),
  file: z.string().nullable().describe('path in the repository of the line that took the step'),
  line: z.int().positive().nullable(),
  source: z.string().nullable().describe('that line, trimmed'),
  race: z.boolean().describe('one of the steps that make the finding'),
})

/** One step of the chain that makes a finding. */
export const ChainResult = z.object({
  n: count.describe('position of the step in the schedule'),
  after: z
    .array(
      z.object({
        n: count.describe('position of an earlier step of the chain'),
        why: z
          .string()
          .describe('why it comes before in every such schedule: `program order`, `conflict on ctx.state`'),
      }),
    )
    .describe('what it comes directly after; empty for the first'),
})

export const FindingResult = z.object({
  id: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .describe('names the page: findings/<id>.html'),
  design: z.string(),
  revision: z.string(),
  workload: z.string(),
  map: z.string(),
  target: z.string(),
  property: z.string(),
  kind: z.string(),
  title: z.string(),
  token: z.string().describe('replays it: npx nx run compare --replay <token>'),
  memory: z
    .enum(['sc', 'tso'])
    .describe('sc or tso: the strongest memory model of which an explored schedule shows it'),
  preemptions: count.describe(
    'context switches of the minimised schedule that no wait forced, entries of handlers included',
  ),
  schedules: count.describe('in how many of the explored schedules it shows'),
  proven: z
    .boolean()
    .optional()
    .describe('true if every schedule that is easier to follow was tried, and none shows it'),
  chain: z
    .array(ChainResult)
    .optional()
    .describe('the shortest happens-before chain through the steps that make the finding'),
  steps: z.array(StepResult),
})

export const VerdictResult = z.object({
  design: z.string(),
  revision: z.string(),
  workload: z.string(),
  map: z.string(),
  target: z.string(),
  property: z.string(),
  verdict: z.enum(VERDICTS),
  schedules: count.describe('schedules that the verdict covers, one of each equivalence class'),
  finding: z.string().nullable().describe('id of the finding that violates it'),
  reason: z.string().nullable().describe('why it is inconclusive or not applicable'),
})

/** One exploration: a design under a workload with one choice of parameters. */
export const CellResult = z.object({
  design: z.string(),
  revision: z.string(),
  workload: z.string(),
  map: z.string(),
  target: z.string(),
  applicable: z.boolean(),
  executions: count.describe('complete schedules that were run'),
  schedules: count.describe('equivalence classes among them'),
  blocked: count.describe('runs cut short because all that follows was covered already'),
  steps: count.describe('steps performed, replays included'),
  longest: count.describe('steps of the longest schedule'),
  exhausted: z.boolean().describe('true if every schedule within the bound was covered'),
  stopped: count.describe('schedules that a fatal finding ended early'),
  endings: z.record(z.string(), count).describe('how accepted submissions ended, over all schedules'),
})

export const Results = z.object({
  schema: z.literal(SCHEMA_VERSION),
  lab: z.object({
    version: z.string(),
    model: z.string().describe('version of the kernel model; part of every token'),
  }),
  run: z.object({
    strategy: z.string(),
    memoryModel: z.string(),
    seed: z.int(),
    budget: count.describe('the most schedules that one exploration may run'),
    partial: z.boolean().describe('true if the run was interrupted: what is here was finished'),
  }),
  designs: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      author: z.string(),
      revisions: z.array(z.object({ id: z.string(), title: z.string(), source: z.string() })),
      callbackContext: z.string(),
    }),
  ),
  workloads: z.array(
    z.object({ id: z.string(), title: z.string(), question: z.string(), actors: z.array(z.string()) }),
  ),
  properties: z.array(z.object({ id: z.string(), sentence: z.string() })),
  cells: z.array(CellResult),
  verdicts: z.array(VerdictResult),
  findings: z.array(FindingResult),
})

export type StepResult = z.infer<typeof StepResult>
export type ChainResult = z.infer<typeof ChainResult>
export type FindingResult = z.infer<typeof FindingResult>
export type VerdictResult = z.infer<typeof VerdictResult>
export type CellResult = z.infer<typeof CellResult>
export type Results = z.infer<typeof Results>
