/** Names made of words, shortened word by word: `nmi-sub-dur-sub` for `nmi-submit-during-submit`. */

/** Each word of the name cut to so many letters. */
export function abbreviated(name: string, letters: number): string {
  return name.replaceAll(/[a-z]+/g, (word) => word.slice(0, letters))
}

/** The names that the text may stand for: itself, or those of which each word begins with its word there. */
export function namesFor(text: string, names: readonly string[]): readonly string[] {
  if (names.includes(text)) return [text]
  if (!/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/.test(text)) return []
  const shape = new RegExp(`^${text.replaceAll(/[-_]|$/g, '[a-z0-9]*$&')}$`)
  return names.filter((name) => shape.test(name))
}
