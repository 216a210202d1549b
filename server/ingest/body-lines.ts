// Bodies of NDJSON as they usually come, cut at their newlines without being decoded. What `decodeBody` would do in
// any other way than line by line is left to it.
import { looksLikeEvtx } from '../../parsers/evtx/reader.ts'
import { CARRIED_AUDIT, isJson } from './decode.ts'

const NEWLINE = 0x0a
const SPACE = 0x20
const TAB = 0x09
const CARRIAGE_RETURN = 0x0d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Where the lines of a body stand, without blanks around them. */
export interface BodyLines {
  readonly bytes: Uint8Array
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The lines of a body whose first line is an object and whose others end like one; undefined for any other. */
export function bodyLines(bytes: Uint8Array): BodyLines | undefined {
  const starts: number[] = []
  const ends: number[] = []
  let at = skipSpace(bytes, 0)
  if (bytes[at] !== OPEN_OBJECT || looksLikeEvtx(bytes)) return undefined
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at)
    let end = newline < 0 ? bytes.length : newline
    while (end > at && isBlank(bytes[end - 1]!)) end--
    if (bytes[end - 1] !== CLOSE_OBJECT) return undefined
    starts.push(at)
    ends.push(end)
    at = skipSpace(bytes, end)
  }
  const lines = { bytes, starts, ends }
  const isWhole = isJson(lineText(lines, 0)) && !includes(bytes, CARRIED_AUDIT)
  return isWhole ? lines : undefined
}

/** The text of a line. Invalid UTF-8 becomes U+FFFD. */
export function lineText({ bytes, starts, ends }: BodyLines, line: number): string {
  return decoder.decode(bytes.subarray(starts[line], ends[line]))
}

function includes(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text)
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at]! <= SPACE) at++
  return at
}

/** Blanks of ASCII that `trimEnd` takes away. */
function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN)
}
