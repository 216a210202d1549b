// What a backup holds: every file with its size and hash, and where the databases stood.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export const MANIFEST = 'manifest.json'
export const MANIFEST_FORMAT = 1
/** Files of a backup may lie here, beside those at the top. */
const FILE_PATH =
  /^(state\.db|intake\.db|key|content\.bundle|releases\/live\.json|events\/\d{4}-\d\d-\d\d\.\d+\.db)$/

/** Why a backup or restore was not done; the message names the file. */
export class BackupError extends Error {}

const Manifest = z.strictObject({
  format: z.literal(MANIFEST_FORMAT),
  /** ISO 8601. */
  created: z.string(),
  /** Identity of the intake, and the last match that is in alerts. */
  epoch: z.string(),
  alertsUpTo: z.number(),
  files: z.array(
    z.strictObject({
      path: z.string().regex(FILE_PATH),
      bytes: z.number(),
      sha256: z.hash('sha256'),
    }),
  ),
})
export type Manifest = z.output<typeof Manifest>
export type ManifestFile = Manifest['files'][number]

/** The manifest of a backup. Throws `BackupError` when there is none or it is not one. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST)
  if (!existsSync(path)) throw new BackupError(`${path} is missing: this is no finished backup`)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new BackupError(`${path} is no JSON: ${error instanceof Error ? error.message : error}`)
  }
  const parsed = Manifest.safeParse(value)
  if (!parsed.success) throw new BackupError(`${path}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Size and hash of one file of a backup. */
export async function describeFile(folder: string, path: string): Promise<ManifestFile> {
  const hasher = new Bun.CryptoHasher('sha256')
  let bytes = 0
  for await (const part of Bun.file(join(folder, path)).stream()) {
    hasher.update(part)
    bytes += part.length
  }
  return { path, bytes, sha256: hasher.digest('hex') }
}

/** Throws `BackupError` unless the folder is empty or does not exist. */
export function requireEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new BackupError(`${folder} is not empty`)
  }
}
