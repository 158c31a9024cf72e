/** Runs in the browser. Self-contained: the page gets the text of this function and nothing else. */

/** Paper cannot be clicked: the folded steps open before a trace is printed. */
export function openForPrint(): void {
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll<HTMLDetailsElement>('.fold details')) details.open = true
  })
}
