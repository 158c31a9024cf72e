/**
 * What an exploration pays for each schedule, besides its own work: booting a machine and taking its steps. On
 * counter(4,3): four tasks that add three times each to one word.
 */
import { Bench } from 'tinybench'
import { atomic_fetch_add, Cell, type KernelPath, Level, Machine } from '../src/index.ts'

const CPUS = 4
const ADDS = 3
const NS_PER_MS = 1e6

/** At the top of the file: V8 makes a hidden class for each closure over a generator function, which takes longer than a boot. */
function* adder(cell: Cell<number>): KernelPath {
  for (let i = 0; i < ADDS; i++) yield* atomic_fetch_add(1, cell)
}

function boot(): Machine {
  const machine = new Machine()
  const cell = new Cell('x', 0)
  const path = (): KernelPath => adder(cell)
  for (let i = 0; i < CPUS; i++) {
    const cpu = machine.addCpu()
    machine.addFrame({ name: `t${i}`, cpu, level: Level.Task, path, immediate: false })
  }
  return machine
}

function run(machine: Machine): void {
  for (let moves = machine.moves(); moves.length > 0; moves = machine.moves()) machine.perform(moves[0]!)
}

/** As `run`, with one array for all moves. */
function runInto(machine: Machine, moves: number[]): void {
  while (machine.movesInto(moves) > 0) machine.perform(moves[0]!)
}

const moves: number[] = []
const bench = new Bench({ time: 500, warmupTime: 200, throws: true })
bench.add('boot', () => void boot(), { async: false })
bench.add('boot + run', () => run(boot()), { async: false })
bench.add('boot + run, movesInto', () => runInto(boot(), moves), { async: false })
await bench.run()

console.table(
  bench.tasks.map(({ name, result }) => {
    if (!('latency' in result)) throw new Error(`${name} was not measured: ${result.state}`)
    const { mean, rme, p50 } = result.latency
    return {
      'counter(4,3)': name,
      ns: Math.round(mean * NS_PER_MS),
      'median ns': Math.round(p50 * NS_PER_MS),
      '±%': Number(rme.toFixed(1)),
    }
  }),
)
