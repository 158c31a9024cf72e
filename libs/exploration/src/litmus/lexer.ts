/** Words of an expression: whole numbers, names, operators. */

/** A piece of an expression, with its position for messages. */
export interface Lexeme {
  readonly kind: 'number' | 'name' | 'operator' | 'end'
  readonly text: string
  readonly at: number
}

/** `x`, `P0.nmi`, and with a register of a frame after a colon `P0.nmi:r0`. */
const NAME = /[A-Za-z_][A-Za-z0-9_.]*(?::[A-Za-z_][A-Za-z0-9_]*)?/y
const NUMBER = /\d+/y
const OPERATOR = /==|!=|<=|>=|&&|\|\||[-+*/%<>!()[\]]/y
const SPACE = /\s+/y

const KINDS = [
  ['number', NUMBER],
  ['name', NAME],
  ['operator', OPERATOR],
] as const

function match(pattern: RegExp, text: string, at: number): string | null {
  const sticky = pattern
  sticky.lastIndex = at
  return sticky.exec(text)?.[0] ?? null
}

/** Splits a text; the last lexeme is of kind `end`. Gives in words what is wrong, if something is. */
export function lexemesOf(text: string): Lexeme[] | string {
  const out: Lexeme[] = []
  for (let at = 0; at < text.length;) {
    const space = match(SPACE, text, at)
    if (space !== null) {
      at += space.length
      continue
    }
    const found = KINDS.map(([kind, pattern]) => ({ kind, text: match(pattern, text, at) })).find(
      (one) => one.text !== null,
    )
    if (found?.text === null || found === undefined) {
      const hint = text[at] === '=' ? ' (equality is ==)' : ''
      return `found "${text[at]}" at position ${at}${hint}`
    }
    out.push({ kind: found.kind, text: found.text, at })
    at += found.text.length
  }
  out.push({ kind: 'end', text: '', at: text.length })
  return out
}
