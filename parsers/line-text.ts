// The values of a cut line as JavaScript values.
import {
  FLAT_BOOLEAN,
  FLAT_ESCAPED,
  FLAT_LISTED,
  FLAT_NULL,
  FLAT_NUMBER,
  FLAT_OBJECT,
  type FlatLine,
  matchedKind,
} from '../sigma/eval/flat.ts'
import { asciiText, unescaped, unescapeJson } from '../sigma/eval/unescape.ts'
import type { FieldValue } from '../sigma/event.ts'

const TRUE_BYTES = 4
const ZERO = 0x30
const NINE = 0x39
/** Whole numbers of so many digits are exact. */
const DIGITS_MAX = 15

/** The value with this number; undefined for an object, and for escapes that are not plain. */
export function valueAt(line: FlatLine, value: number): FieldValue | undefined {
  const one = matchedValueAt(line, value)
  if ((line.kinds[value]! & FLAT_LISTED) === 0) return one
  return one === undefined ? undefined : [one]
}

/** The value, of a list the string in it. */
function matchedValueAt(line: FlatLine, value: number): FieldValue | undefined {
  const start = line.starts[value]!
  const end = line.ends[value]!
  switch (matchedKind(line, value)) {
    case FLAT_OBJECT:
      return undefined
    case FLAT_NULL:
      return null
    case FLAT_NUMBER:
      return numberAt(line.bytes, start, end)
    case FLAT_BOOLEAN:
      return end - start === TRUE_BYTES
    case FLAT_ESCAPED: {
      const length = unescapeJson(line.bytes, line.view, start, end)
      return length < 0 ? undefined : asciiText(unescaped(), 0, length)
    }
    default:
      return asciiText(line.bytes, start, end)
  }
}

/** The text of a span of an event's line; its escapes are valid. */
export function spanText(bytes: Uint8Array, view: DataView, start: number, end: number): string {
  if (end >= 0) return asciiText(bytes, start, end)
  const length = unescapeJson(bytes, view, start, ~end)
  return asciiText(unescaped(), 0, length)
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > DIGITS_MAX) return Number(asciiText(bytes, start, end))
  let number = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte < ZERO || byte > NINE) return Number(asciiText(bytes, start, end))
    number = number * 10 + byte - ZERO
  }
  return number
}
