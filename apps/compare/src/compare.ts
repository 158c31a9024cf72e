/** The main job: explore, judge, write, tell. */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Results } from '@bottom-half/report'
import { planOf } from './cells.ts'
import { Keeper } from './keeper.ts'
import { INTERRUPTED, onInterrupt } from './interrupt.ts'
import type { Comparison } from './options.ts'
import { exploreAll } from './pool.ts'
import { Progress } from './progress.ts'
import { startFolder } from './repository.ts'
import { resultsOf } from './results.ts'
import { summary } from './summary.ts'
import { paint } from './terminal.ts'
import { UserError } from './user_error.ts'
import { checkOut, resultsText, writeReport } from './write.ts'

/** Gives the exit code. Throws UserError before anything is explored or written. */
export async function compare(request: Comparison): Promise<number> {
  const plan = planOf(request)
  if (plan.length === 0) {
    const able = request.workloads.map(({ id, maps }) => `${id} takes ${maps.join(', ')}`)
    throw new UserError(
      `--map: no chosen workload takes such a map, expected one that does: ${able.join('; ')}`,
    )
  }
  if (request.out !== null) checkOut(request.out)
  const keeper = new Keeper(request)
  const signal = onInterrupt()
  const progress = new Progress(plan, process.stderr)
  const { workers, bounds } = request
  const explored = await exploreAll(plan, { workers, bounds, signal, keeper }, progress).finally(() =>
    progress.end(),
  )
  const partial = signal.aborted
  if (keeper.save() && partial)
    process.stderr.write(
      `compare: the same with --checkpoint ${request.checkpoint} --resume goes on from here\n`,
    )
  if (partial && explored.size === 0) {
    process.stderr.write('compare: interrupted before anything was finished; nothing was written\n')
    return INTERRUPTED
  }
  deliver(resultsOf({ selection: request, bounds, plan, explored, partial }), request)
  if (!partial) keeper.remove()
  return partial ? INTERRUPTED : 0
}

function deliver(results: Results, { out, json }: Comparison): void {
  if (out !== null) writeReport(results, out)
  if (json) process.stdout.write(resultsText(results))
  else process.stdout.write(`${summary(results, (style, text) => paint(process.stdout, style, text))}\n`)
  const told = json ? process.stderr : process.stdout
  if (out !== null) told.write(`report: ${shown(join(out, 'index.html'))}\n`)
  if (results.run.partial) told.write('interrupted: this is what was finished\n')
}

/** As the user would type it. */
function shown(path: string): string {
  const near = relative(startFolder(), path)
  return near.startsWith('..') || !existsSync(near) ? path : near
}
