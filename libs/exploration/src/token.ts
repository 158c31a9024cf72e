/**
 * A schedule as one word that can be put into an e-mail:
 * `<program>.<deviations>.<options><version>.<run>.<check>`, such as `counter.14bc8ab.sc1.k2f.9skd`.
 *
 * The check covers the text before it, so that a typing error is refused, not misread. The rest says what the schedule depends
 * on, so that a token that no longer fits can say what changed: here, and in misfit.ts, which compares it with the program.
 */
import type { Deviation } from './deviation.ts'
import { wordOf } from './fingerprint_word.ts'

/** A deviation, and how many moves there were to choose from. */
export interface Choice extends Deviation {
  readonly of: number
}

/** What a token stands for. */
export interface Token {
  /** Letters, digits, and `:`, `-`, `_`, `+`, `(`, `)`, `,`; no dots. */
  readonly program: string
  readonly choices: readonly Choice[]
  /** What else the schedule depends on, as one word of small letters: the memory model, `sc`. */
  readonly options: string
  /** Of the model, a number: the same moves mean something else in another one. */
  readonly version: string
  /** Fingerprint of what the schedule did: `RunFingerprint.word()`. */
  readonly run: string
}

/** What this laboratory runs. */
export interface Offer {
  readonly options: readonly string[]
  readonly version: string
  /** What it says of a token of another version; else that the model has another one. */
  readonly changed?: string
}

const CHECK_LETTERS = 4
const PLAIN = 'plain'
const FORMAT =
  /^(?<program>[A-Za-z0-9:_+(),-]+)\.(?<schedule>[a-z0-9]+)\.(?<options>[a-z]+)(?<version>\d+)\.(?<run>[a-z0-9]+)\.(?<check>[a-z0-9]+)$/

export function encodeToken({ program, choices, options, version, run }: Token): string {
  let last = 0
  const parts = choices.map((choice) => {
    const gap = choice.step - last
    last = choice.step
    return `${gap}${lettersOf(choice)}`
  })
  const text = `${program}.${parts.length === 0 ? PLAIN : parts.join('')}.${options}${version}.${run}`
  return `${text}.${wordOf(text, CHECK_LETTERS)}`
}

/** Gives the token, or in one sentence why it is none, or none of this laboratory. */
export function decodeToken(text: string, offer: Offer): Token | string {
  const parts = FORMAT.exec(text)?.groups
  if (parts === undefined)
    return 'a token has five parts with dots between them: program, schedule, options with model version, run, checksum'
  const { program, schedule, options, version, run, check } = parts as Record<string, string>
  if (check !== wordOf(text.slice(0, text.lastIndexOf('.')), CHECK_LETTERS))
    return 'the checksum of the token does not fit: it has a typing error, or was not copied as a whole'
  if (version !== offer.version)
    return (
      offer.changed ??
      `the token was made by model version ${version}, this is model version ${offer.version}`
    )
  if (!offer.options.includes(options!))
    return `the token was made with the option ${options}, this offers ${offer.options.join(', ')}`
  const choices = schedule === PLAIN ? [] : choicesOf(schedule!)
  if (choices === null) return 'the schedule of the token cannot be read'
  return { program: program!, choices, options: options!, version, run: run! }
}

const LETTERS = 26
const A = 'a'.charCodeAt(0)

/** `bc` for the second move of three; as many letters for each of the two numbers. */
function lettersOf({ index, of }: Choice): string {
  let first = ''
  let second = ''
  for (let [i, n] = [index, of - 1]; first === '' || n > 0;) {
    first = String.fromCharCode(A + (i % LETTERS)) + first
    second = String.fromCharCode(A + (n % LETTERS)) + second
    ;[i, n] = [Math.floor(i / LETTERS), Math.floor(n / LETTERS)]
  }
  return first + second
}

function numberOf(letters: string): number {
  return Array.from(letters).reduce((n, letter) => n * LETTERS + letter.charCodeAt(0) - A, 0)
}

function choicesOf(schedule: string): Choice[] | null {
  if (!/^(?:\d{1,5}[a-z]+)+$/.test(schedule)) return null
  let step = 0
  const out: Choice[] = []
  for (const [, gap, letters] of schedule.matchAll(/(\d+)([a-z]+)/g)) {
    step += Number(gap)
    const half = letters!.length / 2
    const index = numberOf(letters!.slice(0, half))
    const of = numberOf(letters!.slice(half)) + 1
    const again = gap === '0' && out.length > 0
    if (!Number.isInteger(half) || index >= of || again) return null
    out.push({ step, index, of })
  }
  return out
}
