/** A program in which only few of the schedules, and those late, show that the order of gets and puts matters. */
import {
  atomic_fetch_add,
  Cell,
  type KernelPath,
  refcount_dec_and_test,
  refcount_t,
} from '@bottom-half/kernel-model'
import type { Program } from '../src/index.ts'
import { tasks } from './small_program.ts'

/** Three tasks count to nine. One puts a reference in any case, and one only if the third counts first and last. */
export function lateReference(): Program {
  return tasks('late', () => {
    const refs = new refcount_t('late', 2)
    const turn = new Cell('turn', 0)
    const count = function* (): KernelPath<number[]> {
      const seen: number[] = []
      for (let n = 0; n < 3; n++) seen.push(yield* atomic_fetch_add(1, turn))
      return seen
    }
    return [
      function* (): KernelPath {
        yield* count()
        yield* refcount_dec_and_test(refs)
      },
      function* (): KernelPath {
        yield* count()
      },
      function* (): KernelPath {
        const seen = yield* count()
        if (seen[0] === 0 && seen[2] === 8) yield* refcount_dec_and_test(refs)
      },
    ]
  })
}
