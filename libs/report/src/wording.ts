/** Numbers and lists in plain English. */

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** 1234567 as `1,234,567`. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 schedule`, `2,310 schedules`, `2 properties`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${count === 1 ? noun : plural(noun)}`
}

/** As `counted`, in words up to ten: `three designs`. */
export function spelled(count: number, noun: string): string {
  return `${WORDS[count] ?? grouped(count)} ${count === 1 ? noun : plural(noun)}`
}

function plural(noun: string): string {
  return noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** The text with its first letter in upper case. */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** A source path without what every path has: `cmpxchg-task-work/cancel.ts`, `linux/llist.ts`. */
export function shortPath(path: string): string {
  const project = path
    .replace(/^(libs|apps)\//, '')
    .replace(/^designs\//, '')
    .replace('/src/', '/')
  return project.replace(/^kernel-model\//, '')
}

/**
 * A function chain from the outermost, without the functions that it shares with the chain above it; the
 * innermost is always told.
 */
export function chainAfter(
  functions: readonly string[],
  above: readonly string[],
): { shared: boolean; own: string[] } {
  const [all, known] = [functions.toReversed(), above.toReversed()]
  const differs = all.findIndex((name, index) => name !== known[index])
  const from = differs < 0 ? all.length - 1 : differs
  return { shared: from > 0, own: all.slice(from) }
}
