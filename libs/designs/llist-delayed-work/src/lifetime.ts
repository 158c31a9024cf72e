/**
 * The program's part: its bpf_delayed_irq_work, and what its end waits for. Follows the patches to
 * do_misc_fixups()/check_helper_call() (allocation) and bpf_prog_free_deferred() as posted on 11 July 2022.
 *
 * Departures:
 * 1. The verifier visits the call instruction once. In the posting each visit allocates anew and loses the
 *    former struct: hides leaks of programs with several calls.
 * 2. -ENOMEM at load is absent: a program that was not loaded cannot race.
 */
import { type bpf_prog, irq_work_sync, type KernelPath } from '@bottom-half/kernel-model'
import { drain } from './irq.ts'
import { bpf_delayed_irq_work } from './state.ts'

/**
 * Closing the last fd of a map does nothing: no usercnt is looked at, on purpose (question 4 of the cover
 * letter).
 */
export const RELEASED_WITH_LAST_FD = false

/** At boot. Nobody frees what is allocated here: bpf_prog_free_deferred() only waits for it. */
export function load_program(prog: bpf_prog): void {
  const irq_work: bpf_delayed_irq_work = new bpf_delayed_irq_work(prog, () => drain(irq_work))
  prog.aux.irq_work = irq_work
  prog.aux.free_hooks.push(() => sync(irq_work))
}

/**
 * First thing in bpf_prog_free_deferred(), before the used maps are put: waits for the tail of the handler
 * that dropped the last reference. A grace period has passed, so no submit can come; each accepted item held
 * a reference, so none is queued.
 */
function* sync(irq_work: bpf_delayed_irq_work): KernelPath {
  yield* irq_work_sync(irq_work.work)
}
