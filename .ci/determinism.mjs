/** The same command with another number of workers writes the same results, byte for byte. */
import { join } from 'node:path'
import { compareInto, firstDifference, gate } from './compare.mjs'

gate((folder) => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')]
  compareInto(one, '--workers', '1')
  compareInto(two, '--workers', '2')
  const byte = firstDifference(join(one, 'results.json'), join(two, 'results.json'))
  return byte === null ? [] : [`results.json of one and of two workers differ from byte ${byte}`]
})
