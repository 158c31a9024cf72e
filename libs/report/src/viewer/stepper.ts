/** Runs in the browser. Self-contained: the page gets the text of this function and nothing else. */

/** Steps through a trace with j and k, r for the next step of the race; shows what each word holds by then. */
export function stepThroughTrace(): void {
  const rows = Array.from(document.querySelectorAll<HTMLTableRowElement>('#trace-table tr.step'))
  let at = -1
  const text = (row: Element, selector: string) => row.querySelector(selector)?.textContent.trim() ?? ''

  const bar = document.createElement('aside')
  bar.className = 'words-now'
  bar.setAttribute('aria-live', 'polite')
  bar.setAttribute('aria-label', 'What each word holds')

  const describe = (row: HTMLTableRowElement) => {
    const held = new Map<string, string>()
    for (const each of rows.slice(0, at + 1)) {
      const word = text(each, '.word')
      const value = text(each, '.values b') || text(each, '.values').replace(/^= /, '')
      if (word !== '' && value !== '') held.set(word, value)
    }
    const list = document.createElement('ul')
    for (const [word, value] of held) {
      const item = document.createElement('li')
      item.textContent = `${word} = ${value}`
      if (word === text(row, '.word')) item.className = 'changed'
      list.append(item)
    }
    const lane = row.querySelector<HTMLElement>('.on')?.dataset['lane'] ?? ''
    bar.replaceChildren(`${row.id.replace('-', ' ')}, ${lane}. The words seen so far hold:`, list)
    if (!bar.isConnected) document.body.append(bar)
  }

  const go = (to: number) => {
    const row = rows[to]
    if (row === undefined) return
    rows[at]?.classList.remove('current')
    at = to
    row.classList.add('current')
    const fold = row.closest('details')
    if (fold !== null) fold.open = true
    row.scrollIntoView({ block: 'center' })
    describe(row)
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    if (event.key === 'j') go(at + 1)
    if (event.key === 'k') go(Math.max(0, at - 1))
    if (event.key === 'r') go(rows.findIndex((row, index) => index > at && row.classList.contains('race')))
  })
  const keys = document.querySelector<HTMLElement>('.keys')
  if (keys !== null) keys.hidden = false
}
