import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { placeOf } from '../src/place.ts'
import { REPOSITORY, sourceLine } from '../src/repository.ts'
import { parseStack } from '../src/stack.ts'

const url = (path: string): string => pathToFileURL(join(REPOSITORY, path)).href
const model = 'libs/kernel-model/src'

const STACK = `Error: trace
    at new Step (${url(`${model}/machine/step.ts`)}:56:39)
    at access (${url(`${model}/machine/step.ts`)}:72:17)
    at access.next (<anonymous>)
    at plain_read (${url(`${model}/linux/barrier.ts`)}:10:17)
    at plain_read.next (<anonymous>)
    at irq_work_single (${url(`${model}/linux/irq_work_run.ts`)}:1:10)
    at irq_work_single.next (<anonymous>)
    at ${url('libs/workloads/src/actors.ts')}:2:3
    at Frame.irq_work_run [as path] (${url(`${model}/linux/irq_work_run.ts`)}:23:10)
    at Machine.resume (${url(`${model}/machine/machine.ts`)}:224:36)
    at Lab.task (${url('libs/deferred-work/src/lab.ts')}:80:5)
    at ModuleJob.run (node:internal/modules/esm/module_job:561:25)
    at async node:internal/modules/esm/loader:647:26`

test('each line with a position in a file is a call, innermost first', () => {
  expect(parseStack(STACK).map(({ name }) => name)).toEqual([
    'Step',
    'access',
    'plain_read',
    'irq_work_single',
    null,
    'irq_work_run',
    'resume',
    'task',
  ])
  expect(parseStack(STACK)[3]).toEqual({
    name: 'irq_work_single',
    file: join(REPOSITORY, `${model}/linux/irq_work_run.ts`),
    line: 1,
  })
})

test.each([
  ['    at Frame.path (/a/b.ts:1:2)', null],
  ['    at Frame.<anonymous> [as path] (/a/b.ts:1:2)', null],
  ['    at /a/b.ts:1:2', null],
  ['    at Object.obj_free_field (/a/b.ts:1:2)', 'obj_free_field'],
  ['    at Generator.hit (/a b/(c)/d.ts:1:2)', 'hit'],
])('%s is called %s', (line, name) => {
  expect(parseStack(line)).toMatchObject([{ name, line: 1 }])
})

test('a step was taken by the line that calls the access, in the functions between machine and access', () => {
  const file = `${model}/linux/irq_work_run.ts`
  expect(placeOf(STACK)).toEqual({
    functions: ['irq_work_single', 'irq_work_run'],
    file,
    line: 1,
    source: sourceLine(file, 1),
  })
  expect(sourceLine(file, 1)).toMatch(/^\S.*\S$/)
})

test('the entry of a handler was taken nowhere', () => {
  expect(placeOf(null)).toEqual({ functions: [], file: null, line: null, source: null })
})
