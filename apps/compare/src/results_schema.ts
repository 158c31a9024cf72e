/** The schema of results.json as JSON Schema, for readers in other languages. */
import { Results, SCHEMA_VERSION } from '@bottom-half/report'
import { z } from 'zod'
import { jsonText } from './json.ts'

/** Its path in the repository. */
export const SCHEMA_PATH = 'docs/results-schema.json'

/** The text of that file. */
export function schemaText(): string {
  const title = `results.json of Bottom Half, version ${SCHEMA_VERSION}`
  return jsonText({ title, ...z.toJSONSchema(Results) })
}
