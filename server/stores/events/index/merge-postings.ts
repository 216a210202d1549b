// Joins postings of groups whose docs follow each other.
import { append, type Output, reserve } from './output.ts'
import { type Cursor, lastDoc, readVarint, writeVarint } from './postings.ts'

/** A posting that others are appended to. */
export interface Posting {
  readonly output: Output
  last: number
  empty: boolean
}

/** Appends `bytes[start, end)` with its docs moved up by `base`. */
export function appendPosting(
  into: Posting,
  bytes: Uint8Array,
  start: number,
  end: number,
  base: number,
): void {
  const cursor: Cursor = { at: start }
  const first = readVarint(bytes, cursor) + base
  reserve(into.output, end - start + 8)
  const gap = into.empty ? first : first - into.last
  into.output.length = writeVarint(into.output.bytes, into.output.length, gap)
  append(into.output, bytes, cursor.at, end - cursor.at)
  into.last = lastDoc(bytes, start, end) + base
  into.empty = false
}

/** An empty posting. */
export function startPosting(): Posting {
  return { output: { bytes: new Uint8Array(32), length: 0 }, last: 0, empty: true }
}
