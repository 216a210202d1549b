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
  const second_ms = Math.floor(time / 1000) * 1000
  const steps = (time - second_ms) * MS_STEPS + ((high * HIGH_REST + low) % MS_STEPS)
  return `${secondText(second_ms)}.${String(steps + 10_000_000).slice(1)}Z`
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
