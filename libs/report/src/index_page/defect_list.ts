/** Every defect once, by design and property, with the traces that show it. */
import { anchor } from '../anchor.ts'
import type { Defect, Ledger, Rival } from '../ledger.ts'
import { nameOf, occurrences, pathOf } from '../mark.ts'
import { type Content, html } from '../markup.ts'
import { defectsOf } from '../standing.ts'
import { counted } from '../wording.ts'

function item(ledger: Ledger, defect: Defect): Content {
  const [simplest] = defect.findings
  const size = `${counted(simplest!.steps.length, 'step')}, ${counted(simplest!.preemptions, 'preemption')}`
  return html`<li id="${defect.anchor}">
    <a class="title" href="${pathOf(simplest!)}">${defect.title}</a>
    <div class="covered">${defect.kind}; simplest trace: ${size}</div>
    ${occurrences(ledger, defect, '')}
  </li>`
}

function ofRival(ledger: Ledger, rival: Rival): Content {
  const defects = defectsOf(ledger, rival)
  const heading = html`<h3 id="${anchor('defects', rival.id)}">
    <code>${nameOf(ledger, rival)}</code> <span class="muted">${counted(defects.length, 'finding')}</span>
  </h3>`
  const properties = ledger.results.properties.flatMap((property) => {
    const own = defects.filter((defect) => defect.property === property)
    if (own.length === 0) return []
    return [
      html`<dt><code>${property.id}</code> <span class="muted">${property.sentence}</span></dt>
        <dd>
          <ul class="defects">
            ${own.map((defect) => item(ledger, defect))}
          </ul>
        </dd>`,
    ]
  })
  if (properties.length === 0)
    return html`${heading}
      <p>Nothing was found.</p>`
  return html`${heading}
    <dl class="by-property">${properties}</dl>`
}

/** The list as a section. */
export function defectList(ledger: Ledger): Content {
  return html`<section id="findings" aria-labelledby="findings-title">
    <h2 id="findings-title">Findings</h2>
    <p class="text">
      Each finding has its shortest known schedule, step by step, and a token that replays it. A finding that
      several workloads or map types show is listed once.
    </p>
    ${ledger.rivals.map((rival) => ofRival(ledger, rival))}
  </section>`
}
