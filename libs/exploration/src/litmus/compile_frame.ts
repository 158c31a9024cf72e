/** Compiles the operations of one frame to instructions. */
import { type Cell, type KernelPath, live, machine, reached } from '@bottom-half/kernel-model'
import { CodeWriter } from './code_writer.ts'
import type { Expression } from './expression.ts'
import type { Code, Registers } from './instruction.ts'
import { type Extent, lookUp, placeOf, refuse, registerExpression } from './names.ts'
import type { Operation } from './schema.ts'
import {
  add,
  awaitValue,
  BARE,
  choose,
  compareExchange,
  exchange,
  fetchAdd,
  type HandlerCode,
  irqDisable,
  irqEnable,
  LOCKS,
  raise,
  READS,
  withoutNewest,
  withSaved,
  WRITES,
} from './steps.ts'

/** The label of `final.exists`: as `sometimes`, but nobody has to reach it. */
export const EXISTS = 'final.exists'

/** What the operations of all frames may name. */
export interface Surroundings {
  readonly extents: ReadonlyMap<string, Extent>
  /** By name: its position among all. */
  readonly locks: ReadonlyMap<string, number>
  readonly handlers: ReadonlyMap<string, HandlerCode>
  /** Grows: what `sometimes` has to be reached. */
  readonly labels: Set<string>
}

type Evaluate = Expression<Registers>
type Straight = Exclude<Operation, { op: 'if' | 'repeat' }>
type Local = Extract<Operation, { op: 'set' | 'assert' | 'sometimes' | 'live' }>

/** All registers that the operations set, in the order of the text. */
export function registersSet(operations: readonly Operation[]): ReadonlyMap<string, number> {
  const out = new Map<string, number>()
  const note = (name: string | undefined): void => {
    if (name !== undefined && !out.has(name)) out.set(name, out.size)
  }
  const visit = (operation: Operation): void => {
    if ('into' in operation) note(operation.into)
    if ('register' in operation) note(operation.register)
    if ('ops' in operation) operation.ops.forEach(visit)
    if (operation.op === 'if') operation.else?.forEach(visit)
  }
  operations.forEach(visit)
  return out
}

/** Compiles; refuses what cannot be with a LitmusError. `name`: of the frame; `path`: of its operations. */
export function compileFrame(
  operations: readonly Operation[],
  name: string,
  path: string,
  around: Surroundings,
): Code {
  const compiler = new FrameCompiler(name, registersSet(operations), around)
  compiler.block(operations, path)
  return compiler.writer.code()
}

class FrameCompiler {
  private readonly name: string
  private readonly registers: ReadonlyMap<string, number>
  private readonly around: Surroundings
  readonly writer: CodeWriter
  /** Where the frame keeps what irq_disable saved; -1: it saves nothing. */
  private saved = -1

  constructor(name: string, registers: ReadonlyMap<string, number>, around: Surroundings) {
    this.name = name
    this.registers = registers
    this.around = around
    this.writer = new CodeWriter(registers)
  }

  block(operations: readonly Operation[], path: string): void {
    operations.forEach((operation, i) => this.operation(operation, `${path}[${i}]`))
  }

  private operation(operation: Operation, path: string): void {
    if (operation.op === 'if') this.branch(operation, path)
    else if (operation.op === 'repeat') this.loop(operation, path)
    else this.straight(operation, path)
  }

  private value(text: string | number, path: string): Evaluate {
    return registerExpression(text, path, this.registers, this.around.extents)
  }

  private slot(into: string | undefined): number {
    return into === undefined ? -1 : this.registers.get(into)!
  }

  /** A step on a word, and what it puts in. */
  private onWord(
    operation: { readonly word: string; readonly into?: string | undefined },
    path: string,
    make: (cell: Cell<number>, registers: Registers) => KernelPath<unknown>,
  ): void {
    const place = placeOf(operation.word, `${path}.word`, this.registers, this.around.extents)
    if (place.slot >= 0)
      this.writer.step(({ cells }, r) => make(cells[place.slot]!, r), this.slot(operation.into))
    else if ('find' in place)
      this.writer.step(({ cells }, r) => make(cells[place.find(r)]!, r), this.slot(operation.into))
  }

  private straight(operation: Straight, path: string): void {
    switch (operation.op) {
      case 'read':
        this.onWord(operation, path, READS[operation.order ?? 'once'])
        return
      case 'write':
        this.update(operation, path, WRITES[operation.order ?? 'once'])
        return
      case 'fetch_add':
        this.update(operation, path, fetchAdd)
        return
      case 'add':
        this.update(operation, path, add)
        return
      case 'xchg':
        this.update(operation, path, exchange)
        return
      case 'cmpxchg': {
        const old = this.value(operation.old, `${path}.old`)
        const next = this.value(operation.new, `${path}.new`)
        this.onWord(operation, path, (cell, r) => compareExchange(cell, old(r), next(r)))
        return
      }
      case 'await':
        this.update({ ...operation, value: operation.equals }, path, awaitValue, 'equals')
        return
      case 'lock':
      case 'unlock':
      case 'trylock':
        this.locking(operation, path)
        return
      case 'irq_disable':
      case 'irq_enable':
        this.interrupts(operation.op)
        return
      case 'choose':
        this.writer.step(() => choose(operation.outcomes), this.slot(operation.into))
        return
      case 'raise': {
        const handler = lookUp(
          this.around.handlers,
          operation.handler,
          `${path}.handler`,
          'a handler of handlers',
        )
        this.writer.step((world) => raise(world, handler))
        return
      }
      case 'set':
      case 'assert':
      case 'sometimes':
      case 'live':
        this.localOperation(operation, path)
        return
      default:
        this.writer.step(BARE[operation.op])
    }
  }

  private update(
    operation: { readonly word: string; readonly value: string | number; readonly into?: string | undefined },
    path: string,
    make: (cell: Cell<number>, value: number) => KernelPath<unknown>,
    key = 'value',
  ): void {
    const value = this.value(operation.value, `${path}.${key}`)
    this.onWord(operation, path, (cell, r) => make(cell, value(r)))
  }

  private locking(operation: Extract<Straight, { lock: string }>, path: string): void {
    const { op } = operation
    const lock = lookUp(this.around.locks, operation.lock, `${path}.lock`, 'a lock of locks')
    const into = op === 'trylock' ? this.slot(operation.into) : -1
    this.writer.step(({ locks }) => LOCKS[op](locks[lock]!), into)
  }

  /** Nests, as local_irq_save and local_irq_restore do. */
  private interrupts(op: 'irq_disable' | 'irq_enable'): void {
    if (this.saved < 0) this.saved = this.writer.hiddenRegister()
    const { name, saved } = this
    if (op === 'irq_enable') {
      this.writer.step((_world, r) => irqEnable(r[saved]!, name))
      this.writer.local((r) => {
        r[saved] = withoutNewest(r[saved]!)
      })
      return
    }
    const found = this.writer.hiddenRegister()
    this.writer.step(irqDisable, found)
    this.writer.local((r) => {
      r[saved] = withSaved(r[saved]!, r[found]!)
      r[found] = 0
    })
  }

  private localOperation(operation: Local, path: string): void {
    switch (operation.op) {
      case 'set': {
        const value = this.value(operation.value, `${path}.value`)
        const slot = this.registers.get(operation.register)!
        this.writer.local((r) => {
          r[slot] = value(r)
        })
        return
      }
      case 'assert': {
        const holds = this.value(operation.condition, `${path}.condition`)
        const title = operation.message ?? `assertion failed in ${this.name}: ${operation.condition}`
        this.writer.local((r) => {
          if (holds(r) === 0) machine().report('assertion', title)
        })
        return
      }
      case 'sometimes': {
        const holds = this.value(operation.condition ?? 1, `${path}.condition`)
        if (operation.label === EXISTS) refuse(`${path}.label`, `expected another label than "${EXISTS}"`)
        this.around.labels.add(operation.label)
        this.writer.local((r) => {
          if (holds(r) !== 0) reached(operation.label)
        })
        return
      }
      case 'live':
        this.live(operation.registers, path)
    }
  }

  /** What is not live becomes 0: a declaration that is wrong changes the program, and merges nothing wrongly. */
  private live(names: readonly string[], path: string): void {
    const slots = names.map((name, i) =>
      lookUp(this.registers, name, `${path}.registers[${i}]`, 'a register that the frame sets'),
    )
    const kept = new Set(slots)
    const dead = [...this.registers.values()].filter((slot) => !kept.has(slot))
    const place = `${this.name}@${this.writer.here()}`
    this.writer.local((r) => {
      for (const slot of dead) r[slot] = 0
      live(place, ...r)
    })
  }

  private branch(operation: Extract<Operation, { op: 'if' }>, path: string): void {
    const holds = this.value(operation.condition, `${path}.condition`)
    let otherwise = 0
    let end = 0
    const then = this.writer.here() + 1
    this.writer.jump((r) => (holds(r) === 0 ? otherwise : then))
    this.block(operation.ops, `${path}.ops`)
    if (operation.else === undefined) otherwise = this.writer.here()
    else {
      this.writer.jump(() => end)
      otherwise = this.writer.here()
      this.block(operation.else, `${path}.else`)
      end = this.writer.here()
    }
  }

  private loop(operation: Extract<Operation, { op: 'repeat' }>, path: string): void {
    const { times } = operation
    const goesOn = operation.while === undefined ? null : this.value(operation.while, `${path}.while`)
    const counter = this.writer.hiddenRegister()
    const title = `the loop of ${this.name} did not end within ${times} passes: ${operation.while}`
    let end = 0
    this.writer.local((r) => {
      r[counter] = 0
    })
    const top = this.writer.here()
    this.writer.jump((r) => {
      if (goesOn !== null && goesOn(r) === 0) return end
      if (r[counter]! >= times) {
        if (goesOn !== null) machine().report('repeat-bound', title)
        return end
      }
      r[counter]!++
      return top + 1
    })
    this.block(operation.ops, `${path}.ops`)
    this.writer.jump(() => top)
    end = this.writer.here()
  }
}
