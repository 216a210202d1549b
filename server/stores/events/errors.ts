// Errors of the event store that callers tell apart by `code`.
import { SQLiteError } from 'bun:sqlite'

export type StoreErrorCode =
  /** Free space is below the limit: nothing was written, try again later. */
  | 'disk-full'
  /** A write or fsync failed: what is on disk is unknown until the process starts anew and recovers. */
  | 'store-failed'

export class StoreError extends Error {
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** Gives SQLite's write failures their meaning. */
export function guarded<T>(write: () => T): T {
  try {
    return write()
  } catch (error) {
    if (!(error instanceof SQLiteError)) throw error
    if (error.code === 'SQLITE_FULL') {
      throw new StoreError('disk-full', 'the disk is full: nothing was written', error)
    }
    if (error.code?.startsWith('SQLITE_IOERR') || error.code === 'SQLITE_CORRUPT') {
      throw new StoreError('store-failed', `the event store failed: ${error.message}`, error)
    }
    throw error
  }
}
