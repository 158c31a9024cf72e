/** Reads the stack that V8 prints for a traced step. */
import { fileURLToPath } from 'node:url'

/** One line of a stack. */
export interface Call {
  /** As in the source, without receiver or alias; null for an anonymous function. */
  readonly name: string | null
  readonly file: string
  readonly line: number
}

const LINE = /^\s*at (?:(?<callee>.+) \()?(?<file>(?:file:\/\/)?\/.+?):(?<line>\d+):\d+\)?$/

/** The calls that have a position in a file, innermost first; lines of the engine itself (`<anonymous>`, `node:`) have none. */
export function parseStack(stack: string): Call[] {
  return stack.split('\n').flatMap((text) => {
    const { callee, file, line } = LINE.exec(text)?.groups ?? {}
    if (file === undefined) return []
    const path = file.startsWith('file://') ? fileURLToPath(file) : file
    return [{ name: nameIn(callee ?? ''), file: path, line: Number(line) }]
  })
}

/** What V8 calls a function without a name that a frame runs, after the field that holds it. */
const UNNAMED_PATH = 'Frame.path'

/** `Frame.irq_work_run [as path]` is `irq_work_run`. */
function nameIn(callee: string): string | null {
  if (callee === UNNAMED_PATH) return null
  const name = callee
    .replace(/ \[as .*\]$/, '')
    .replace(/^(?:async|new) /, '')
    .split('.')
    .at(-1)!
  return name === '' || name === '<anonymous>' ? null : name
}
