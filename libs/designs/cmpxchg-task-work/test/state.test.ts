import { Cell, do_exit, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { type Actor, BPF_TW_FREED, BPF_TW_STANDBY, bpf_task_work_context, follow } from '../src/state.ts'
import { type bpf_task_work_state, showState, STATE_TABLE, type Transition } from '../src/state.ts'
import { World } from './world.ts'

type Name = Parameters<World['bring']>[0]

function nameOf(state: bpf_task_work_state): Name {
  return showState(state).replace('BPF_TW_', '') as Name
}

/** Lets the actor of the transition do it, in a world whose context is in the state before. */
const ACTORS: Readonly<Record<Actor, (world: World, line: Transition) => void>> = {
  acquire(world) {
    world.finish(world.schedule({ cpu: world.cpu }).frame)
  },
  irq(world, { from }) {
    if (nameOf(from) === 'PENDING') world.inFrontOfAdd(world.irq(), world.ctx())
    else world.finish(world.irq())
  },
  callback(world, { from }) {
    if (nameOf(from) === 'SCHEDULING') world.until(world.irq(), 'cmpxchg', world.ctx().state)
    if (nameOf(from) === 'RUNNING') world.toUserMode()
    else world.until(world.targetFrame, 'rcu_read_unlock_trace')
  },
  cancel_and_free(world) {
    world.finish(world.cancel_and_free())
  },
}

test.each(STATE_TABLE.map((line) => ({ ...line, edge: `${nameOf(line.from)} -> ${nameOf(line.to)}` })))(
  '$edge is done by $by ($when)',
  (line) => {
    const fails = line.when === 'task_work_add() failed'
    const world = new World('array', fails ? do_exit : undefined)
    const ctx = world.bring(nameOf(line.from))
    expect(nameOf(ctx.state.peek())).toBe(nameOf(line.from))
    if (fails) world.finish(world.targetFrame)
    ACTORS[line.by](world, line)
    expect(nameOf(ctx.state.peek())).toBe(nameOf(line.to))
    expect(world.findings()).toEqual([])
  },
)

test('the table has each change once, none from FREED, and FREED from every other state', () => {
  const edges = STATE_TABLE.map(({ from, to }) => `${from} ${to}`)
  expect(new Set(edges).size).toBe(edges.length)
  expect(STATE_TABLE.filter((line) => line.from === BPF_TW_FREED)).toEqual([])
  expect(STATE_TABLE.filter((line) => line.to === BPF_TW_FREED).map((line) => line.from)).toEqual([
    0, 1, 2, 3, 4,
  ])
})

test('a context is published zeroed, which is STANDBY', () => {
  const world = new World()
  const { frame } = world.schedule()
  world.until(frame, 'cmpxchg', world.tw.ctx)
  world.step(frame)
  const ctx = world.ctx()
  expect(ctx.state.peek()).toBe(BPF_TW_STANDBY)
  const members = [ctx.map, ctx.map_val, ctx.prog, ctx.task, ctx.callback_fn].map((cell) => cell.peek())
  expect(members).toEqual([null, null, null, null, null])
})

test('following a member that was never filled is a null dereference', () => {
  const world = new World()
  const member = new Cell<object | null>('ctx.task', null)
  world.finish(world.frame(Level.Hardirq, () => follow(member)))
  expect(world.findings()).toEqual(['null-dereference: ctx.task followed before it was set'])
})

test('an irq_work that was never initialised has no function to call', () => {
  const world = new World()
  const { irq_work } = new bpf_task_work_context(world.bring('STANDBY').object)
  world.finish(world.frame(Level.Hardirq, () => irq_work.func.peek()(irq_work)))
  const title = 'bpf_task_work_context.irq_work.func called before init_irq_work()'
  expect(world.findings()).toEqual([`null-dereference: ${title}`])
})
