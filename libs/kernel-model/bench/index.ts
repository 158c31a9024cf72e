/** What the common primitives cost the lab: `npx nx run kernel-model:bench`. Uncontended, on one CPU. */
import { Bench } from 'tinybench'
import {
  type Allocated,
  bpf_map_lookup_elem,
  bpf_mem_alloc,
  bpf_mem_alloc_get,
  bpf_mem_free,
  callback_head,
  Cell,
  cmpxchg,
  create_map,
  create_task,
  irq_work,
  irq_work_queue,
  type KernelPath,
  Machine,
  type MemoryObject,
  raw_res_spin_lock,
  raw_res_spin_unlock,
  raw_spin_lock,
  raw_spin_unlock,
  raw_spinlock_t,
  READ_ONCE,
  rqspinlock_t,
  run_task,
  task_work_add,
  task_work_run,
  type task_struct,
  TWA_RESUME,
} from '../src/index.ts'

/** How often one run of a machine does what is measured: the boot counts for nothing, the end of the task for little. */
const REPEATS = 200
const NS_PER_MS = 1e6

/** Makes, on a machine that boots, what is measured. */
type Subject = (task: task_struct) => () => KernelPath<unknown>

function* nothing(): KernelPath {}

const SUBJECTS: Record<string, Subject> = {
  READ_ONCE() {
    const cell = new Cell('x', 0)
    return () => READ_ONCE(cell)
  },
  cmpxchg() {
    const cell = new Cell('x', 0)
    return () => cmpxchg(cell, 0, 0)
  },
  'irq_work_queue + run'() {
    const work = new irq_work('work', nothing, null)
    return () => irq_work_queue(work)
  },
  'task_work_add + run': (task) => {
    const work = new callback_head('work', null, null, nothing)
    return function* () {
      yield* task_work_add(task, work, TWA_RESUME)
      yield* task_work_run()
    }
  },
  'raw_spin_lock + unlock'() {
    const lock = new raw_spinlock_t('lock')
    return function* () {
      yield* raw_spin_lock(lock)
      yield* raw_spin_unlock(lock)
    }
  },
  'raw_res_spin_lock + unlock'() {
    const lock = new rqspinlock_t('lock')
    return function* () {
      yield* raw_res_spin_lock(lock)
      yield* raw_res_spin_unlock(lock)
    }
  },
  'bpf_mem_alloc + free'() {
    const ma = new bpf_mem_alloc('ma', { prefill: 4 })
    const make = (object: MemoryObject): Allocated => ({ object })
    return function* () {
      yield* bpf_mem_free(ma, (yield* bpf_mem_alloc_get(ma, make))!)
    }
  },
  'bpf_map_lookup_elem, hash'() {
    const map = create_map('map', 'hash', { entries: 2, keys: [0] })
    return () => bpf_map_lookup_elem(map, 0)
  },
}

function boot(subject: Subject, repeats: number): Machine {
  const machine = new Machine()
  const task = create_task('task', machine.addCpu())
  const once = subject(task)
  run_task(task, function* () {
    for (let i = 0; i < repeats; i++) yield* once()
  })
  return machine
}

/** Takes the first possible move until none is left. */
function run(machine: Machine): Machine {
  for (let moves = machine.moves(); moves.length > 0; moves = machine.moves()) machine.perform(moves[0]!)
  for (const { title } of machine.findings) throw new Error(title)
  return machine
}

const bench = new Bench({ time: 500, warmupTime: 100, throws: true })
for (const [name, subject] of Object.entries(SUBJECTS)) {
  let machine: Machine
  const beforeEach = (): void => {
    machine = boot(subject, REPEATS)
  }
  bench.add(name, () => void run(machine), { async: false, beforeEach })
}
await bench.run()

/** Steps of a run, without those of a task that does nothing else. */
function stepsOf(subject: Subject): number {
  return run(boot(subject, REPEATS)).steps - run(boot(subject, 0)).steps
}

const rows = bench.tasks.map(({ name, result }) => {
  if (!('latency' in result)) throw new Error(`${name} was not measured: ${result.state}`)
  const nanoseconds = result.latency.mean * NS_PER_MS
  const steps = stepsOf(SUBJECTS[name]!)
  return {
    primitive: name,
    steps: Number((steps / REPEATS).toFixed(2)),
    'ns per step': Math.round(nanoseconds / steps),
    'ns per use': Math.round(nanoseconds / REPEATS),
    'uses/s': Math.round((REPEATS * 1e9) / nanoseconds),
    '±%': Number(result.latency.rme.toFixed(1)),
  }
})
console.table(rows)
