// Finds one event's line in an unpacked block. A block was unpacked by another core: looking at all of it would
// fetch all of it, so the search begins about where the line should be.
import { lineStart } from '../line.ts'

const NEWLINE = 0x0a
const DIGIT_0 = 0x30

const decoder = new TextDecoder()
/** What stands before the number of a line. */
const BEFORE_NUMBER = lineStart(0).indexOf('0')

/** Which line of how many it is. */
export interface LinePlace {
  readonly at: number
  readonly of: number
}

/** The text of the line of event `number`. Throws where the block has it not. */
export function findLine(bytes: Buffer, number: number, { at, of }: LinePlace): string {
  let start = lineOf(bytes, Math.floor((bytes.length / of) * at))
  let ahead = number - numberAt(bytes, start)
  for (; ahead > 0; ahead--) {
    const end = bytes.indexOf(NEWLINE, start)
    if (end < 0) break
    start = end + 1
  }
  for (; ahead < 0 && start > 0; ahead++) start = lineOf(bytes, start - 2)
  const end = bytes.indexOf(NEWLINE, start)
  const line = decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end))
  if (line.startsWith(lineStart(number))) return line
  throw new Error(`block has no line of event ${number}`)
}

/** Start of the line that `at` is in. */
function lineOf(bytes: Buffer, at: number): number {
  return at < 0 ? 0 : bytes.lastIndexOf(NEWLINE, at) + 1
}

function numberAt(bytes: Uint8Array, start: number): number {
  let number = 0
  for (let i = start + BEFORE_NUMBER; i < bytes.length; i++) {
    const digit = bytes[i]! - DIGIT_0
    if (digit < 0 || digit > 9) break
    number = number * 10 + digit
  }
  return number
}
