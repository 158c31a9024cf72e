import type { Design, Mechanism } from '@bottom-half/deferred-work'
import { EBUSY, EOPNOTSUPP, type KernelPath } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { conformance } from '../src/index.ts'
import { designOf, reference, Reference } from './mutants/reference.ts'

/** The names of the claims that the design does not meet. */
function unmet(design: Design): string[] {
  return conformance(design).flatMap(({ name, check }) => {
    try {
      check()
      return []
    } catch {
      return [name]
    }
  })
}

test.for(conformance(reference))('the reference mechanism conforms: $name', ({ check }) => {
  expect(check).not.toThrow()
})

/** Answers `errno`, and does nothing. */
function idle(errno: number): Design {
  const mechanism: Mechanism = {
    record: { init_field: () => ({}), obj_free_field: null, release_uref: false },
    load_program() {},
    *submit(): KernelPath<number> {
      return errno
    },
    outcome: (e) => (e === 0 ? 'accepted' : e === -EBUSY ? 'busy' : 'unsupported'),
  }
  return designOf('idle', () => mechanism)
}

test.each([
  ['accepts', 0],
  ['is always busy', -EBUSY],
  ['supports nothing', -EOPNOTSUPP],
])('a design that does nothing and %s does not conform', (_, errno) => {
  expect(unmet(idle(errno))).toContain('an accepted submit runs its callback once, in the promised context')
})

test('a design that promises another context than it keeps does not conform', () => {
  const promised = { ...reference.capabilities, callbackContext: 'hardirq' as const }
  const design = designOf('boast', () => new Reference(), promised)
  expect(unmet(design)).toEqual(['an accepted submit runs its callback once, in the promised context'])
})

test('a design whose values share one field does not conform', () => {
  class Shared extends Reference {
    private readonly init = this.record.init_field.bind(this.record)
    private one: unknown = null
    constructor() {
      super()
      this.record.init_field = (value) => (this.one ??= this.init(value))
    }
  }
  expect(unmet(designOf('shared', () => new Shared()))).toContain(
    'the values of a map are independent: each has a field of its own, which is unused',
  )
})

test('a design that takes an error for success does not conform', () => {
  class Optimist extends Reference {
    override outcome(): 'accepted' {
      return 'accepted'
    }
  }
  expect(unmet(designOf('optimist', () => new Optimist()))).toContain(
    'an errno is an outcome: 0 is accepted, and no error is',
  )
})

test('a design that keeps state outside of the machine does not conform', () => {
  let boots = 0
  class Moody extends Reference {
    constructor() {
      super()
      boots++
    }
    override *pin(...args: Parameters<Reference['pin']>): KernelPath<number> {
      return boots % 2 === 0 ? -EOPNOTSUPP : yield* super.pin(...args)
    }
  }
  expect(unmet(designOf('moody', () => new Moody()))).toContain('the same moves give the same run')
})
