/** The reports in the repository are what the code of the repository writes: same files, same bytes. */
import { join } from 'node:path'
import { compareInto, filesIn, firstDifference, gate, repository } from './compare.mjs'

gate((folder) => {
  const kept = join(repository, 'reports')
  const made = join(folder, 'reports')
  compareInto(made)
  const names = [...new Set([...filesIn(kept), ...filesIn(made)])]
  if (names.length === 0) return ['no report was written']
  const [keptNames, madeNames] = [new Set(filesIn(kept)), new Set(filesIn(made))]
  return names.flatMap((name) => {
    if (!keptNames.has(name)) return [`reports/${name} is missing in the repository`]
    if (!madeNames.has(name)) return [`reports/${name} is not written by compare`]
    const byte = firstDifference(join(kept, name), join(made, name))
    return byte === null ? [] : [`reports/${name} is out of date, from byte ${byte}`]
  })
})
