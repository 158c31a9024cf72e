/** From results and documents to the files of a report. */
import { documentPages } from './docs_page/page.ts'
import type { DocumentSource } from './docs_page/source.ts'
import { findingPage } from './finding_page/page.ts'
import { indexPage } from './index_page/page.ts'
import { LabBug } from './lab_bug.ts'
import { openLedger } from './ledger.ts'
import { renderPage } from './page.ts'
import type { Results } from './results.ts'

/**
 * All pages of the report, by path relative to its folder: `index.html`, `findings/<id>.html`,
 * `docs/<name>.html`. The same results and documents give the same bytes; nothing else has an influence.
 */
export function renderReport(results: Results, docs: readonly DocumentSource[]): Map<string, string> {
  const ledger = openLedger(results)
  const documents = documentPages(docs)
  const navigation = documents.map(({ path, title }) => ({ path, title }))
  const footer = `Bottom Half ${results.lab.version}, kernel model ${results.lab.model}. Made from results.json; works without network and without JavaScript.`
  const pages = [
    indexPage(ledger, navigation),
    ...results.findings.map((finding) => findingPage(ledger, finding)),
    ...documents,
  ]
  const files = new Map<string, string>()
  for (const page of pages) {
    if (files.has(page.path)) throw new LabBug(`two pages of the report are both ${page.path}`)
    files.set(page.path, renderPage(page, navigation, footer))
  }
  return files
}
