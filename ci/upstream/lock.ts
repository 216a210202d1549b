// `trapline.lock`: which upstream rules a folder holds, exactly.
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../command.ts'

export const LOCK_FILE = 'trapline.lock'

const lockedSource = z.strictObject({
  /** Git URL or folder it came from. */
  from: z.string(),
  /** Full commit hash; null when the source was a plain folder. */
  commit: z.nullable(z.string().regex(/^[0-9a-f]{40}$/)),
  /** Folders of the source that were taken; empty: all of it. */
  sets: z.array(z.string()),
  files: z.number().int().nonnegative(),
  /** SHA-256 of the manifest `NAME.sha256`, which lists every file. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
const lockSchema = z.strictObject({
  version: z.literal(1),
  sources: z.record(z.string(), lockedSource),
})

export type LockedSource = z.infer<typeof lockedSource>
export type Lock = z.infer<typeof lockSchema>

/** The lock of a folder; empty where there is none. Rejects `UsageError` for one that is damaged. */
export async function readLock(folder: string): Promise<Lock> {
  const file = Bun.file(join(folder, LOCK_FILE))
  if (!(await file.exists())) return { version: 1, sources: {} }
  let value: unknown
  try {
    value = JSON.parse(await file.text())
  } catch (error) {
    throw new UsageError(`${file.name}: ${error instanceof Error ? error.message : error}`)
  }
  const parsed = lockSchema.safeParse(value)
  if (!parsed.success) throw new UsageError(`${file.name}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Writes a lock: sources by name, so that equal content gives an equal file. */
export async function writeLock(folder: string, lock: Lock): Promise<void> {
  const sources = Object.fromEntries(
    Object.entries(lock.sources).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  const text = `${JSON.stringify({ version: lock.version, sources }, null, 2)}\n`
  await Bun.write(join(folder, LOCK_FILE), text)
}
