#!/usr/bin/env node
/** `npx nx run exploration:litmus`: explores small programs that are given as JSON. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { LitmusError, parseLitmusFile, replayLitmus } from '../src/litmus/index.ts'
import { tolerateClosedOutput } from '../src/node/index.ts'
import { exploreFile } from './explore_file.ts'
import { parseArguments, type Request } from './litmus_options.ts'
import { printedRun } from './print_run.ts'

const WRONG_USAGE = 2
const LAB_BUG = 3
const STANDARD_INPUT = 0

/** The folder in which the user typed the command: Nx runs its targets at the top of the repository. */
function startFolder(env: NodeJS.ProcessEnv): string {
  const throughNx =
    env['NX_TASK_TARGET_PROJECT'] === 'exploration' && env['NX_TASK_TARGET_TARGET'] === 'litmus'
  return (throughNx ? env['INIT_CWD'] : undefined) ?? process.cwd()
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? STANDARD_INPUT : resolve(startFolder(process.env), file), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new LitmusError(`expected a file of litmus programs, and "${file}" cannot be read (${code})`)
  }
}

async function perform(request: Request): Promise<number> {
  if (request.do === 'help') {
    process.stdout.write(request.text)
    return 0
  }
  const text = textOf(request.file)
  // All of it, before anything is printed.
  const programs = parseLitmusFile(text)
  if (request.do === 'explore') {
    const { memory, maxExecutions, states } = request
    return exploreFile({ text, memory, maxExecutions, states })
  }
  process.stdout.write(printedRun(replayLitmus(programs, request.token), request.format))
  return 0
}

/** A user gets a sentence; whoever has to mend the lab gets the stack. */
function complain(error: unknown): number {
  if (error instanceof LitmusError) {
    process.stderr.write(`litmus: ${error.message}\n`)
    return WRONG_USAGE
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  const mark = message.startsWith('[lab bug]') ? '' : '[lab bug] '
  process.stderr.write(`litmus: ${mark}${message}\n${stack ?? ''}\n`)
  return LAB_BUG
}

tolerateClosedOutput('litmus')
try {
  process.exitCode = await perform(parseArguments(process.argv.slice(2)))
} catch (error) {
  process.exitCode = complain(error)
}
