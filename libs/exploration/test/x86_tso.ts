/**
 * The abstract machine of x86-TSO, and the one of sequential consistency, over straight litmus programs: the reference that
 * neither the kernel model nor the engine has a part in.
 *
 * After Sewell, Sarkar, Owens, Zappa Nardelli, Myreen, "x86-TSO", CACM 2010, section 3: a FIFO store buffer per hardware thread;
 * a read takes the newest buffered write to its address, else memory; a fence or a locked instruction needs an empty buffer; the
 * oldest write of a buffer can go to memory at any time. Enumerates every reachable state by breadth.
 */
import type { Litmus, MemoryModel } from '../src/litmus/index.ts'

type Op = Litmus['cpus'][number]['frames'][number]['ops'][number]

interface State {
  readonly at: readonly number[]
  readonly memory: Readonly<Record<string, number>>
  readonly registers: readonly Readonly<Record<string, number>>[]
  readonly buffers: readonly (readonly (readonly [word: string, value: number])[])[]
}

const replaced = <T>(all: readonly T[], i: number, item: T): T[] =>
  all.map((old, at) => (at === i ? item : old))

/** The value that a thread sees. */
function seen({ buffers, memory }: State, thread: number, word: string): number {
  return buffers[thread]!.findLast(([buffered]) => buffered === word)?.[1] ?? memory[word]!
}

/** What a locked instruction puts into the word that has the value; null: nothing. */
function locked(op: Op, value: number): number | null {
  switch (op.op) {
    case 'fetch_add':
    case 'add':
      return value + Number(op.value)
    case 'xchg':
      return Number(op.value)
    case 'cmpxchg':
      return value === op.old ? Number(op.new) : null
    default:
      throw new Error(`${op.op} is not modelled`)
  }
}

/** The states after the next instruction of a thread; none if it has to wait. */
function step(state: State, thread: number, op: Op, model: MemoryModel): State[] {
  const next = { ...state, at: replaced(state.at, thread, state.at[thread]! + 1) }
  const buffer = state.buffers[thread]!
  const into = (register: string | undefined, value: number): State =>
    register === undefined
      ? next
      : {
          ...next,
          registers: replaced(next.registers, thread, { ...next.registers[thread], [register]: value }),
        }
  if (op.op === 'rmb' || op.op === 'wmb') return [next]
  if (op.op === 'read') return [into(op.into, seen(state, thread, op.word))]
  if (op.op === 'write') {
    if (model === 'sc') return [{ ...next, memory: { ...state.memory, [op.word]: Number(op.value) } }]
    return [{ ...next, buffers: replaced(state.buffers, thread, [...buffer, [op.word, Number(op.value)]]) }]
  }
  if (buffer.length > 0) return []
  if (op.op === 'mb') return [next]
  if (!('word' in op)) throw new Error(`${op.op} is not modelled`)
  const value = state.memory[op.word]!
  const put = locked(op, value)
  const after = into('into' in op ? op.into : undefined, value)
  return [put === null ? after : { ...after, memory: { ...state.memory, [op.word]: put } }]
}

/** The oldest write of a buffer goes to memory. */
function flushed(state: State, thread: number): State[] {
  const [oldest, ...rest] = state.buffers[thread]!
  if (oldest === undefined) return []
  const [word, value] = oldest
  return [
    { ...state, memory: { ...state.memory, [word]: value }, buffers: replaced(state.buffers, thread, rest) },
  ]
}

/** Each end that the model allows, as a final condition that holds for it only. */
export function endsOf(litmus: Litmus, model: MemoryModel): string[] {
  const code = litmus.cpus.map(({ frames }) => frames[0]!.ops)
  const names = code.map((ops) => [
    ...new Set(ops.flatMap((op) => ('into' in op && op.into !== undefined ? [op.into] : []))),
  ])
  const start: State = {
    at: code.map(() => 0),
    memory: litmus.init as Record<string, number>,
    registers: names.map((all) => Object.fromEntries(all.map((name) => [name, 0]))),
    buffers: code.map(() => []),
  }
  const known = new Set<string>()
  const ends = new Set<string>()
  const open = [start]
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const key = JSON.stringify(state)
    if (known.has(key)) continue
    known.add(key)
    const now = state
    const following = code.flatMap((ops, thread) => {
      const op = ops[now.at[thread]!]
      return [...flushed(now, thread), ...(op === undefined ? [] : step(now, thread, op, model))]
    })
    if (following.length === 0) ends.add(conditionOf(now))
    open.push(...following)
  }
  return [...ends]
}

function conditionOf({ memory, registers }: State): string {
  const words = Object.entries(memory).map(([word, value]) => `${word} == ${value}`)
  const rest = registers.flatMap((all, i) =>
    Object.entries(all).map(([register, value]) => `P${i}:${register} == ${value}`),
  )
  return [...words, ...rest].join(' && ')
}
