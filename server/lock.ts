// One server a data folder. The lock is SQLite's own file lock, which the kernel drops with the process:
// nothing goes stale after a kill.
import { Database, SQLiteError } from 'bun:sqlite'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Lock {
  release(): void
}

/** The data folder is in use by another process, named in the message. */
export class LockedError extends Error {}

/** Takes the data folder, or throws `LockedError` saying which process has it. */
export function lockFolder(folder: string): Lock {
  const owner = join(folder, 'lock.owner')
  const db = new Database(join(folder, 'lock'))
  try {
    db.run('PRAGMA journal_mode = MEMORY')
    db.run('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (!(error instanceof SQLiteError) || error.code !== 'SQLITE_BUSY') throw error
    throw new LockedError(`${folder} is in use by ${describeOwner(owner)}`)
  }
  writeFileSync(owner, `process ${process.pid}, started ${new Date().toISOString()}\n`)
  return {
    release: () => {
      rmSync(owner, { force: true })
      db.run('ROLLBACK')
      db.close()
    },
  }
}

function describeOwner(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return 'another process'
    throw error
  }
}
