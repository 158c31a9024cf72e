/** Runs in the browser. Self-contained: the page gets the text of this function and nothing else. */

/** Adds a choice of map type above the verdict matrix; without it the cells show the worst of all maps. */
export function filterByMap(): void {
  const summaries = Array.from(document.querySelectorAll<HTMLElement>('#matrix [data-map]'))
  const maps = Array.from(new Set(summaries.map((summary) => summary.dataset['map'] ?? '')))
  if (maps.length < 3) return

  const select = document.createElement('select')
  for (const map of maps) select.append(new Option(map === '' ? 'all' : map, map))
  const label = document.createElement('label')
  label.className = 'filter'
  label.append('Map type', select)
  document.querySelector('#matrix .wide')?.before(label)

  select.addEventListener('change', () => {
    for (const summary of summaries) {
      summary.hidden = summary.dataset['map'] !== select.value
      if (!summary.hidden) summary.parentElement!.className = `verdict ${summary.dataset['standing'] ?? ''}`
    }
  })
}
