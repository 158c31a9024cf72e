/**
 * The producer: three calls. Follows __bpf_async_init() and __bpf_async_set_callback() of
 * kernel/bpf/helpers.c (6.17) under the rqspinlock, and a schedule() that no posting has: steps I1 to I7, F1
 * to F6, S1 to S7. Any context, NMI included. Each call may fail with the lock's -EDEADLK or -ETIMEDOUT, and
 * has then changed nothing. Numbers [1] to [14] refer to the choices in README.md.
 */
import type { bpf_callback, SubmitRequest } from '@bottom-half/deferred-work'
import {
  atomic_read,
  bpf_global_ma,
  type bpf_map_value,
  bpf_mem_alloc_get,
  bpf_mem_free,
  type bpf_prog,
  bpf_prog_inc,
  bpf_prog_inc_not_zero,
  bpf_prog_put,
  bpf_task_acquire,
  bpf_task_release,
  EBUSY,
  EINVAL,
  ENOMEM,
  EPERM,
  in_nmi,
  init_task_work,
  irq_work_queue,
  type KernelPath,
  type MemoryObject,
  access,
  Order,
  plain_read,
  plain_write,
  raw_res_spin_lock_irqsave,
  raw_res_spin_unlock_irqrestore,
  READ_ONCE,
  refcount_inc,
  smp_mb,
  smp_store_release,
  type task_struct,
  type task_work_notify_mode,
  TWA_RESUME,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { bpf_async_callback } from './callback.ts'
import { bpf_async_destroy } from './cancel.ts'
import { bpf_async_irq } from './irq.ts'
import { bpf_async_put_prog } from './lifetime.ts'
import {
  async_kern_of,
  type bpf_async_kern,
  bpf_async_task_work,
  IDLE,
  PENDING,
  type Subprogram,
} from './state.ts'

const HANDLERS = { fire: bpf_async_irq, destroy: bpf_async_destroy, put: bpf_async_put_prog }

/**
 * init(). 0; -EBUSY = there is an object already; -ENOMEM; -EPERM = no fd of the map is left; -EDEADLK,
 * -ETIMEDOUT. The memory is taken and given back outside the lock [8].
 */
export function* bpf_async_init(kern: bpf_async_kern, value: bpf_map_value): KernelPath<number> {
  // I1
  if ((yield* READ_ONCE(kern.cb)) !== null) return -EBUSY
  // I2
  const make = (object: MemoryObject): bpf_async_task_work => new bpf_async_task_work(object, value, HANDLERS)
  const tw = yield* bpf_mem_alloc_get(bpf_global_ma(), make, 'bpf_async_task_work')
  if (tw === null) return -ENOMEM
  yield* init_task_work(tw.work, bpf_async_callback)
  // I3
  const { err: failed, flags } = yield* raw_res_spin_lock_irqsave(kern.lock)
  if (failed !== 0) {
    yield* bpf_mem_free(bpf_global_ma(), tw)
    return failed
  }
  const err = yield* publish(kern, tw)
  // I7
  yield* raw_res_spin_unlock_irqrestore(kern.lock, flags)
  if (err !== 0) yield* bpf_mem_free(bpf_global_ma(), tw)
  return err
}

/** I4 to I6, with the lock held. */
function* publish(kern: bpf_async_kern, tw: bpf_async_task_work): KernelPath<number> {
  // I4
  if ((yield* plain_read(kern.cb)) !== null) return -EBUSY
  // I5: the barrier pairs with atomic64_dec_and_test(&map->usercnt) of bpf_map_put_uref(), before it looks
  // for objects.
  yield* WRITE_ONCE(kern.cb, tw)
  yield* smp_mb()
  // I6: whoever followed the pointer did so under the lock, so that nobody has it.
  if ((yield* atomic_read(tw.cb.value.map.usercnt)) !== 0) return 0
  yield* WRITE_ONCE(kern.cb, null)
  return -EPERM
}

/**
 * set_callback(). 0; -EINVAL = no object; -EPERM = no fd of the map is left; -ENOENT = the program is dying;
 * -EBUSY = in NMI, and the put of a former swap in NMI is not done yet [7]; -EDEADLK, -ETIMEDOUT. Takes
 * effect on work in flight too [4].
 */
export function* bpf_async_set_callback(
  kern: bpf_async_kern,
  callback_fn: bpf_callback,
  prog: bpf_prog,
): KernelPath<number> {
  // F1
  const { err: failed, flags } = yield* raw_res_spin_lock_irqsave(kern.lock)
  if (failed !== 0) return failed
  const { err, prev, tw } = yield* swap(kern, { prog, callback_fn })
  // F5
  yield* raw_res_spin_unlock_irqrestore(kern.lock, flags)
  // F6: 6.17 puts under the lock. Perhaps the last reference, which in NMI only an irq_work can drop.
  if (prev === null) return err
  if (in_nmi()) yield* irq_work_queue(tw.put_irq_work)
  else yield* bpf_prog_put(prev)
  return err
}

/** What a swap leaves to be done after unlock: `prev` is to be put. */
type Swapped = { err: number; prev: null; tw: null } | { err: 0; prev: bpf_prog; tw: bpf_async_task_work }

const done = (err: number): Swapped => ({ err, prev: null, tw: null })

/** F2 to F4, with the lock held. */
function* swap(kern: bpf_async_kern, next: Subprogram): KernelPath<Swapped> {
  // F2
  const tw = yield* plain_read(kern.cb)
  if (tw === null) return done(-EINVAL)
  if ((yield* atomic_read(tw.cb.value.map.usercnt)) === 0) return done(-EPERM)
  // F3
  const prev = yield* plain_read(tw.cb.prog)
  if (prev !== next.prog) {
    const later = prev !== null && in_nmi()
    if (later && (yield* READ_ONCE(tw.put_prog)) !== null) return done(-EBUSY)
    const err = yield* bpf_prog_inc_not_zero(next.prog)
    if (err !== 0) return done(err)
    yield* plain_write(tw.cb.prog, next.prog)
    if (later) {
      yield* refcount_inc(tw.refcnt)
      yield* WRITE_ONCE(tw.put_prog, prev)
    }
  }
  // F4: rcu_assign_pointer()
  yield* smp_store_release(tw.cb.callback_fn, next)
  return prev === null || prev === next.prog ? done(0) : { err: 0, prev, tw }
}

/**
 * schedule(). 0; -EPERM = the task is gone [14]; -EINVAL = no object, or no callback; -EBUSY = not IDLE; -EDEADLK,
 * -ETIMEDOUT. `asked` is a ghost [4]: the kernel's schedule() names no callback.
 */
export function* bpf_async_schedule(
  kern: bpf_async_kern,
  task: task_struct,
  mode: task_work_notify_mode,
  asked: Subprogram,
): KernelPath<number> {
  // S1
  if ((yield* bpf_task_acquire(task)) === null) return -EPERM
  // S2
  const { err: failed, flags } = yield* raw_res_spin_lock_irqsave(kern.lock)
  if (failed !== 0) {
    yield* bpf_task_release(task)
    return failed
  }
  const tw = yield* claim(kern, task, mode, asked)
  // S6
  yield* raw_res_spin_unlock_irqrestore(kern.lock, flags)
  if (typeof tw === 'number') {
    yield* bpf_task_release(task)
    return tw
  }
  // S7: in task context too [9]. Always true: who is not IDLE is not queued here.
  yield* irq_work_queue(tw.irq_work)
  return 0
}

/** S3 to S5, with the lock held: the object, or an error. */
function* claim(
  kern: bpf_async_kern,
  task: task_struct,
  mode: task_work_notify_mode,
  asked: Subprogram,
): KernelPath<bpf_async_task_work | number> {
  // S3
  const tw = yield* plain_read(kern.cb)
  if (tw === null) return -EINVAL
  const prog = yield* plain_read(tw.cb.prog)
  if (prog === null) return -EINVAL
  // S4
  if ((yield* plain_read(tw.st)) !== IDLE) return -EBUSY
  // S5: the firing's references; that of the program cannot fail, as `cb.prog` holds one.
  yield* plain_write(tw.st, PENDING)
  yield* writeTask(tw, task, asked)
  yield* plain_write(tw.mode, mode)
  yield* bpf_prog_inc(prog)
  yield* plain_write(tw.run_prog, prog)
  yield* refcount_inc(tw.refcnt)
  return tw
}

function* writeTask(tw: bpf_async_task_work, task: task_struct, asked: Subprogram): KernelPath {
  yield* access('write', tw.task, (m) => {
    m.store(tw.task, task, Order.Plain)
    m.store(tw.asked, asked, Order.Plain)
  })
}

/**
 * What a program does: the three calls, in this order. That there is an object already is no error.
 * TWA_RESUME [13].
 */
export function* submit({ prog, value, task, callback_fn }: SubmitRequest): KernelPath<number> {
  const kern = async_kern_of(value)
  let err = yield* bpf_async_init(kern, value)
  if (err !== 0 && err !== -EBUSY) return err
  err = yield* bpf_async_set_callback(kern, callback_fn, prog)
  if (err !== 0) return err
  return yield* bpf_async_schedule(kern, task, TWA_RESUME, { prog, callback_fn })
}
