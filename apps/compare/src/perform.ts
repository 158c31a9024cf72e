/** From the command line to the exit code. */
import { tolerateClosedOutput } from '@bottom-half/exploration/node'
import { compare } from './compare.ts'
import { listing } from './list.ts'
import { parseArguments } from './options.ts'
import { replayText } from './replay.ts'
import { paint } from './terminal.ts'
import { UserError } from './user_error.ts'

const WRONG_USAGE = 2
const LAB_BUG = 3

/** Does what the arguments say; gives the exit code, and never throws. */
export async function perform(args: readonly string[]): Promise<number> {
  tolerateClosedOutput('compare')
  try {
    return await performRequest(args)
  } catch (error) {
    return complain(error)
  }
}

async function performRequest(args: readonly string[]): Promise<number> {
  const request = parseArguments(args)
  switch (request.do) {
    case 'help':
      process.stdout.write(request.text)
      return 0
    case 'list':
      process.stdout.write(listing((text) => paint(process.stdout, 'bold', text)))
      return 0
    case 'replay':
      process.stdout.write(replayText(request.token))
      return 0
    case 'compare':
      return compare(request)
  }
}

/** A user gets a sentence; whoever has to mend the lab gets the stack. */
function complain(error: unknown): number {
  if (error instanceof UserError) {
    process.stderr.write(`compare: ${error.message}\n`)
    return WRONG_USAGE
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  const mark = message.startsWith('[lab bug]') ? '' : '[lab bug] '
  process.stderr.write(`compare: ${mark}${message}\n${stack ?? ''}\n`)
  return LAB_BUG
}
