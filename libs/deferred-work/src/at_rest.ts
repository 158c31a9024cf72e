/** Findings that no step shows, but the state in which all came to rest. */
import type { Machine } from '@bottom-half/kernel-model'

/** Records it once, at the last step that was performed. */
export function reportAtRest(
  machine: Machine,
  kind: string,
  title: string,
  involved: readonly number[] = [],
): void {
  if (machine.findings.some((f) => f.kind === kind && f.title === title)) return
  const last = machine.steps - 1
  const steps = [...new Set([...involved.filter((n) => n >= 0), last])].sort((a, b) => a - b)
  machine.findings.push({ kind, title, step: last, involved: steps, fatal: false })
}
