/** Ctrl-C: the first ends the exploration in good order, the second ends the process. */

/** As shells count a process that SIGINT ended. */
export const INTERRUPTED = 130

/** Whoever started us may pass on a signal that the terminal has sent us too: these are one. */
const ONE_KEY = 500

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The signal is aborted by the first interrupt. */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController()
  let first = 0
  const interrupt = (): void => {
    const now = performance.now()
    if (!controller.signal.aborted) {
      first = now
      controller.abort()
    } else if (now - first > ONE_KEY) process.exit(INTERRUPTED)
  }
  for (const signal of SIGNALS) process.on(signal, interrupt)
  return controller.signal
}
