/** A task that does nothing of its own. */
import {
  access,
  current,
  EXIT_TO_USER_MODE_WORK,
  exit_to_user_mode_loop,
  type KernelPath,
  Order,
} from '@bottom-half/kernel-model'

/**
 * User mode without a system call before it: what run_task() of the kernel model goes on with after one, less
 * the look at the flags on the way out, whose place among the other CPUs' steps would only multiply the
 * schedules.
 */
export function* user_mode(): KernelPath {
  const { ti_flags } = current()
  const ready = (): boolean => (ti_flags.peek() & EXIT_TO_USER_MODE_WORK) !== 0
  const options = { ready, awaits: [ti_flags], idle: true }
  for (;;)
    yield* exit_to_user_mode_loop(
      yield* access('user mode', ti_flags, (m) => m.load(ti_flags, Order.Once), options),
    )
}
