// Event ids: `20261121-000000042137` is the UTC day of the event's time and its number within that day.
// Numbers reach 2^53, so no bit operators. Two streams give numbers in a day: events that arrive within a
// minute of their own time count from 0, late ones from LATE_BASE, so that each stream's segments are
// runs of consecutive numbers however the two interleave.

const DAY_MS = 86_400_000
const NUMBER_DIGITS = 12

/** First number of a day's late stream. */
export const LATE_BASE = 500_000_000_000
/** Earliest and latest event time that has a day: years 1 to 9999, milliseconds. */
export const TIME_MIN_MS = -62_135_596_800_000
export const TIME_MAX_MS = 253_402_300_799_999

export interface EventId {
  /** `20261121`. */
  readonly day: string
  readonly number: number
}

let lastStart = Number.NaN
let lastDay = ''

/** The UTC day of a time in milliseconds, as in ids: `20261121`. */
export function dayOf(time: number): string {
  const start = Math.floor(time / DAY_MS) * DAY_MS
  if (start !== lastStart) {
    lastDay = new Date(start).toISOString().slice(0, 10).replaceAll('-', '')
    lastStart = start
  }
  return lastDay
}

/** The first millisecond of a day `20261121`. */
export function dayStart(day: string): number {
  return Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T00:00:00Z`)
}

/** The id text of an event. */
export function formatId(day: string, number: number): string {
  return `${day}-${String(number).padStart(NUMBER_DIGITS, '0')}`
}

/** Reads an id; undefined where the text is none. */
export function parseId(id: string): EventId | undefined {
  const parts = /^(\d{8})-(\d{12,16})$/.exec(id)
  if (parts === null) return undefined
  const number = Number(parts[2])
  return Number.isSafeInteger(number) && formatId(parts[1]!, number) === id
    ? { day: parts[1]!, number }
    : undefined
}

/** Order of two ids: by day, then by number. */
export function compareIds(a: string, b: string): number {
  if (a.length === b.length) return a < b ? -1 : a > b ? 1 : 0
  const [x, y] = [parseId(a), parseId(b)]
  if (x === undefined || y === undefined || x.day !== y.day) return a < b ? -1 : 1
  return x.number - y.number
}
