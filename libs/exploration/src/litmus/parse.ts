/** Reads a file of litmus programs: one JSON object per line. */
import type { z } from 'zod'
import { type CompileOptions, compileLitmus, type LitmusProgram } from './compile.ts'
import { LitmusError } from './litmus_error.ts'
import { Litmus } from './schema.ts'

/** A program, and where it stands. */
export interface Parsed {
  /** From 1. */
  readonly line: number
  readonly litmus: Litmus
  readonly program: LitmusProgram
}

type Issue = z.core.$ZodIssue

const LONGEST = 60

/** Reads and compiles all lines that are not blank. Throws LitmusError: one sentence with line and path. */
export function parseLitmusFile(text: string, options: CompileOptions = {}): Parsed[] {
  const lines = new Map<string, number>()
  const out: Parsed[] = []
  for (const [i, source] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (source.trim() === '') continue
    const line = i + 1
    try {
      const litmus = parseLitmus(jsonOf(source))
      const before = lines.get(litmus.name)
      if (before !== undefined)
        throw new LitmusError(`name: expected another one than in line ${before}, found "${litmus.name}"`)
      lines.set(litmus.name, line)
      out.push({ line, litmus, program: compileLitmus(litmus, options) })
    } catch (error) {
      if (!(error instanceof LitmusError) && !isTooDeep(error)) throw error
      const wrong = error instanceof LitmusError ? error.message : 'expected less nesting'
      throw new LitmusError(`line ${line}: ${wrong}`)
    }
  }
  if (out.length === 0) throw new LitmusError('line 1: expected a litmus program, found none')
  return out
}

/** Is the error that the stack did not suffice? */
function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack')
}

/** Checks the form of one program. Throws LitmusError. */
export function parseLitmus(value: unknown): Litmus {
  const result = Litmus.safeParse(value)
  if (result.success) return result.data
  throw new LitmusError(sentenceOf(result.error.issues[0]!, value))
}

function jsonOf(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new LitmusError(
      `expected one JSON object on the line, found ${shown(source.trim(), false)}: ${printable(error.message)}`,
    )
  }
}

function sentenceOf(issue: Issue, whole: unknown): string {
  const path = pathText(issue.path)
  const where = path === '' ? '' : `${path}: `
  const found = foundAt(issue.path, whole)
  if (issue.code === 'unrecognized_keys')
    return `${where}expected only known keys, found ${issue.keys.map((key) => `"${key}"`).join(', ')}`
  return `${where}${expectedBy(issue)}, found ${found}`
}

function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'too_small':
      return `expected at least ${issue.minimum}${unitOf(issue.origin)}`
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'invalid_union':
      return unionText(issue)
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message
    default:
      return issue.message
  }
}

function unionText(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.discriminator !== undefined) return `expected an operation`
  const wanted = issue.errors.map((one) => one[0]).filter((one) => one !== undefined)
  return wanted.map(expectedBy).join(', or ').replaceAll(', or expected', ' or')
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a whole number',
  string: 'a string',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

const unitOf = (origin: string): string =>
  origin === 'array' ? ' of them' : origin === 'string' ? ' characters' : ''

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}

function foundAt(path: readonly PropertyKey[], whole: unknown): string {
  let value: unknown = whole
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key]
  return value === undefined ? 'nothing' : shown(JSON.stringify(value), true)
}

function shown(text: string, json: boolean): string {
  const short = printable(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
  return json ? short : `"${short}"`
}

/** Without what a terminal would act on. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD')
}
