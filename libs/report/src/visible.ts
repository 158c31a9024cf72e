/** Characters that would act on the reader's screen instead of being read. */

const isControl = (code: number) =>
  (code < 0x20 && code !== 0x09 && code !== 0x0a) || (code >= 0x7f && code < 0xa0)

/** Embeddings, overrides and isolates: they make a line read differently from what it says. */
const isBidi = (code: number) => (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)

/** The text with control and bidirectional characters written out, as in `\u{1b}`. */
export function visible(text: string): string {
  let shown = ''
  for (const character of text) {
    const code = character.codePointAt(0)!
    shown += isControl(code) || isBidi(code) ? `\\u{${code.toString(16)}}` : character
  }
  return shown
}
