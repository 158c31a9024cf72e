/** How fast small programs are explored exhaustively: `npx nx run exploration:bench`. */
import {
  atomic_fetch_add,
  Cell,
  type Cpu,
  type KernelPath,
  Level,
  Machine,
  raw_spin_lock,
  raw_spin_unlock,
  raw_spinlock_t,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { Bench } from 'tinybench'
import { explore, type Program } from '../src/index.ts'

const MS_PER_S = 1000

function program(name: string, frames: (machine: Machine) => void): Program {
  return {
    name,
    boot: () => {
      const machine = new Machine()
      frames(machine)
      return machine
    },
  }
}

function add(machine: Machine, cpu: Cpu, level: Level, path: () => KernelPath): void {
  machine.addFrame({ name: `f${machine.frames.length}`, cpu, level, path, immediate: false })
}

/** Tasks on CPUs of their own that add to one word. */
function counter(cpus: number, adds: number): Program {
  return program(`counter(${cpus},${adds})`, (machine) => {
    const cell = new Cell('x', 0)
    for (let i = 0; i < cpus; i++)
      add(machine, machine.addCpu(), Level.Task, function* () {
        for (let k = 0; k < adds; k++) yield* atomic_fetch_add(1, cell)
      })
  })
}

/** An NMI that reads all that the task under it writes. */
function nmiOverHost(writes: number): Program {
  return program(`NMI over ${writes} writes`, (machine) => {
    const cells = Array.from({ length: writes }, (_, i) => new Cell(`x${i}`, 0))
    const cpu = machine.addCpu()
    add(machine, cpu, Level.Task, function* () {
      for (const cell of cells) yield* WRITE_ONCE(cell, 1)
    })
    add(machine, cpu, Level.Nmi, function* () {
      for (const cell of cells) yield* READ_ONCE(cell)
    })
  })
}

/** Two tasks that take two locks in two orders. */
function abba(): Program {
  return program('ABBA locks', (machine) => {
    const a = new raw_spinlock_t('a')
    const b = new raw_spinlock_t('b')
    for (const [outer, inner] of [
      [a, b],
      [b, a],
    ] as const)
      add(machine, machine.addCpu(), Level.Task, function* () {
        yield* raw_spin_lock(outer)
        yield* raw_spin_lock(inner)
        yield* raw_spin_unlock(inner)
        yield* raw_spin_unlock(outer)
      })
  })
}

const PROGRAMS = [counter(3, 2), counter(3, 3), counter(4, 2), nmiOverHost(6), abba()]

const bench = new Bench({ time: 1000, iterations: 5, warmupTime: 200, warmupIterations: 2, throws: true })
for (const each of PROGRAMS) bench.add(each.name, () => void explore(each), { async: false })
await bench.run()

const rows = PROGRAMS.map((each) => {
  const result = bench.getTask(each.name)!.result
  if (!('latency' in result)) throw new Error(`${each.name} was not measured: ${result.state}`)
  const seconds = result.latency.mean / MS_PER_S
  const { executions, classes, blocked, steps, exhausted, findings } = explore(each)
  if (!exhausted) throw new Error(`${each.name} was not exhausted`)
  return {
    program: each.name,
    executions,
    classes,
    blocked,
    steps,
    findings: findings.length,
    'executions/s': Math.round(executions / seconds),
    'steps/s': Math.round(steps / seconds),
    ms: Number(result.latency.mean.toFixed(2)),
    '±%': Number(result.latency.rme.toFixed(1)),
  }
})
console.table(rows)
