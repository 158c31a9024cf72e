/** index.html: the answer, the matrices, the findings, the run. */
import type { Ledger } from '../ledger.ts'
import { html } from '../markup.ts'
import type { NavigationEntry, Page } from '../page.ts'
import { matrixCss } from '../style/matrix.ts'
import { filterScript } from '../viewer/script.ts'
import { answer, summary } from './answer.ts'
import { defectList } from './defect_list.ts'
import { verdictMatrix } from './matrix.ts'
import { propertyMatrix } from './property_matrix.ts'
import { partialBanner, runSection } from './run.ts'

const NAME = 'Deferred BPF execution, compared'

/** The start page of the report. */
export function indexPage(ledger: Ledger, documents: readonly NavigationEntry[]): Page {
  const links = documents.map(({ path, title }) => html`<li><a href="${path}">${title}</a></li>`)
  const reading = html`<section aria-labelledby="documents-title">
    <h2 id="documents-title">Documents</h2>
    <ul class="documents">
      ${links}
    </ul>
  </section>`
  const content = html`<h1>${NAME}</h1>
    ${partialBanner(ledger.results)} ${answer(ledger)} ${verdictMatrix(ledger)} ${propertyMatrix(ledger)}
    ${defectList(ledger)} ${runSection(ledger)} ${documents.length > 0 ? reading : null}`
  return {
    path: 'index.html',
    title: NAME,
    description: summary(ledger),
    css: matrixCss(ledger.rivals.length),
    script: filterScript,
    content,
  }
}
