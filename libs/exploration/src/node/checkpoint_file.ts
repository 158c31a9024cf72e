/**
 * Checkpoints on disk: two lines, each a JSON document. The first says what the second belongs to, and has its checksum.
 *
 * A checkpoint is written beside the file and moved over it, so there is the old one or the new one, whenever the process is killed.
 */
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

/** Counts up with each change of the format, or of the engine after which what is left of a search means something else. */
const VERSION = 9
const FORMAT = 'bottom-half checkpoint'

/** What a checkpoint depends on, such as program and options: each with a name for people. */
export type Identity = Readonly<Record<string, string | number | boolean>>

/** The checkpoint cannot be used; the message is one sentence that says why. */
export class CheckpointError extends Error {}

const Header = z.strictObject({
  format: z.literal(FORMAT),
  version: z.int(),
  of: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  sha256: z.string(),
})

/** Replaces the checkpoint at `path`. Throws what the file system throws; then the old one is as it was. */
export function writeCheckpoint(path: string, of: Identity, body: unknown): void {
  const text = JSON.stringify(body)
  const header: z.infer<typeof Header> = { format: FORMAT, version: VERSION, of, sha256: checksum(text) }
  // Nobody else's, also if two processes write the same checkpoint.
  const beside = `${path}.${process.pid}.tmp`
  try {
    writeThrough(beside, `${JSON.stringify(header)}\n${text}\n`)
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

/** Throws CheckpointError unless the checkpoint is whole, and of the same version and identity. */
export function readCheckpoint<T>(path: string, of: Identity, schema: z.ZodType<T>): T {
  const [first = '', second = ''] = textOf(path).split('\n')
  const header = Header.safeParse(jsonOf(first))
  if (!header.success) throw new CheckpointError(`${path} is no checkpoint`)
  const { version, of: made, sha256 } = header.data
  if (version !== VERSION)
    throw new CheckpointError(`${path} is a checkpoint of version ${version}, and this is version ${VERSION}`)
  for (const name of new Set([...Object.keys(made), ...Object.keys(of)]))
    if (made[name] !== of[name])
      throw new CheckpointError(
        `${path} is a checkpoint of another run: ${name} was ${shown(made[name])}, and is ${shown(of[name])}`,
      )
  if (checksum(second) !== sha256) throw new CheckpointError(`${path} is damaged: its checksum does not fit`)
  const body = schema.safeParse(jsonOf(second))
  if (!body.success)
    throw new CheckpointError(
      `${path} is no checkpoint of this: ${z.prettifyError(body.error).split('\n')[0]}`,
    )
  return body.data
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CheckpointError(`expected a checkpoint, and ${path} cannot be read (${code ?? 'unknown'})`)
  }
}

function writeThrough(path: string, text: string): void {
  const file = openSync(path, 'w')
  try {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** So that the new name is on the disk too. Not every system can. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch {
    // Then a power failure may bring the old checkpoint back, which is whole.
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function shown(value: string | number | boolean | undefined): string {
  return value === undefined ? 'not given' : JSON.stringify(value)
}
