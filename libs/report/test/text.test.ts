import { describe, expect, it } from 'vitest'
import { renderText } from '../src/text/finding.ts'
import { fixture } from './fixture/results.ts'
import { hostileResults } from './hostile.ts'

const { findings } = fixture()
const deadlock = findings[0]!

describe('the plain text of a finding', () => {
  it.each(findings.map((finding) => [finding.id, finding] as const))(
    'fits in 100 columns: %s',
    (_id, finding) => {
      const lines = renderText(finding).split('\n')
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100)
      expect(lines.filter((line) => line !== line.trimEnd())).toEqual([])
    },
  )
  it('has each step once, and marks those of the race', () => {
    const rows = renderText(deadlock)
      .split('\n')
      .flatMap((line) => line.match(/^([ *]) +(\d+)  CPU(\d)/)?.slice(1, 3) ?? [])
    expect(rows).toEqual(deadlock.steps.flatMap(({ n, race }) => [race ? '*' : ' ', String(n)]))
  })
  it('shows a switch, an entry, the functions from where they change, the values, the place', () => {
    const lines = renderText(deadlock).split('\n')
    const from = lines.findIndex((line) => line.includes('enter NMI'))
    expect(lines.slice(from - 1, from + 5).join('\n')).toBe(
      `${'-'.repeat(100)}
  25  CPU1  NMI perf          enter NMI
                              in perf_event_overflow > bpf_map_delete_elem > htab_map_delete_elem
  26  CPU1  NMI perf          READ_ONCE bucket#0.first: elem#1                     bpf/hashtab.ts:88
                              in ... > htab_lock_bucket
  27  CPU1  NMI perf          rqspinlock_acquire bucket#0.raw_lock: unlocked -> NMI perf`,
    )
  })
  it('says why the steps of the race come in their order', () => {
    const chain = [
      { n: 3, after: [] },
      { n: 9, after: [{ n: 3, why: 'conflict on ctx#1.state' }] },
      { n: 12, after: [3, 9].map((n) => ({ n, why: 'program order' })) },
    ]
    const why = /^why +([^]*?)\nreplay /m
      .exec(renderText({ ...deadlock, chain }))![1]!
      .replaceAll(/\s+/g, ' ')
    expect(why).toBe(
      'step 3; step 9 after 3 (conflict on ctx#1.state); step 12 after 3 (program order) and 9 (program order)',
    )
    expect(renderText({ ...deadlock, chain: chain.slice(0, 1) })).not.toMatch(/^why/m)
  })
  it('gives the command that replays it in one piece', () => {
    const token = 'bh1.'.padEnd(300, 'x')
    expect(renderText({ ...deadlock, token })).toContain(`npx nx run compare --replay ${token}\n`)
  })
  it('cannot steer a terminal', () => {
    const text = renderText(hostileResults().findings[0]!)
    expect(text).not.toContain('\u001b')
    expect(text).not.toContain('\u202e')
  })
})
