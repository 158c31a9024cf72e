/** The order of verdicts, and how a reader tells them apart without colour. */
import type { VERDICTS } from './results.ts'

export type Verdict = (typeof VERDICTS)[number]

/** A verdict, or the lack of one: a partial run leaves cells that nobody looked at. */
export type Standing = Verdict | 'not run'

/** From the worst; a summary of several verdicts is the first of these that occurs. */
export const STANDINGS = ['violated', 'inconclusive', 'holds', 'not applicable', 'not run'] as const

export const SYMBOLS: Readonly<Record<Standing, string>> = {
  violated: '✗',
  inconclusive: '?',
  holds: '✓',
  'not applicable': '–',
  'not run': '·',
}

export const MEANINGS: Readonly<Record<Standing, string>> = {
  violated: 'at least one schedule breaks the property; the finding shows that schedule step by step',
  inconclusive: 'the budget ended before every schedule was covered, and none of those covered breaks it',
  holds: 'every schedule within the bound was covered and none breaks it',
  'not applicable': 'the design lacks a capability that the workload or the property needs',
  'not run': 'this run did not get there; nothing is claimed',
}

/** What a set of verdicts amounts to. */
export function worst(standings: Iterable<Standing>): Standing {
  const present = new Set(standings)
  return STANDINGS.find((standing) => present.has(standing)) ?? 'not run'
}

/** The standing as a CSS class. */
export function className(standing: Standing): string {
  return standing.replace(' ', '-')
}
