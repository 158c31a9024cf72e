/** What the tests of rqspinlock share: nested attempts, and all that can come of them. */
import { expect } from 'vitest'
import { EDEADLK, ETIMEDOUT } from '../src/linux/errno.ts'
import { raw_res_spin_lock, raw_res_spin_unlock, rqspinlock_t } from '../src/linux/rqspinlock.ts'
import { type Cpu, type KernelPath, Level } from '../src/machine/index.ts'
import { Drive } from './drive.ts'
import { everySchedule } from './schedules.ts'

/** Takes locks one inside the other; writes down what each attempt gave, and leaves at the first failure. */
export class Attempts {
  readonly drive: Drive
  readonly got: Record<string, number[]> = {}

  constructor(drive = new Drive()) {
    this.drive = drive
  }

  task(name: string, locks: readonly rqspinlock_t[], cpu: Cpu = this.drive.cpu()): number {
    return this.drive.task(cpu, () => this.nest(name, locks), name)
  }

  nmi(name: string, locks: readonly rqspinlock_t[], cpu: Cpu): number {
    return this.drive.handler(cpu, Level.Nmi, () => this.nest(name, locks), name)
  }

  private *nest(name: string, locks: readonly rqspinlock_t[]): KernelPath {
    const [outer, ...inner] = locks
    if (outer === undefined) return
    const err = yield* raw_res_spin_lock(outer)
    ;(this.got[name] ??= []).push(err)
    if (err !== 0) return
    yield* this.nest(name, inner)
    yield* raw_res_spin_unlock(outer)
  }

  /** Steps the frame until its next step is `op` (for the `count`th time from here). */
  until(frame: number, op: string, count = 1): void {
    for (let seen = 0; ;) {
      if (this.drive.machine.frames[frame]!.next?.op === op && ++seen === count) return
      this.drive.step(frame)
    }
  }
}

export function lock(name: string): rqspinlock_t {
  return new rqspinlock_t(name)
}

/** What the attempts of a boot got, in all of its schedules. */
export function outcomes(boot: (attempts: Attempts) => void): string[] {
  const seen = new Set<string>()
  everySchedule((drive) => {
    const a = new Attempts(drive)
    boot(a)
    return () => {
      expect(drive.titles()).toEqual([])
      for (const frame of drive.machine.frames) expect(frame.preemptCount).toBe(0)
      seen.add(
        Object.keys(a.got)
          .sort()
          .map((name) => `${name} ${a.got[name]!.map(errorName).join(',')}`)
          .join('; '),
      )
    }
  })
  return [...seen].sort()
}

function errorName(err: number): string {
  return { 0: '0', [-EDEADLK]: 'EDEADLK', [-ETIMEDOUT]: 'ETIMEDOUT' }[err]!
}
