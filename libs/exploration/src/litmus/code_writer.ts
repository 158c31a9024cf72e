/** The instructions of a frame, while they are written. */
import type { KernelPath } from '@bottom-half/kernel-model'
import { type Code, type Instruction, type Registers, stepOf, type World } from './instruction.ts'

export class CodeWriter {
  private readonly instructions: Instruction[] = []
  private readonly registers: ReadonlyMap<string, number>
  private hidden = 0

  constructor(registers: ReadonlyMap<string, number>) {
    this.registers = registers
  }

  code(): Code {
    const registers = Array.from<number>({ length: this.registers.size + this.hidden }).fill(0)
    return { instructions: this.instructions, registers }
  }

  /** Where the next instruction goes. */
  here(): number {
    return this.instructions.length
  }

  /** A register that the program has no name for. */
  hiddenRegister(): number {
    return this.registers.size + this.hidden++
  }

  /** A step, and the register that its result goes to. */
  step(make: (world: World, registers: Registers) => KernelPath<unknown>, into = -1): void {
    this.instructions.push({ step: (world, registers) => stepOf(make(world, registers)), into, go: null })
  }

  /** Touches registers only, and goes on with the next instruction. */
  local(act: (registers: Registers) => void): void {
    const next = this.here() + 1
    this.jump((registers) => {
      act(registers)
      return next
    })
  }

  /** Says where to go on. */
  jump(go: (registers: Registers) => number): void {
    this.instructions.push({ step: null, into: -1, go })
  }
}
