/**
 * Explores counter(3,3), and saves after every 100 runs: `node checkpoint_child.ts <file> <resume> <saves>`. After so many
 * saves the process kills itself. If it comes to the end it prints what it found.
 */
import { counter } from '../bench/programs.ts'
import { explore } from '../src/index.ts'
import { readCheckpoint, stateFromJson, StateJson, stateToJson, writeCheckpoint } from '../src/node/index.ts'

const [path, resume, saves] = process.argv.slice(2) as [string, string, string]
const OF = { program: 'counter(3,3)', maxSteps: 5000 }
const kill = (): void => void process.kill(process.pid, 'SIGKILL')
let runs = 0
let saved = 0
const result = explore(counter(3, 3), {
  checkpoint: {
    due: () => ++runs % 100 === 0,
    save: (state) => {
      if (saved === Number(saves)) kill()
      writeCheckpoint(path, OF, stateToJson(state))
      saved++
    },
  },
  ...(resume === 'resume' ? { resume: stateFromJson(readCheckpoint(path, OF, StateJson)) } : {}),
})
console.log(JSON.stringify({ result, runs }))
