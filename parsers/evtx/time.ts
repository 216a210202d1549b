// Windows' times to ISO 8601 text.

/** Milliseconds between 1601 and 1970. */
const EPOCH_MS = 11_644_473_600_000
/** 100 ns steps of a millisecond, and of the upper half's one: 2^32 is 429,496 of these and 7,296 steps. */
const MS_STEPS = 10_000
const HIGH_MS = 429_496
const HIGH_REST = 7296

/** Milliseconds since 1970 UTC, rounded down, of a FILETIME given by its halves. */
export function filetimeMs(low: number, high: number): number {
  // Exact: no product here reaches 2^53.
  return high * HIGH_MS + Math.floor((high * HIGH_REST + low) / MS_STEPS) - EPOCH_MS
}

/** `2026-11-20T10:11:12.1234567Z`: ISO 8601 with the seven digits that Windows keeps. */
export function filetimeText(low: number, high: number): string {
  if (high >= 0x8000_0000) return `0x${hex(high)}${hex(low)}`
  const time = filetimeMs(low, high)
  const day = Math.floor(time / DAY_MS)
  if (day !== lastDay) writeDay(day)
  const ms = time - day * DAY_MS
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  putTwo(dayEnd + 1, Math.floor(minutes / 60))
  putTwo(dayEnd + 4, minutes % 60)
  putTwo(dayEnd + 7, seconds % 60)
  const rest = high * HIGH_REST + low
  let steps = (ms - seconds * 1000) * MS_STEPS + rest - Math.floor(rest / MS_STEPS) * MS_STEPS
  for (let at = dayEnd + 16; at > dayEnd + 9; at--) {
    const tens = Math.floor(steps / 10)
    line[at] = ZERO + (steps - tens * 10)
    steps = tens
  }
  return line.toString('latin1', 0, dayEnd + 18)
}

const DAY_MS = 86_400_000
const ZERO = 0x30
/** The last time that was written: neighbouring records share their day, which ends at `dayEnd`. */
const line = Buffer.alloc(32)
let lastDay = Number.NaN
let dayEnd = 0

function writeDay(day: number): void {
  const [date = ''] = new Date(day * DAY_MS).toISOString().replace(/^\+0?/, '').split('T')
  line.write(`${date}T00:00:00.0000000Z`, 'latin1')
  lastDay = day
  dayEnd = date.length
}

/** Two digits. */
function putTwo(at: number, value: number): void {
  const tens = Math.floor(value / 10)
  line[at] = ZERO + tens
  line[at + 1] = ZERO + value - tens * 10
}

/** A SYSTEMTIME (year, month, week day, day, hour, minute, second, millisecond) as ISO 8601. */
export function systemtimeText(bytes: Buffer, at: number): string {
  const part = (index: number, digits: number) =>
    String(bytes.readUInt16LE(at + index * 2)).padStart(digits, '0')
  const date = `${part(0, 4)}-${part(1, 2)}-${part(3, 2)}`
  return `${date}T${part(4, 2)}:${part(5, 2)}:${part(6, 2)}.${part(7, 3)}Z`
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0')
}
