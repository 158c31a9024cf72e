/** HTML as tagged templates: whatever is inserted is escaped, unless it is markup already. */
import { LabBug } from './lab_bug.ts'
import { visible } from './visible.ts'

/** HTML that may be inserted as it is. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

/** What a template accepts; null inserts nothing, the items of a list stand on lines of their own. */
export type Content = Markup | string | number | null | readonly Content[]

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** The text as HTML shows it: safe between tags and inside a quoted attribute. */
export function escape(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
}

function textOf(content: Content): string {
  if (content === null) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'object') return content.map(textOf).join('\n')
  return escape(String(content))
}

/**
 * A piece of HTML. The template's indentation and the formatter's ` />` are for its source only. An
 * attribute value must stand in double quotes: escaping protects nothing else.
 */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Markup {
  const pieces = strings.map((piece) => piece.replaceAll(/\n[ \t]+/g, '\n').replaceAll(' />', '>'))
  let text = pieces[0]!
  for (const [index, content] of contents.entries()) {
    if (text.endsWith('=')) throw new LabBug(`an attribute value without quotes after ${text.slice(-20)}`)
    text += textOf(content) + pieces[index + 1]!
  }
  return new Markup(text)
}

/** The pieces in one line, with something between them: `a, b, c`. */
export function joined(contents: readonly Content[], between: Content): Markup {
  return new Markup(contents.map(textOf).join(textOf(between)))
}

/** A name in which a line may break after each `.`, `_`, `-`, `/` and `>`. */
export function breakable(name: string): Markup {
  return new Markup(escape(name).replaceAll(/(?:[._/]|-(?=[a-z])|&gt;)(?=\w)/g, '$&<wbr>'))
}
