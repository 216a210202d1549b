// Events to blocks of lines, written one behind the other into one piece of memory; the JSON of an event that was
// not decoded is copied as it came.
import type { Event } from '../../../parsers/event.ts'
import { BLOCK_BYTES_MAX, BLOCK_EVENTS_MAX, packBlock } from './block.ts'
import { encodeHead, encodeLine } from './line.ts'
import type { EncodedBlock } from './segment.ts'

const NEWLINE = 0x0a
const CLOSE = 0x7d
const UTF8_BYTES_PER_UNIT_MAX = 3
/** A newline before a line and a brace behind it, bytes. */
const AROUND_BYTES = 2

/** Used again for every block. */
let text = Buffer.allocUnsafeSlow(BLOCK_BYTES_MAX + BLOCK_BYTES_MAX / 4)

/** The lines of events numbered from `first`, cut into blocks; row 0 is the first of them. */
export function encodeEvents(events: readonly Event[], first: number): EncodedBlock[] {
  const blocks: EncodedBlock[] = []
  let start = 0
  let used = 0
  const flush = (end: number, bytes: number): void => {
    blocks.push({ start, count: end - start, ...packBlock(text.subarray(0, bytes)) })
    start = end
  }
  for (let row = 0; row < events.length; row++) {
    if (row - start === BLOCK_EVENTS_MAX) {
      flush(row, used)
      used = 0
    }
    const before = used
    if (row > start) text[used++] = NEWLINE
    const from = used
    used = writeLine(events[row]!, first + row, used)
    if (row > start && used > BLOCK_BYTES_MAX) {
      flush(row, before)
      text.copyWithin(0, from, used)
      used -= from
    }
  }
  if (start < events.length) flush(events.length, used)
  return blocks
}

/** Writes a line at `at`; where it ends. */
function writeLine(event: Event, number: number, at: number): number {
  const { line } = event
  if (line === undefined) {
    const whole = encodeLine(event, number)
    reserve(at, whole.length * UTF8_BYTES_PER_UNIT_MAX)
    return at + text.write(whole, at)
  }
  const head = encodeHead(event, number)
  const { bytes, start, end } = line
  reserve(at, head.length * UTF8_BYTES_PER_UNIT_MAX + end - start)
  let used = at + text.write(head, at)
  text.set(bytes.subarray(start, end), used)
  used += end - start
  text[used] = CLOSE
  return used + 1
}

function reserve(at: number, bytes: number): void {
  if (at + bytes + AROUND_BYTES <= text.length) return
  const larger = Buffer.allocUnsafeSlow((at + bytes + AROUND_BYTES) * 2)
  text.copy(larger, 0, 0, at)
  text = larger
}
