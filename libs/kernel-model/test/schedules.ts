/** Every schedule of a small machine, without any reduction: for claims about all of them. */
import { Drive } from './drive.ts'

/** Boots and runs the machine once for each schedule; gives how many there are. */
export function everySchedule(boot: (drive: Drive) => () => void, most = 200_000): number {
  const choices: { count: number; at: number }[] = []
  for (let count = 1; count <= most; count++) {
    const drive = new Drive()
    const atEnd = boot(drive)
    for (let depth = 0; ; depth++) {
      const moves = drive.machine.moves()
      if (moves.length === 0) break
      const choice = (choices[depth] ??= { count: moves.length, at: 0 })
      drive.machine.perform(moves[choice.at]!)
    }
    atEnd()
    while (choices.length > 0 && choices.at(-1)!.at + 1 === choices.at(-1)!.count) choices.pop()
    if (choices.length === 0) return count
    choices.at(-1)!.at++
  }
  throw new Error(`more than ${most} schedules`)
}
