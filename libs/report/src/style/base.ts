/** What all pages share: type, navigation, tables, code. */
export const baseCss = `
*, ::before, ::after { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, sans-serif; background: var(--ground);
  color: var(--ink); -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 4.5rem; }
body { margin: 0; }
main { max-width: 90rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 2.5rem) 3rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .75rem; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.75rem 0 .75rem; }
h3 { font-size: 1.05rem; line-height: 1.35; margin: 1.75rem 0 .5rem; }
p, ul, ol, dl, pre { margin: 0 0 .9rem; }
.text { max-width: 48rem; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: .06em; }
a:hover { text-decoration-thickness: .14em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
:target { scroll-margin-top: 4.5rem; }
code, pre, kbd, .code { font-family: var(--mono); font-size: .875em; }
pre { padding: .75rem .9rem; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; overflow-x: auto;
  line-height: 1.45; }
pre code { font-size: 1em; }
kbd { padding: 0 .3em; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 3px; background: var(--panel); }
table { border-collapse: collapse; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .65rem; }
summary { cursor: pointer; }
.muted { color: var(--muted); }
.small { font-size: .875rem; }
.wide { overflow-x: auto; }
.select-all { user-select: all; -webkit-user-select: all; white-space: pre-wrap; overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.bar { border-bottom: 1px solid var(--line); background: var(--panel); }
.bar nav { display: flex; gap: 1.5rem; align-items: baseline; max-width: 90rem; margin: 0 auto;
  padding: .6rem clamp(1rem, 3vw, 2.5rem); }
.bar nav > a, .bar summary { color: var(--ink); text-decoration: none; }
.bar nav > a:hover, .bar summary:hover { text-decoration: underline; }
.brand { font-weight: 700; margin-right: auto; }
.bar [aria-current="page"] { font-weight: 600; }
.menu { position: relative; }
.menu ul { position: absolute; right: 0; z-index: 9; list-style: none; margin: .5rem 0 0; padding: .4rem 0; width: max-content;
  max-width: min(24rem, 88vw); background: var(--ground); border: 1px solid var(--line); border-radius: 4px;
  box-shadow: 0 4px 16px rgb(0 0 0 / .18); }
.menu li a { display: block; padding: .3rem 1rem; color: var(--ink); text-decoration: none; }
.menu li a:hover { background: var(--panel); text-decoration: underline; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: .5rem; top: .5rem; padding: .25rem .5rem; background: var(--ground); z-index: 10; }
footer { max-width: 90rem; margin: 0 auto; padding: 1rem clamp(1rem, 3vw, 2.5rem) 2rem; color: var(--muted); font-size: .875rem;
  border-top: 1px solid var(--line); }

.mark { font-weight: 700; }
.violated > .mark, .mark.violated { color: var(--violated); }
.inconclusive > .mark, .mark.inconclusive { color: var(--inconclusive); }
.holds > .mark, .mark.holds { color: var(--holds); }
.not-applicable > .mark, .not-run > .mark, .mark.not-applicable, .mark.not-run { color: var(--muted); }

dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1.25rem; max-width: 60rem; }
dl.facts dt { color: var(--muted); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  html { font-size: 15px; }
  h1 { font-size: 1.4rem; }
  dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dl.facts dd { margin-bottom: .5rem; }
}
@media print {
  html { font-size: 10pt; }
  .bar, .skip { display: none; }
  main { padding: 0; max-width: none; }
  h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; }
}
`
