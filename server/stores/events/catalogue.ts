// Day files that are open, at most 32: the least recently used is closed first. Which files exist is in the
// intake (`readCatalogue`); `retain` closes those that are no longer in it.
import type { Database } from 'bun:sqlite'
import type { DayFileName } from './day-file.ts'

/** Open day files of one worker. */
export const DAY_FILES_OPEN_MAX = 32

export interface DayFiles {
  /** The file's connection; undefined where the file does not exist. Valid until the next call. */
  open(name: DayFileName): Database | undefined
  /** Closes every open file that is not among `names`. */
  retain(names: readonly DayFileName[]): void
  /** Closes one file. */
  release(name: DayFileName): void
  close(): void
}

/** Keeps what `open` opens, by file id. */
export function createDayFiles(
  open: (name: DayFileName) => Database | undefined,
  openMax = DAY_FILES_OPEN_MAX,
): DayFiles {
  const files = new Map<string, Database>()

  function release(fileId: string): void {
    files.get(fileId)?.close()
    files.delete(fileId)
  }

  return {
    open: (name) => {
      const db = files.get(name.fileId) ?? open(name)
      if (db === undefined) return undefined
      files.delete(name.fileId)
      files.set(name.fileId, db)
      if (files.size > openMax) release(files.keys().next().value!)
      return db
    },
    retain: (names) => {
      const kept = new Set(names.map((name) => name.fileId))
      for (const fileId of [...files.keys()]) if (!kept.has(fileId)) release(fileId)
    },
    release: (name) => release(name.fileId),
    close: () => {
      for (const fileId of [...files.keys()]) release(fileId)
    },
  }
}
