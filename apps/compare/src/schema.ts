/** `npx nx run compare:schema`: writes docs/results-schema.json. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { REPOSITORY } from './repository.ts'
import { SCHEMA_PATH, schemaText } from './results_schema.ts'

mkdirSync(dirname(join(REPOSITORY, SCHEMA_PATH)), { recursive: true })
writeFileSync(join(REPOSITORY, SCHEMA_PATH), schemaText())
