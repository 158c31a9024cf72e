/** One litmus program, with the weakest memory model that each of its findings needs. */
import { MODELS } from '../models.ts'
import { compileLitmus } from './compile.ts'
import {
  exploreLitmus,
  type ExploreLitmusOptions,
  type LitmusFinding,
  type LitmusResult,
} from './explore_litmus.ts'
import type { Litmus, MemoryModel } from './schema.ts'

/**
 * Explores the program under `memory`, or under the model that it names. A finding under a weak model says whether it needs it: so
 * the stronger ones are explored for it too, but only if there is such a finding.
 */
export function exploreLitmusModels(
  litmus: Litmus,
  memory: MemoryModel | null,
  options: ExploreLitmusOptions,
): LitmusResult {
  const model = memory ?? litmus.memory ?? MODELS[0]
  const under = (each: MemoryModel): LitmusResult =>
    exploreLitmus(litmus, compileLitmus(litmus, { memory: each }), options)
  const result = under(model)
  const needing = result.findings.some(({ needs }) => needs === null)
  const stronger = needing ? MODELS.slice(0, MODELS.indexOf(model)).map(under) : []
  return { ...result, findings: result.findings.map((finding) => withNeeds(finding, model, stronger)) }
}

function withNeeds(
  finding: LitmusFinding,
  model: MemoryModel,
  stronger: readonly LitmusResult[],
): LitmusFinding {
  if (finding.needs !== null) return finding
  const same = ({ kind, title }: LitmusFinding): boolean => kind === finding.kind && title === finding.title
  const shows = stronger.find(({ findings }) => findings.some(same))
  const all = stronger.every(({ by }) => by !== null)
  return { ...finding, needs: shows?.memory ?? (all ? model : null) }
}
