/** What the design says of itself. */
import type { Design, Outcome } from '@bottom-half/deferred-work'
import { LabBug, Machine } from '@bottom-half/kernel-model'
import * as kernel from '@bottom-half/kernel-model'
import { type Claim, demand } from '../claim.ts'

const OUTCOMES: ReadonlySet<Outcome> = new Set<Outcome>([
  'accepted',
  'busy',
  'dying',
  'no-memory',
  'lock-failed',
  'unsupported',
])

/** The errnos that the kernel model knows. */
const ERRNOS = Object.entries(kernel).filter(
  (entry): entry is [string, number] => /^E[A-Z0-9]+$/.test(entry[0]) && typeof entry[1] === 'number',
)

export function descriptionClaims(design: Design): Claim[] {
  return [
    {
      name: 'it says what it is called, whose it is, and where its text is',
      check: () => checkNames(design),
    },
    { name: 'an errno is an outcome: 0 is accepted, and no error is', check: () => checkOutcomes(design) },
  ]
}

function checkNames(design: Design): void {
  demand(/^[a-z][a-z0-9-]*$/.test(design.id), `its id is ${JSON.stringify(design.id)}`)
  for (const text of [design.title, design.author]) demand(text.trim() !== '', 'title or author is empty')
  const ids = design.revisions.map((r) => r.id)
  demand(ids.includes('as-posted'), `its revisions are ${ids.join(', ')}: no as-posted`)
  demand(new Set(ids).size === ids.length, `two revisions are called the same: ${ids.join(', ')}`)
  for (const { id, title, source } of design.revisions)
    demand(title.trim() !== '' && source.trim() !== '', `revision ${id} lacks title or source`)
}

/**
 * An errno that the design cannot return may be a lab bug; an outcome that the contract does not know may not
 * be.
 */
function checkOutcomes(design: Design): void {
  for (const { id } of design.revisions) {
    const machine = new Machine()
    const mechanism = design.create(id)
    demand(machine.frames.length === 0, 'creating the design started something on the machine')
    demand(mechanism.outcome(0) === 'accepted', `0 is ${mechanism.outcome(0)}`)
    for (const [name, errno] of ERRNOS) {
      let outcome: Outcome
      try {
        outcome = mechanism.outcome(-errno)
      } catch (error) {
        if (error instanceof LabBug) continue
        throw error
      }
      demand(OUTCOMES.has(outcome) && outcome !== 'accepted', `-${name} is ${outcome}`)
    }
  }
}
