// What is wrong with a damaged log, by name.

export type EvtxErrorCode =
  | 'evtx-not-a-log'
  | 'evtx-truncated'
  | 'evtx-chunk-damaged'
  | 'evtx-chunk-checksum'
  | 'evtx-record-damaged'
  | 'evtx-bytes-skipped'
  | 'evtx-limit'

/** Thrown inside the reader only; what leaves it is an item with `code` and `message`. */
export class EvtxError extends Error {
  readonly code: EvtxErrorCode

  constructor(code: EvtxErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Rejects a record: its bytes are not what the format allows. */
export function damaged(message: string): EvtxError {
  return new EvtxError('evtx-record-damaged', message)
}
