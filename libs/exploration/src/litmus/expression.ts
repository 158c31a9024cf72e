/**
 * Expressions over whole numbers, as in C: `r0 + 1`, `x == 2 && !(P0:r0 < 3)`. Each is compiled once to a closure. A comparison
 * gives 0 or 1. Numbers are exact up to 2^53, and do not wrap; a division rounds towards zero, and one by zero throws an Oops.
 */
import { Oops } from '@bottom-half/kernel-model'
import { type Lexeme, lexemesOf } from './lexer.ts'

/** An expression, ready to be evaluated in an environment. */
export type Expression<E> = (environment: E) => number

/** What a name stands for; a text says why it stands for nothing. `index`: of `name[index]`, else null. */
export type Resolve<E> = (name: string, index: Expression<E> | null) => Expression<E> | string

type Operator = <E>(a: Expression<E>, b: Expression<E>) => Expression<E>

/** An operator that looks at both sides. */
const strict =
  (apply: (a: number, b: number) => number): Operator =>
  (a, b) =>
  (environment) =>
    apply(a(environment), b(environment))

type Binary = readonly [binds: number, combine: Operator]

const BINARY: Readonly<Record<string, Binary>> = {
  '||': [1, (a, b) => (environment) => Number(a(environment) !== 0 || b(environment) !== 0)],
  '&&': [2, (a, b) => (environment) => Number(a(environment) !== 0 && b(environment) !== 0)],
  '==': [3, strict((a, b) => Number(a === b))],
  '!=': [3, strict((a, b) => Number(a !== b))],
  '<': [4, strict((a, b) => Number(a < b))],
  '<=': [4, strict((a, b) => Number(a <= b))],
  '>': [4, strict((a, b) => Number(a > b))],
  '>=': [4, strict((a, b) => Number(a >= b))],
  '+': [5, strict((a, b) => a + b)],
  '-': [5, strict((a, b) => a - b)],
  '*': [6, strict((a, b) => a * b)],
  '/': [6, strict((a, b) => Math.trunc(a / divisor(b)) + 0)],
  '%': [6, strict((a, b) => (a % divisor(b)) + 0)],
}

function divisor(value: number): number {
  if (value === 0) throw new Oops('divide-error', 'divide error: division by zero')
  return value
}

/** Thrown and caught in this file: the rest of the sentence "expected …". */
class Unreadable extends Error {}

class Parser<E> {
  private readonly lexemes: readonly Lexeme[]
  private readonly resolve: Resolve<E>
  private at = 0

  constructor(lexemes: readonly Lexeme[], resolve: Resolve<E>) {
    this.lexemes = lexemes
    this.resolve = resolve
  }

  whole(): Expression<E> {
    const all = this.binary(0)
    if (this.now().kind !== 'end') this.fail('an operator or the end')
    return all
  }

  private now(): Lexeme {
    return this.lexemes[this.at]!
  }

  private accept(operator: string): boolean {
    const { kind, text } = this.now()
    if (kind !== 'operator' || text !== operator) return false
    this.at++
    return true
  }

  private fail(wanted: string): never {
    const { kind, text, at } = this.now()
    throw new Unreadable(`${wanted} at position ${at}, found ${kind === 'end' ? 'the end' : `"${text}"`}`)
  }

  /** Operators that bind tighter than `least`: precedence climbing. */
  private binary(least: number): Expression<E> {
    let left = this.unary()
    for (;;) {
      const { kind, text } = this.now()
      const operator = kind === 'operator' ? BINARY[text] : undefined
      if (operator === undefined || operator[0] <= least) return left
      this.at++
      const [binds, combine] = operator
      left = combine(left, this.binary(binds))
    }
  }

  private unary(): Expression<E> {
    if (this.accept('-')) {
      const operand = this.unary()
      return (environment) => 0 - operand(environment)
    }
    if (this.accept('!')) {
      const operand = this.unary()
      return (environment) => Number(operand(environment) === 0)
    }
    return this.atom()
  }

  private atom(): Expression<E> {
    const { kind, text } = this.now()
    if (this.accept('(')) {
      const inner = this.binary(0)
      if (!this.accept(')')) this.fail('")"')
      return inner
    }
    if (kind === 'number') {
      this.at++
      const value = Number(text)
      if (!Number.isSafeInteger(value)) throw new Unreadable(`a number below 2^53, found ${text}`)
      return () => value
    }
    if (kind !== 'name') return this.fail('a number, a name or "("')
    this.at++
    return this.name(text)
  }

  private name(name: string): Expression<E> {
    let index: Expression<E> | null = null
    if (this.accept('[')) {
      index = this.binary(0)
      if (!this.accept(']')) this.fail('"]"')
    }
    const meaning = this.resolve(name, index)
    if (typeof meaning === 'string') throw new Unreadable(meaning)
    return meaning
  }
}

/** Compiles a text or a number; gives in words what was expected and found, if it cannot be read. */
export function parseExpression<E>(text: string | number, resolve: Resolve<E>): Expression<E> | string {
  if (typeof text === 'number') return () => text
  const lexemes = lexemesOf(text)
  if (typeof lexemes === 'string') return `an expression, ${lexemes}`
  try {
    return new Parser(lexemes, resolve).whole()
  } catch (error) {
    if (error instanceof Unreadable) return error.message
    throw error
  }
}

/** The value if it is the same in every environment: the text is a number; else null. */
export function constantOf(text: string | number): number | null {
  if (typeof text === 'number') return text
  return /^\s*-?\d+\s*$/.test(text) ? Number(text) : null
}
