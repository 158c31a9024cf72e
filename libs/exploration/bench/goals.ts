/** What the engine is to reach on the machine that the table was made on. */
import { counter } from './programs.ts'
import type { Row } from './measured.ts'
import { type Column, whole } from './table.ts'

/** One goal against what was measured. */
export interface Goal {
  readonly text: string
  readonly measured: string
  readonly met: boolean
}

const EXECUTIONS_PER_SECOND = 100_000
const SECONDS = 4
const SCHEDULES_PER_SECOND = 200_000
const MEGABYTES = 300
const SPEED_UP = 1.7

const COUNTER = counter(4, 3).name

function atLeast(text: string, row: Row | undefined, least: number): Goal[] {
  if (row === undefined) return []
  const perSecond = row.outcome.executions / row.seconds
  return [{ text: `${text}, at least ${whole(least)}`, measured: whole(perSecond), met: perSecond >= least }]
}

/** Of two workers over one. */
function speedUp(parallel: readonly Row[]): Goal[] {
  return parallel.flatMap((one) => {
    const { program, mode } = one.measuredCase
    const two = parallel.find(
      ({ measuredCase }) => measuredCase.program === program && measuredCase.mode.cores === 2,
    )
    if (mode.cores !== 1 || two === undefined) return []
    const times = one.seconds / two.seconds
    const text = `${program.name}, exhaustive: 2 workers, times as fast as 1, at least ${SPEED_UP}`
    return [{ text, measured: times.toFixed(2), met: times >= SPEED_UP }]
  })
}

/** The goals that the rows tell something about. */
export function goals(
  exhaustive: readonly Row[],
  parallel: readonly Row[],
  random: readonly Row[],
  long: readonly Row[],
): readonly Goal[] {
  const isCounter = ({ measuredCase }: Row): boolean => measuredCase.program.name === COUNTER
  const explored = exhaustive.find(isCounter)
  const seconds = explored?.seconds
  return [
    ...atLeast(`${COUNTER}, exhaustive: executions/s`, explored, EXECUTIONS_PER_SECOND),
    ...(seconds === undefined
      ? []
      : [
          {
            text: `${COUNTER}, exhaustive: seconds, under ${SECONDS}`,
            measured: seconds.toFixed(2),
            met: seconds < SECONDS,
          },
        ]),
    ...speedUp(parallel),
    ...atLeast(`${COUNTER}, at random: schedules/s`, random.find(isCounter), SCHEDULES_PER_SECOND),
    ...long.map(({ measuredCase: { program, repeat }, peakMb }) => ({
      text: `${program.name}, ${repeat} times: peak RSS in MB, under ${MEGABYTES}`,
      measured: whole(peakMb),
      met: peakMb < MEGABYTES,
    })),
  ]
}

export const GOALS: readonly Column<Goal>[] = [
  { head: 'goal', left: true, cell: ({ text }) => text },
  { head: 'measured', cell: ({ measured }) => measured },
  { head: 'met', left: true, cell: ({ met }) => (met ? 'yes' : 'no') },
]
