// Windows' times to ISO 8601 text.

/** 100 ns steps from 1601 to 1970. */
const EPOCH_TICKS = 116_444_736_000_000_000n
const TICKS_PER_MS = 10_000n
/** Milliseconds between 1601 and 1970. */
const EPOCH_MS = 11_644_473_600_000
/** Milliseconds in the upper half of a FILETIME's step: 2^32 * 100 ns. */
const HIGH_MS = 429_496.7296

/** Milliseconds since 1970 UTC, rounded down, of a FILETIME given by its halves. */
export function filetimeMs(low: number, high: number): number {
  // Exact: whole milliseconds of both halves and what remains of them.
  const ticks = (BigInt(high) << 32n) | BigInt(low)
  return Number(ticks / TICKS_PER_MS) - EPOCH_MS
}

/** `2026-11-20T10:11:12.1234567Z`: ISO 8601 with the seven digits that Windows keeps. */
export function filetimeText(low: number, high: number): string {
  if (high >= 0x8000_0000) return `0x${hex(high)}${hex(low)}`
  const approximate = high * HIGH_MS + low / 10_000 - EPOCH_MS
  const second_ms = Math.floor(approximate / 1000) * 1000
  // A double holds today's ticks only to some 16, so the fraction comes from the exact number.
  const ticks = ((BigInt(high) << 32n) | BigInt(low)) - EPOCH_TICKS
  let rest = Number(ticks - BigInt(second_ms) * TICKS_PER_MS)
  let start = second_ms
  if (rest < 0) {
    start -= 1000
    rest += 10_000_000
  } else if (rest >= 10_000_000) {
    start += 1000
    rest -= 10_000_000
  }
  return `${secondText(start)}.${String(rest).padStart(7, '0')}Z`
}

let lastSecond = Number.NaN
let lastText = ''

/** Neighbouring records share their second. */
function secondText(time_ms: number): string {
  if (time_ms === lastSecond) return lastText
  lastSecond = time_ms
  lastText = new Date(time_ms).toISOString().replace(/^\+0?/, '').slice(0, -5)
  return lastText
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
