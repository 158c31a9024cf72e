/** A finding in plain text: for the terminal, for an e-mail. */
import { type FindingResult, MEMORY_NAMES } from '../results.ts'
import { visible } from '../visible.ts'
import { counted } from '../wording.ts'
import { type Columns, stepLines } from './step.ts'
import { wrap } from './wrap.ts'

const WIDTH = 100

/** A frame's name may take this much; a longer one goes on below. */
const WIDEST_FRAME = 20

function columnsOf({ design, steps }: FindingResult): Columns {
  const widest = (texts: string[]) => Math.max(0, ...texts.map(({ length }) => length))
  const number = Math.max(2, widest(steps.map(({ n }) => String(n))))
  const cpu = widest(steps.map((step) => `CPU${step.cpu}`))
  const frame = Math.min(WIDEST_FRAME, widest(steps.map((step) => step.frame)))
  return { design, number, cpu, frame, body: WIDTH - (2 + number + 2 + cpu + 2 + frame + 2) }
}

function fact(name: string, text: string): string[] {
  return wrap(text, WIDTH - 12).map((line, row) => `${(row === 0 ? name : '').padEnd(12)}${line}`)
}

/** The chain through the race: `step 3; step 9 after 3 (conflict on ctx.state)`. */
function why({ chain = [] }: FindingResult): string[] {
  if (chain.length < 2) return []
  const links = chain.map(({ n, after }) => {
    const reasons = after.map((edge) => `${edge.n} (${edge.why})`).join(' and ')
    return `step ${n}${reasons === '' ? '' : ` after ${reasons}`}`
  })
  return fact('why', links.join('; '))
}

function head(finding: FindingResult): string[] {
  const size = `${counted(finding.steps.length, 'step')}, ${counted(finding.preemptions, 'preemption')}`
  return [
    ...wrap(finding.title, WIDTH),
    '',
    ...fact('property', `${finding.property} (${finding.kind})`),
    ...fact('design', `${finding.design}, ${finding.revision}`),
    ...fact('workload', `${finding.workload}, ${finding.map} map, target ${finding.target}`),
    ...(finding.memory === 'sc' ? [] : fact('memory', MEMORY_NAMES[finding.memory])),
    // Not in how many schedules it shows: the text is the same when one schedule is replayed.
    ...fact('trace', `${size}, minimised`),
    ...why(finding),
    // A token is copied as a whole: never broken.
    `${'replay'.padEnd(12)}npx nx run compare --replay ${finding.token}`,
  ]
}

/**
 * The finding and its trace: at most 100 columns, `*` at the steps of the race, a rule wherever another
 * activation goes on, the function chain above the first step that is in it.
 */
export function renderText(finding: FindingResult): string {
  const columns = columnsOf(finding)
  const rule = '-'.repeat(WIDTH)
  const title = `  ${'#'.padStart(columns.number)}  ${'CPU'.padEnd(columns.cpu)}  ${'frame'.padEnd(columns.frame)}  step`
  const lines = finding.steps.flatMap((step, index) => {
    const previous = finding.steps[index - 1]
    const other = previous === undefined || previous.frame !== step.frame || previous.cpu !== step.cpu
    return [...(other ? [rule] : []), ...stepLines(step, previous, columns)]
  })
  return visible([...head(finding), '', title, ...lines, rule, '* = a step of the race', ''].join('\n'))
}
