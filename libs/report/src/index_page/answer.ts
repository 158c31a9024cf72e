/** What a reader in a hurry needs: which design breaks what. */
import type { Ledger, Rival } from '../ledger.ts'
import { nameOf, pathOf } from '../mark.ts'
import { type Content, html } from '../markup.ts'
import { type Score, scoreOf } from '../standing.ts'
import { SYMBOLS, type Standing, className } from '../verdict.ts'
import { capitalised, counted, listed, spelled } from '../wording.ts'

/** The verdict on a design as a whole: as good as its worst property. */
function overall({ properties }: Score): Standing {
  if (properties.violated > 0) return 'violated'
  if (properties.inconclusive > 0) return 'inconclusive'
  return properties.holds > 0 ? 'holds' : 'not run'
}

function tally({ properties }: Score): string {
  const parts = [
    properties.violated > 0 ? `violates ${properties.violated}` : 'violates none',
    `keeps ${properties.holds}`,
    ...(properties.inconclusive > 0 ? [`leaves ${properties.inconclusive} undecided`] : []),
  ]
  const rest = [
    ...(properties['not applicable'] > 0
      ? [`${properties['not applicable']} ${properties['not applicable'] === 1 ? 'does' : 'do'} not apply`]
      : []),
    ...(properties['not run'] > 0 ? [`${properties['not run']} not reached`] : []),
  ]
  return listed(parts) + (rest.length > 0 ? ` (${listed(rest)})` : '')
}

function worstOf(score: Score): Content {
  if (score.worst === null) return null
  const { worst } = score
  return html` Its worst finding: <a href="${pathOf(worst)}">${worst.title}</a>, in
    <code>${worst.workload}</code>.`
}

function line(ledger: Ledger, rival: Rival): Content {
  const score = scoreOf(ledger, rival)
  const standing = overall(score)
  const symbol = html`<span class="mark" aria-hidden="true">${SYMBOLS[standing]}</span>`
  const name = html`<strong><code>${nameOf(ledger, rival)}</code></strong>`
  const origin = html`${rival.design.title} by ${rival.design.author}, ${rival.revision.title}`
  if (standing === 'not run') return html`<li class="not-run">${symbol} ${name} (${origin}) was not run.</li>`
  const sentence = html`of ${ledger.results.properties.length} properties it ${tally(score)}.`
  return html`<li class="${className(standing)}">
    ${symbol} ${name} (${origin}): ${sentence}${worstOf(score)}
  </li>`
}

function headline(scores: readonly Score[]): string {
  const broken = scores.filter(({ properties }) => properties.violated > 0)
  if (broken.length === scores.length) {
    return scores.length === 1 ? 'It does not keep every property.' : 'None of them keeps every property.'
  }
  const kept = scores.filter((score) => overall(score) === 'holds').map(({ design }) => design)
  if (broken.length === 0 && kept.length === scores.length) return 'No schedule breaks any property.'
  if (kept.length === 0) return `Violations were found in ${listed(broken.map(({ design }) => design))}.`
  return `Only ${listed(kept)} ${kept.length === 1 ? 'keeps' : 'keep'} every property.`
}

/** The paragraph at the top of the report. */
export function answer(ledger: Ledger): Content {
  const { run, cells, workloads, properties } = ledger.results
  const schedules = cells.reduce((sum, cell) => sum + cell.schedules, 0)
  const complete = cells.every((cell) => !cell.applicable || cell.exhausted)
  const whole = complete ? 'every distinct schedule within the bound' : 'schedules up to the budget'
  const extent = run.partial ? 'a part, until it was interrupted' : whole
  const subject = `${capitalised(spelled(ledger.rivals.length, 'design'))} of deferred BPF execution`
  const checks = `each schedule was checked against ${spelled(properties.length, 'property')}`
  const scope = `ran under the same ${spelled(workloads.length, 'workload')}`
  const all = ledger.rivals.map((rival) => scoreOf(ledger, rival))
  return html`<section class="answer" aria-labelledby="answer">
    <h2 id="answer" class="unseen">The answer</h2>
    <p>
      ${subject} ${scope}. The lab covered ${extent}, ${counted(schedules, 'schedule')} in all, and ${checks}.
      <strong>${headline(all)}</strong>
    </p>
    <ul>
      ${ledger.rivals.map((rival) => line(ledger, rival))}
    </ul>
  </section>`
}

/** The same in one sentence, for the page's description. */
export function summary(ledger: Ledger): string {
  const parts = ledger.rivals.map((rival) => {
    const { properties } = scoreOf(ledger, rival)
    return `${nameOf(ledger, rival)} violates ${properties.violated} and keeps ${properties.holds}`
  })
  return `Of ${counted(ledger.results.properties.length, 'property')}: ${parts.join('; ')}.`
}
