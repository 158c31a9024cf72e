/** `npx nx run exploration:litmus-documents`: writes what is made from the code. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PAGE_PATH, pageDocument, programDocuments, REPOSITORY, schemaDocument } from './documents.ts'

const page = readFileSync(join(REPOSITORY, PAGE_PATH), 'utf8')
for (const { path, text } of [await schemaDocument(), ...programDocuments(), await pageDocument(page)]) {
  mkdirSync(dirname(join(REPOSITORY, path)), { recursive: true })
  writeFileSync(join(REPOSITORY, path), text)
}
