/** The rules that each page must keep, beyond what a browser forgives. */
import { HtmlValidate } from 'html-validate'

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:document'],
  rules: {
    'doctype-style': ['error', { style: 'lowercase' }],
    // A finding's title is a sentence, and the page is named after it.
    'long-title': 'off',
    // Generated; a line may end where something optional stood.
    'no-trailing-whitespace': 'off',
    // Texts are quoted from results: a quotation mark in one is no mistake.
    'no-raw-characters': 'error',
  },
})

/** What is wrong with a page, one line each. */
export function complaintsAbout(page: string): string[] {
  const { results } = validator.validateStringSync(page)
  return results.flatMap(({ messages }) =>
    messages.map(({ line, ruleId, message }) => `${line}: ${message} (${ruleId})`),
  )
}
