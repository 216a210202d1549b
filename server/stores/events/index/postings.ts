// Lists of event numbers within a group ("docs"), ascending: the first as a varint, then the gaps.

/** Bytes that one varint of a doc number can take. */
export const MAX_VARINT_BYTES = 5

/** Writes `value` (below 2^32) at `at`; returns the position after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  let i = at
  while (rest >= 0x80) {
    bytes[i++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[i++] = rest
  return i
}

/** A position in bytes that varints are read from. */
export interface Cursor {
  at: number
}

/** Reads the varint at the cursor and moves it on. */
export function readVarint(bytes: Uint8Array, cursor: Cursor): number {
  let value = 0
  let shift = 0
  for (;;) {
    const byte = bytes[cursor.at++]!
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return value >>> 0
    shift += 7
  }
}

/** Calls `visit` with each doc of `bytes[start, end)`. */
export function eachDoc(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (doc: number) => void,
): void {
  let doc = 0
  let i = start
  while (i < end) {
    let byte = bytes[i++]!
    if (byte < 0x80) doc += byte
    else {
      let gap = byte & 0x7f
      let shift = 7
      do {
        byte = bytes[i++]!
        gap |= (byte & 0x7f) << shift
        shift += 7
      } while (byte >= 0x80)
      doc += gap
    }
    visit(doc)
  }
}

/** Sets the bit of each doc of `bytes[start, end)`, whose first gap is from `before`. */
export function markDocs(
  bytes: Uint8Array,
  start: number,
  end: number,
  bits: Uint32Array,
  before = 0,
): void {
  let doc = before
  let i = start
  while (i < end) {
    let byte = bytes[i++]!
    if (byte < 0x80) doc += byte
    else {
      let gap = byte & 0x7f
      let shift = 7
      do {
        byte = bytes[i++]!
        gap |= (byte & 0x7f) << shift
        shift += 7
      } while (byte >= 0x80)
      doc += gap
    }
    bits[doc >>> 5]! |= 1 << (doc & 31)
  }
}

/** Writes `value` at each doc of `bytes[start, end)`. */
export function fillDocs(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array | Uint16Array,
  value: number,
): void {
  eachDoc(bytes, start, end, (doc) => {
    into[doc] = value
  })
}

/** Clears the bit of each doc of `bytes[start, end)`. */
export function clearDocs(bytes: Uint8Array, start: number, end: number, bits: Uint32Array): void {
  eachDoc(bytes, start, end, (doc) => {
    bits[doc >>> 5]! &= ~(1 << (doc & 31))
  })
}

/** How many docs `bytes[start, end)` hold: varints end with a byte below 0x80. */
export function countDocs(bytes: Uint8Array, start: number, end: number): number {
  let count = 0
  for (let i = start; i < end; i++) if (bytes[i]! < 0x80) count++
  return count
}

/** The last doc of `bytes[start, end)`; 0 when it is empty. */
export function lastDoc(bytes: Uint8Array, start: number, end: number): number {
  const cursor = { at: start }
  let doc = 0
  while (cursor.at < end) doc += readVarint(bytes, cursor)
  return doc
}
