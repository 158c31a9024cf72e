/** How many schedules each strategy runs in a second: `node libs/exploration/bench/strategies.ts`. */
import { atomic_fetch_add, Cell, Level, Machine } from '@bottom-half/kernel-model'
import { Bench } from 'tinybench'
import { pct, pos, preemptionBounded, type Program, sample, surw, uniformWalk, urw } from '../src/index.ts'

const MS_PER_S = 1000
const SCHEDULES = 500

/** Four CPUs that each add three times to one word: 12 steps, 369,600 classes. */
const COUNTER: Program = {
  name: 'counter(4,3)',
  boot: () => {
    const machine = new Machine()
    const cell = new Cell('x', 0)
    for (let i = 0; i < 4; i++) {
      const path = function* () {
        for (let k = 0; k < 3; k++) yield* atomic_fetch_add(1, cell)
      }
      machine.addFrame({ name: `t${i}`, cpu: machine.addCpu(), level: Level.Task, path, immediate: false })
    }
    return machine
  },
}

const STRATEGIES = [uniformWalk, pct, pos, urw, surw, () => preemptionBounded(2)]

const bench = new Bench({ time: 1000, warmupTime: 500, throws: true })
for (const strategy of STRATEGIES) {
  let seed = 0
  bench.add(strategy().name, () => void sample(COUNTER, strategy(), { seed: seed++, schedules: SCHEDULES }), {
    async: false,
  })
}
await bench.run()

console.table(
  STRATEGIES.map((strategy) => {
    const { name } = strategy()
    const result = bench.getTask(name)!.result
    if (!('latency' in result)) throw new Error(`${name} was not measured: ${result.state}`)
    const { executions, coverage } = sample(COUNTER, strategy(), {
      seed: 1,
      schedules: SCHEDULES,
      classes: true,
    })
    return {
      strategy: name,
      'schedules/s': Math.round((executions / result.latency.mean) * MS_PER_S),
      '±%': Number(result.latency.rme.toFixed(1)),
      [`classes in ${SCHEDULES}`]: coverage!.distinct,
    }
  }),
)
