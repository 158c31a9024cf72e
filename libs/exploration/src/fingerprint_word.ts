/** Short fingerprints that a reader can type: of a text, and of what a schedule did. */
import { type Machine, showCell } from '@bottom-half/kernel-model'
import { mix } from './fingerprint.ts'

const BASE = 36
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** FNV-1a, going on from an earlier hash. */
function hashed(text: string, from: number): number {
  let hash = from
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME)
  return hash
}

function word(hash: number, letters: number): string {
  const spread = mix(hash, letters, FNV_PRIME) >>> 0
  return (spread % BASE ** letters).toString(BASE).padStart(letters, '0')
}

/** Equal for equal texts; for two others with a chance of 1 in 36^letters. */
export function wordOf(text: string, letters: number): string {
  return word(hashed(text, FNV_OFFSET), letters)
}

const RUN_LETTERS = 3

/**
 * What a schedule did so far: who took each step, which operation on which word, and the value that it left there. Two programs
 * of which one was changed within the steps of the schedule have another one, but for 1 in 46,656.
 */
export class RunFingerprint {
  private hash = FNV_OFFSET

  /** Adds the step that the machine has just performed. */
  add(machine: Machine): void {
    const { frame, step } = machine.event!
    const cell = step?.cell ?? null
    const did = step === null ? ['enter'] : cell === null ? [step.op] : [step.op, cell.name, showCell(cell)]
    this.hash = hashed(`${[frame.name, ...did].join('\t')}\n`, this.hash)
  }

  word(): string {
    return word(this.hash, RUN_LETTERS)
  }
}
