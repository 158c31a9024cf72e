/** The text as an id that a link can name. */
export function anchor(...parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(/[^A-Za-z0-9_-]+/g, '-')).join('-')
}
