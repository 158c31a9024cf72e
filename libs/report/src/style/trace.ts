/** Styles of a finding's page. */

const NUMBER = 5.25
/** The source column's share in percent: the more lanes, the less is left for it. */
const share = (lanes: number) => (lanes > 5 ? 28 : 34)
/** A lane narrower than this, in rem, is unreadable: the trace then becomes one column. */
const NARROWEST_LANE = 6.25

const page = `
main { max-width: 120rem; }
.crumbs { margin-bottom: .35rem; font-size: .9375rem; }
h1 { max-width: 60rem; overflow-wrap: anywhere; }
.verdict-line { margin-bottom: 1.25rem; }
.verdict-line .muted { margin-left: .75rem; }
.occurrences { margin: 0; padding-left: 1.1rem; }
.replay { margin: 1.25rem 0 .35rem; }
.flag { color: var(--violated); font-weight: 700; white-space: nowrap; }
.tag { border-left: .25rem solid; padding-left: .4rem; font-weight: 600; }
.outline { padding-left: 1.9rem; }
.outline li { padding: .12rem 0; overflow-wrap: anywhere; }
.outline ul { list-style: none; padding-left: .65rem; margin: 0; }
.key a { color: var(--violated); font-weight: 700; text-decoration: none; }
.key .values, .causes .values { display: inline; margin-left: .5rem; }
.causes .why { color: var(--muted); font-size: .875rem; }
.tag.task { border-color: var(--task); } .tag.softirq { border-color: var(--softirq); }
.tag.hardirq { border-color: var(--hardirq); } .tag.NMI { border-color: var(--NMI); }
.histories th { font-weight: 400; }
.histories thead th { font-size: .875rem; color: var(--muted); border-bottom: 1px solid var(--line); }
.histories tbody th, .histories td { font-family: var(--mono);
  font-size: .8125rem; line-height: 1.7; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.histories th { padding-left: 0; }
.change a { font: .6875rem system-ui, sans-serif; padding: 0 .25rem; border: 1px solid var(--line); border-radius: 3px; color: var(--muted);
  text-decoration: none; vertical-align: .08em; }
.as-text pre { margin-top: .5rem; font-size: .8125rem; line-height: 1.35; }
.neighbours { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .9375rem; }
.neighbours p { margin: .25rem 0; }
`

const wide = `
.trace, .trace table { width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 0; font-size: .8125rem;
  line-height: 1.4; }
.c-number { width: var(--number); }
.c-source { width: var(--source); }
.trace th, .trace td { padding: .2rem .5rem; overflow-wrap: anywhere; }
.trace > thead { position: sticky; top: 0; z-index: 2; }
.trace > thead th { background: var(--ground); vertical-align: bottom; }
.trace > thead > tr:first-child > [rowspan], .trace > thead .lane { border-bottom: 2px solid var(--ink); }
.trace .cpu { text-align: center; border-left: 1px solid var(--line); border-right: 1px solid var(--line); }
.trace .lane { font-weight: 600; }
.trace .lane::before { content: ""; display: block; height: .25rem; margin-bottom: .2rem; background: currentColor; }
.lane.task { color: var(--task); } .lane.softirq { color: var(--softirq); }
.lane.hardirq { color: var(--hardirq); } .lane.NMI { color: var(--NMI); }
.trace tbody th { font-weight: 400; color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
.trace .flag { display: block; font-size: .75rem; }

.trace .on { border-left: .25rem solid; }
.on.task { background: var(--task-ground); border-color: var(--task) !important; }
.on.softirq { background: var(--softirq-ground); border-color: var(--softirq) !important; }
.on.hardirq { background: var(--hardirq-ground); border-color: var(--hardirq) !important; }
.on.NMI { background: var(--NMI-ground); border-color: var(--NMI) !important; }
.trace .on.first { border-top-left-radius: .4rem; }
.trace .on.last { border-bottom-left-radius: .4rem; }
.waits { background: linear-gradient(currentColor 45%, transparent 45%) repeat-y 0 0 / 2px .5rem; }
.waits.task { color: var(--task); } .waits.softirq { color: var(--softirq); }
.waits.hardirq { color: var(--hardirq); } .waits.NMI { color: var(--NMI); }
.trace tbody + tbody > tr:first-child > * { border-top: 1px solid var(--line); }
.frame { font-weight: 650; font-size: .75rem; }
.op, .word, .values, .line { font-family: var(--mono);
  font-size: .75rem; }
.op { font-weight: 700; }
.note { font-style: italic; }
.source { border-left: 1px solid var(--line); }
.chain { font-weight: 600; font-size: .75rem; }
.line { white-space: pre-wrap; }
.place, .note { color: var(--muted); font-size: .75rem; }
tr.entry .source { font-style: italic; }
tr.step:hover > th, tr.step:hover > .source { background: var(--panel); }
tr.race > th { box-shadow: inset .25rem 0 var(--violated); }
tr.race > th, tr.race > .source, tr.race:hover > th, tr.race:hover > .source { background: var(--violated-ground); color: var(--ink); }
tr.race > .on { outline: 2px solid var(--violated); outline-offset: -2px; }
tr.race .place { color: var(--ink); }
tr:target > th, tr.current > th, tr:target > .on, tr.current > .on { outline: 3px solid var(--link); outline-offset: -3px; }

.trace .fold > td { padding: 0; }
.fold summary { display: grid; grid-template-columns: var(--number) repeat(var(--lanes), minmax(0, 1fr)) var(--source); color: var(--muted); }
.fold summary > span { padding: .2rem .5rem; overflow-wrap: anywhere; }
.fold summary:hover .range { text-decoration: underline; }
.fold .range { white-space: nowrap; }
.fold .range::before { content: "▸ "; }
.fold [open] > summary .range::before { content: "▾ "; }

.words-now { position: fixed; inset: auto 0 0; z-index: 3; max-height: 30vh; overflow-y: auto; padding: .5rem clamp(1rem, 3vw, 2.5rem);
  background: var(--panel); border-top: 2px solid var(--ink); font-size: .8125rem; }
.words-now ul { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; margin: .2rem 0 0; padding: 0; font-family: var(--mono);
  font-size: .75rem; }
.words-now .changed { font-weight: 700; text-decoration: underline; }
`

const narrow = `
  .trace, .trace tbody, .trace tr, .trace th, .trace td, .trace table { display: block; width: auto; }
  .trace > thead, .trace thead { display: none; }
  .trace tr.step { display: grid; grid-template-columns: 3.6rem minmax(0, 1fr); border-top: 1px solid var(--line); }
  .trace tbody + tbody > tr:first-child > * { border-top: 0; }
  .trace tbody + tbody > tr:first-child { border-top: 2px solid var(--muted); }
  .trace .off, .trace .waits { display: none; }
  .trace tbody th { grid-row: 1 / 3; padding: .3rem .3rem; }
  .trace .frame { display: none; }
  .trace .on::before { content: attr(data-lane); display: block; font-size: .75rem; font-weight: 600; }
  .on.task::before { color: var(--task); } .on.softirq::before { color: var(--softirq); }
  .on.hardirq::before { color: var(--hardirq); } .on.NMI::before { color: var(--NMI); }
  .trace .source { border-left: 0; grid-column: 2; }
  .fold summary { grid-template-columns: 5rem minmax(0, 1fr); }
  .fold summary > .source { grid-column: 2; }
`

/** The styles for a trace of so many lanes. */
export function traceCss(lanes: number): string {
  // Number column, lanes and margins take what the source column leaves.
  const least = Math.ceil((NUMBER + lanes * NARROWEST_LANE) / (1 - share(lanes) / 100)) + 5
  return `.trace { --lanes: ${lanes}; --number: ${NUMBER}rem; --source: ${share(lanes)}%; }${page}${wide}
@media (max-width: ${least}rem) {${narrow}}
@media print {
  .trace > thead { position: static; }
  .keys, .words-now, .as-text, #text, .neighbours, .fold summary { display: none; }
  .fold details::details-content { content-visibility: visible; display: block; height: auto; }
}
`
}
