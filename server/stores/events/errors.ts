// Errors of the event store that callers tell apart by `code`.

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
