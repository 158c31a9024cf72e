/** The viewer scripts as the pages carry them: the text of functions, without a build step. */
import { filterByMap } from './filter.ts'
import { openForPrint } from './open_for_print.ts'
import { stepThroughTrace } from './stepper.ts'

/** What Node blanked out when it stripped the types is trailing space or a gap. */
const tidy = (source: string) => source.replaceAll(/[ \t]+$/gm, '').replaceAll(/(?<=\S) {2,}(?=\S)/g, '')

const called = (...functions: readonly (() => void)[]) =>
  functions.map((each) => `(${tidy(each.toString())})();`).join('\n')

/** For index.html. */
export const filterScript = called(filterByMap)

/** For the page of a finding. */
export const stepperScript = called(stepThroughTrace, openForPrint)
