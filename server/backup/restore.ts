// Puts a backup into an empty data folder: all of it, checked, or nothing.
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BackupError, describeFile, type Manifest, readManifest, requireEmpty } from './manifest.ts'

/** Files are copied and checked here before they take their places. */
const STAGE = 'restoring'
/** `intake.db` comes last: without it no server takes the folder for one with events. */
const ORDER = ['events', 'key', 'content.bundle', 'releases', 'state.db', 'intake.db']

/** Restores `from` into `data`. Throws `BackupError` naming what is missing or damaged. */
export async function restore(from: string, data: string): Promise<Manifest> {
  const manifest = readManifest(from)
  requireEmpty(data)
  const stage = join(data, STAGE)
  mkdirSync(join(stage, 'events'), { recursive: true, mode: 0o700 })
  chmodSync(data, 0o700)
  try {
    for (const file of manifest.files) {
      if (!existsSync(join(from, file.path))) throw new BackupError(`${file.path} is missing`)
      mkdirSync(dirname(join(stage, file.path)), { recursive: true })
      copyFileSync(join(from, file.path), join(stage, file.path))
      chmodSync(join(stage, file.path), 0o600)
      const { bytes, sha256 } = await describeFile(stage, file.path)
      if (bytes !== file.bytes || sha256 !== file.sha256) {
        throw new BackupError(`${file.path} is damaged: its hash is not the manifest's`)
      }
    }
  } catch (error) {
    rmSync(stage, { recursive: true })
    throw error
  }
  for (const name of ORDER) {
    if (existsSync(join(stage, name))) renameSync(join(stage, name), join(data, name))
  }
  rmSync(stage, { recursive: true })
  return manifest
}
