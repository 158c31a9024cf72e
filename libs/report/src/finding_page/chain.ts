/** Why the steps that make the finding come in their order. */
import { type Content, breakable, html, joined } from '../markup.ts'
import type { ChainResult, FindingResult } from '../results.ts'
import { values } from './step.ts'

function stepLink(n: number): Content {
  return html`<a href="#step-${n}">step ${n}</a>`
}

function reasons({ after }: ChainResult): Content {
  if (after.length === 0) return null
  const each = after.map(({ n, why }) => html`after ${stepLink(n)}: ${breakable(why)}`)
  return html`<div class="why">${joined(each, '; ')}</div>`
}

/** The chain, one line for each step; null where the results have none, or one step alone. */
export function chainSection({ chain = [], steps }: FindingResult): Content {
  if (chain.length < 2) return null
  const lines = chain.map((link) => {
    const step = steps.find(({ n }) => n === link.n)
    if (step === undefined) return null
    const cell = step.cell === null ? null : html` ${breakable(step.cell)}`
    return html`<li>
      ${stepLink(step.n)} <span class="tag ${step.level}">CPU${step.cpu} ${step.frame}</span>
      <code><b>${breakable(step.op)}</b>${cell}</code> ${values(step)}${reasons(link)}
    </li>`
  })
  return html`<h2 id="why">Why: the chain</h2>
    <p class="text small">The shortest way through happens-before that links the steps of the race.</p>
    <ol class="outline causes">
      ${lines}
    </ol>`
}
