/**
 * The per-CPU lists behind irq_work: `raised_list` and `lazy_list` of kernel/irq_work.c, `call_single_queue`
 * of kernel/smp.c (6.18).
 */
import { Attached, type Cpu, type Machine, machine } from '../machine/index.ts'
import type { irq_work } from './irq_work_types.ts'
import { llist_head } from './llist.ts'

type List = llist_head<irq_work>

function perCpu(name: string): (cpu: Cpu) => List {
  const lists = new Attached<Cpu, List>()
  return (cpu) => {
    let list = lists.get(cpu)
    if (list === undefined) {
      list = machine().onDemand(`${name} of ${cpu.name}`, () => new llist_head(`CPU${cpu.id} ${name}`))
      lists.set(cpu, list)
    }
    return list
  }
}

/** Work for the self-IPI. */
export const raised_list: (cpu: Cpu) => List = perCpu('raised_list')
/** Work for the next tick, or for the next self-IPI if that comes first. */
export const lazy_list: (cpu: Cpu) => List = perCpu('lazy_list')
/** Work that other CPUs queued here. */
export const call_single_queue: (cpu: Cpu) => List = perCpu('call_single_queue')

const withLazyWork = new Attached<Machine, true>()

/** Remembers that the machine has an IRQ_WORK_LAZY work. */
export function noteLazyWork(): void {
  withLazyWork.set(machine(), true)
}

/** Can a lazy list be other than empty? */
export function hasLazyWork(): boolean {
  return withLazyWork.has(machine())
}
