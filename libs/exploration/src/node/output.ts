/** What a command prints to. */

/** Whoever reads the output may stop reading it (`| head`), or the terminal may be closed: no reason to fail. */
const CLOSED = new Set(['EPIPE', 'EIO'])

/** As for other things that the user gave and that cannot be used. */
const WRONG_USAGE = 2

/** Goes on where nobody reads any more; ends the process with a sentence where the output cannot be written. */
export function tolerateClosedOutput(command: string): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
      if (CLOSED.has(code)) return
      process.stderr.write(`${command}: the output cannot be written (${code})\n`)
      process.exit(WRONG_USAGE)
    })
}
