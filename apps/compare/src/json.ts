/** JSON for people and for `diff`: two spaces, keys in the order of the object, short lists of words on one line. */

/** As Prettier prints it, so that a generated file in the repository needs no exception. */
const WIDTH = 110

/** The text of a value that consists of objects, arrays, strings, numbers, booleans and null; ends with a newline. */
export function jsonText(value: unknown): string {
  return `${print(value, '', 0)}\n`
}

/** `used`: columns taken on the first line, by the key and before. */
function print(value: unknown, indent: string, used: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    const flat = value.every((item) => typeof item !== 'object' || item === null)
    const line = flat ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]` : null
    if (line !== null && used + line.length + 1 <= WIDTH) return line
    return `[\n${value.map((item) => inner + print(item, inner, inner.length)).join(',\n')}\n${indent}]`
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (entries.length === 0) return '{}'
  const lines = entries.map(([key, item]) => {
    const start = `${inner}${JSON.stringify(key)}: `
    return start + print(item, inner, start.length)
  })
  return `{\n${lines.join(',\n')}\n${indent}}`
}
