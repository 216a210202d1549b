// A column of texts that stand in lines of ASCII, gathered as bytes: no string is made of any of them here.
import { asciiText, unescaped, unescapeJson } from '../../../sigma/eval/unescape.ts'

/** Length of a row without a text. */
export const NO_TEXT = -1
const ROWS_INITIAL = 32
const BYTES_INITIAL = 256

/** The texts of a column's rows, one after another. */
export interface TextRows {
  bytes: Uint8Array<ArrayBuffer>
  used: number
  /** Bytes of each row's text, `NO_TEXT` for none. */
  lengths: Int32Array<ArrayBuffer>
  count: number
}

export function createTextRows(): TextRows {
  const bytes = new Uint8Array(BYTES_INITIAL)
  return { bytes, used: 0, lengths: new Int32Array(ROWS_INITIAL), count: 0 }
}

export function isTextRows(rows: TextRows | readonly unknown[]): rows is TextRows {
  return !Array.isArray(rows)
}

/** Adds the text from `start` to `end` of a line, an inverted end where it has escapes, as that of `row`. */
export function addText(
  rows: TextRows,
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (end >= 0) {
    append(rows, row, bytes, start, end)
    return
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const length = unescapeJson(bytes, view, start, ~end)
  append(rows, row, unescaped(), 0, length)
}

/** Shorter texts are copied byte by byte: a call costs more. */
const SHORT_BYTES = 64

function append(rows: TextRows, row: number, from: Uint8Array, start: number, end: number): void {
  const length = end - start
  if (rows.used + length > rows.bytes.length) {
    const larger = new Uint8Array((rows.used + length) * 2)
    larger.set(rows.bytes.subarray(0, rows.used))
    rows.bytes = larger
  }
  if (row >= rows.lengths.length) {
    const larger = new Int32Array((row + 1) * 4)
    larger.set(rows.lengths)
    rows.lengths = larger
  }
  const { bytes, lengths } = rows
  while (rows.count < row) lengths[rows.count++] = NO_TEXT
  if (length <= SHORT_BYTES) {
    const to = rows.used
    for (let i = 0; i < length; i++) bytes[to + i] = from[start + i]!
  } else bytes.set(from.subarray(start, end), rows.used)
  rows.used += length
  lengths[row] = length
  rows.count = row + 1
}

/** The text that every row has; undefined where some differ. */
export function sameText({ bytes, used, lengths, count }: TextRows): string | undefined {
  const length = lengths[0]!
  if (count === 0 || length === NO_TEXT || used !== length * count) return undefined
  for (let row = 1; row < count; row++) if (lengths[row] !== length) return undefined
  for (let i = length; i < used; i++) if (bytes[i] !== bytes[i - length]) return undefined
  return asciiText(bytes, 0, length)
}

/** The texts as strings, undefined for none. */
export function textRows({ bytes, used, lengths, count }: TextRows): (string | undefined)[] {
  return cutText(asciiText(bytes, 0, used), lengths.subarray(0, count))
}

/** Cuts texts that stand one after another. */
export function cutText(text: string, lengths: Int32Array): (string | undefined)[] {
  let at = 0
  return Array.from(lengths, (length) => {
    if (length === NO_TEXT) return undefined
    at += length
    return text.slice(at - length, at)
  })
}
