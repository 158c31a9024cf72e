import { describe, expect, it } from 'vitest'
import { stretches } from '../src/finding_page/fold.ts'
import { blocksOf, lanesOf, waitingLanes } from '../src/lanes.ts'
import { piLockDeadlock } from './fixture/pi_lock.ts'
import { schedule } from './fixture/schedule.ts'

describe('lanes', () => {
  it('are the CPUs with their frames from task to NMI', () => {
    const { lanes } = lanesOf(schedule(7, 90, 7))
    const names = lanes.map(({ cpu, label }) => `CPU${cpu} ${label}`)
    expect(names).toEqual([
      'CPU0 task submitter',
      'CPU0 softirq',
      'CPU0 hardirq',
      'CPU1 task deleter',
      'CPU1 task target',
      'CPU1 hardirq',
      'CPU1 NMI',
    ])
  })
  it('are shared by the tasks of a CPU when there would be too many', () => {
    const steps = schedule(7, 20, 1).map((step, index) => ({ ...step, frame: `task ${index}` }))
    expect(lanesOf(steps).lanes.map(({ label }) => label)).toEqual(['task'])
  })
})

describe('blocks', () => {
  it('begin wherever another activation goes on', () => {
    const steps = piLockDeadlock()
    const blocks = blocksOf(steps, lanesOf(steps).at)
    expect(blocks.map(({ frame, steps: own }) => [frame, own.length])).toEqual([
      ['task target', 16],
      ['hardirq irq_work', 8],
      ['task waker', 1],
      ['NMI perf', 9],
    ])
  })
  it('leave the lanes waiting whose activation goes on later', () => {
    const steps = schedule(7, 60, 2)
    const blocks = blocksOf(steps, lanesOf(steps).at)
    const waiting = waitingLanes(blocks)
    expect([...waiting.get(blocks[0]!)!]).toEqual([])
    expect([...waiting.get(blocks[1]!)!].map(({ label }) => label)).toEqual(['task submitter'])
    expect([...waiting.get(blocks.at(-1)!)!]).toEqual([])
  })
})

describe('folding', () => {
  const steps = schedule(3, 120, 3)
  const blocks = blocksOf(steps, lanesOf(steps).at)
  it('keeps each step exactly once and in order', () => {
    const all = blocks.flatMap((block) => stretches(block, steps.length).flatMap((stretch) => stretch.steps))
    expect(all).toEqual(steps)
  })
  it('never hides a step of the race, an entry, or an end of a block', () => {
    for (const block of blocks) {
      const hidden = stretches(block, steps.length).flatMap((stretch) =>
        stretch.folded ? stretch.steps : [],
      )
      for (const step of hidden) {
        expect(step.race || step.op.startsWith('enter')).toBe(false)
        expect([block.steps[0], block.steps.at(-1)]).not.toContain(step)
      }
    }
  })
  it('shows a short trace whole', () => {
    expect(stretches(blocks[0]!, 24)).toHaveLength(1)
  })
})
