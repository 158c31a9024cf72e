/** Styles of the documents. */
export const proseCss = `
.document { display: grid; grid-template-columns: minmax(0, 46rem) minmax(12rem, 18rem); gap: 4rem; justify-content: center; }
.prose h1 { font-size: 1.9rem; margin-bottom: 1.25rem; }
.prose h1 a, .prose h2 a, .prose h3 a, .prose h4 a { color: inherit; text-decoration: none; }
.prose h2 a:hover, .prose h3 a:hover { text-decoration: underline; }
.prose h2 { padding-top: .75rem; border-top: 1px solid var(--line); }
.prose li { margin: .15rem 0; }
.prose :not(pre) > code { background: var(--panel); border-radius: 3px; padding: .08em .25em; overflow-wrap: anywhere; }
.prose blockquote { margin: 0 0 .9rem; padding: .1rem 0 .1rem 1rem; border-left: .25rem solid var(--line); color: var(--muted); }
.prose .file { border-bottom: 1px dotted var(--muted); }
.prose .wide { margin-bottom: .9rem; }
.plain-table { font-size: .9rem; }
.plain-table th { border-bottom: 2px solid var(--ink); }
.plain-table td { border-bottom: 1px solid var(--line); }
.prose hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
.footnotes { font-size: .9rem; }
.footnote-ref { font-size: .75em; line-height: 0; }
.k { color: var(--keyword); } .s { color: var(--string); } .m { color: var(--comment); font-style: italic; }
.f { color: var(--function); } .n { color: var(--constant); }
.beside { font-size: .9rem; align-self: start; position: sticky; top: 1.5rem; max-height: calc(100vh - 3rem); overflow-y: auto; }
.beside ul { list-style: none; padding: 0; margin: 0; }
.beside li { margin: .25rem 0; }
.beside ul ul { border-left: 1px solid var(--line); padding-left: .75rem; margin: .25rem 0 .5rem; }
.beside a { color: var(--muted); text-decoration: none; }
.beside a:hover { text-decoration: underline; }
@media (max-width: 62rem) {
  .document { grid-template-columns: minmax(0, 46rem); gap: 2rem; }
  .beside { position: static; max-height: none; border-top: 1px solid var(--line); padding-top: 1rem; }
}
@media print { .document { display: block; } .beside { display: none; } pre { white-space: pre-wrap; } }
`
