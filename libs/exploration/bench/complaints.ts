/** Whether what was counted is what has to come out. */
import { type Case, keyOf } from './cases.ts'
import type { Outcome } from './modes.ts'

function expectedOf({ mode, expected }: Case): Partial<Outcome> {
  switch (mode.expects) {
    case 'classes':
      return { executions: expected, blocked: 0, distinct: expected, exhausted: true }
    case 'states':
      return { distinct: expected, exhausted: true }
    case 'schedules':
      return { executions: expected }
  }
}

/** In what the counts of a run are not as they have to be. */
export function complaintsAbout(each: Case, outcome: Outcome): string[] {
  return Object.entries(expectedOf(each))
    .map(([name, value]) => ({ name, value, got: outcome[name as keyof Outcome] }))
    .filter(({ value, got }) => got !== value)
    .map(({ name, value, got }) => `${keyOf(each)}: ${name} ${got}, not ${value}`)
}
