/** Styles of index.html. */
const css = `
.banner { border: 2px solid var(--inconclusive); background: var(--inconclusive-ground); padding: .6rem .9rem; max-width: 60rem; }
.answer { font-size: 1.0625rem; max-width: 60rem; }
.answer ul { list-style: none; padding: 0; }
.answer li { position: relative; padding: .15rem 0 .15rem 1.5rem; margin-bottom: .35rem; }
.answer .mark { position: absolute; left: 0; }
.legend { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem .9rem; font-size: .875rem; }
.legend div { display: contents; }
.legend dd { margin: 0; color: var(--muted); }
.filter { display: inline-flex; gap: .5rem; align-items: baseline; margin-bottom: .6rem; font-size: .9375rem; }
.filter select { font: inherit; padding: .1rem .3rem; }

.matrix { width: 100%; table-layout: fixed; }
.matrix > thead > tr > :first-child { width: 27%; }
.matrix th { font-weight: 400; }
.matrix thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
.matrix thead code, .matrix tbody th code { font-weight: 650; overflow-wrap: anywhere; }
.matrix tbody tr { border-bottom: 1px solid var(--line); }
.matrix tbody th { padding-left: 0; }
.matrix thead th:first-child { padding-left: 0; font-weight: 650; }
.origin, .question, .covered, .why { color: var(--muted); font-size: .875rem; line-height: 1.4; }
.verdict { border-left: 1px solid var(--line); overflow-wrap: anywhere; }
.verdict.violated { background: var(--violated-ground); box-shadow: inset 4px 0 var(--violated); }
.verdict.inconclusive { background: var(--inconclusive-ground); box-shadow: inset 4px 0 var(--inconclusive); }
.verdict.holds { background: var(--holds-ground); }
.verdict.not-applicable, .verdict.not-run { background: repeating-linear-gradient(135deg, transparent 0 7px,
  color-mix(in srgb, var(--line) 45%, transparent) 7px 8px); }
.verdict .links { font-size: .875rem; }
.verdict .links, .verdict .per-map { margin: .15rem 0; }
.per-map { list-style: none; padding: 0; font-size: .875rem; }
.verdict details { font-size: .875rem; }
.verdict summary { color: var(--muted); }
.properties { list-style: none; padding: 0; margin: .3rem 0 0; }
.properties li { padding: .1rem 0 .1rem 1rem; text-indent: -1rem; }

.by-property dt { margin-top: 1rem; }
.by-property dt code { font-weight: 650; }
.by-property dd { margin: .25rem 0 0; }
.defects { list-style: none; padding: 0; margin: 0; }
.defects > li { border-left: 4px solid var(--violated); padding: .1rem 0 .1rem .9rem; margin: .5rem 0; }
.defects .title { font-weight: 600; }
.defects > li:target { background: var(--panel); }
.occurrences { margin: .1rem 0 0; padding-left: 1.1rem; font-size: .9375rem; }
h3 .muted { font-weight: 400; font-size: .9375rem; margin-left: .35rem; }
.plain { list-style: none; padding: 0; margin: 0; }
.documents { columns: 20rem; }
.explorations { margin-top: 1rem; }
.lines { font-size: .8125rem; margin-top: .5rem; white-space: nowrap; }
.lines th, .lines td { padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--line); }
.lines th { font-weight: 400; }
.lines thead th { font-weight: 650; border-bottom: 2px solid var(--ink); }
.lines .number { text-align: right; font-variant-numeric: tabular-nums; }

@media screen and (min-width: 48.01rem) { .matrix { min-width: calc(12rem + 11rem * var(--columns)); } }
@media screen and (max-width: 48rem) {
  .matrix thead { display: none; }
  .matrix, .matrix tbody, .matrix tr, .matrix th, .matrix td { display: block; width: auto; }
  .matrix tbody tr { padding: .75rem 0; border-bottom: 1px solid var(--line); }
  .matrix tbody th { padding: 0 0 .35rem; }
  .matrix .verdict { border: 0; margin-top: .35rem; padding: .45rem .65rem; }
  .matrix .verdict::before { content: attr(data-rival); display: block; font: 600 .8125rem var(--mono); }
  .matrix .verdict.violated { padding-left: .9rem; }
}
@media print { .matrix, .matrix * { font-size: 8pt; } .filter, .explorations, .verdict details { display: none; } }
`

/** The styles for matrices with so many columns beside the first. */
export function matrixCss(columns: number): string {
  return `:root { --columns: ${columns}; }${css}`
}
