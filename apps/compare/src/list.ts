/** What there is to choose from. */
import { MAP_TYPES, PROPERTIES, TARGETS } from '@bottom-half/deferred-work'
import { WORKLOADS } from '@bottom-half/workloads'
import { DESIGNS } from './designs.ts'
import { wrapped } from './terminal.ts'

const WIDTH = 100

/** The text of `--list`. `heading` sets off a title. */
export function listing(heading: (text: string) => string): string {
  const section = (title: string, rows: readonly (readonly [name: string, text: string])[]): string[] => {
    const indent = Math.max(...rows.map(([name]) => name.length)) + 4
    const lines = rows.flatMap(([name, text]) =>
      wrapped(text, WIDTH - indent).map(
        (line, n) => `  ${(n === 0 ? name : '').padEnd(indent - 4)}  ${line}`,
      ),
    )
    return [heading(title), ...lines, '']
  }
  const maps = (of: readonly string[]): string =>
    of.length === MAP_TYPES.length ? '' : ` Maps: ${of.join(', ')}.`
  const targets = (of: readonly string[]): string =>
    of.length === TARGETS.length ? '' : ` Target: ${of.join(', ')}.`
  return [
    ...section(
      'Designs',
      DESIGNS.map(({ id, title, author, revisions }) => [
        id,
        `${title} by ${author}. ${revisions.map((each) => `${each.id}: ${each.source}`).join('; ')}`,
      ]),
    ),
    ...section(
      'Workloads',
      WORKLOADS.map((each) => [each.id, each.question + maps(each.maps) + targets(each.targets)]),
    ),
    ...section('Map types', [['--map', MAP_TYPES.join(', ')]]),
    ...section(
      'Properties',
      PROPERTIES.map(({ id, sentence }) => [id, sentence]),
    ),
  ].join('\n')
}
