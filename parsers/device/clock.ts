// Dates and clocks that stand apart, in the one form that firewalls write them in.
import { utcTime } from '../calendar.ts'

const DASH = 0x2d
const COLON = 0x3a
const PLUS = 0x2b
const MS_PER_MINUTE = 60_000

/** UTC milliseconds of `2026-11-20` at `date` and `10:11:12` at `clock`, both taken as UTC; undefined where they have
 * another form or there is no such time. */
export function utcTimeAt(text: string, date: number, clock: number): number | undefined {
  if (text.charCodeAt(date + 4) !== DASH || text.charCodeAt(date + 7) !== DASH) return undefined
  if (text.charCodeAt(clock + 2) !== COLON || text.charCodeAt(clock + 5) !== COLON) return undefined
  const century = pairAt(text, date)
  const year = pairAt(text, date + 2)
  const month = pairAt(text, date + 5)
  const day = pairAt(text, date + 8)
  const hour = pairAt(text, clock)
  const minute = pairAt(text, clock + 3)
  const second = pairAt(text, clock + 6)
  if (century < 0 || year < 0 || month < 0 || day < 0) return undefined
  if (hour < 0 || minute < 0 || second < 0) return undefined
  return utcTime(century * 100 + year, month, day, hour, minute, second, 0)
}

/** UTC milliseconds of a local time whose offset (`+0200`) stands at `offset`; undefined for another form. */
export function timeWithOffset(local: number, text: string, offset: number): number | undefined {
  const sign = text.charCodeAt(offset)
  const hours = pairAt(text, offset + 1)
  const minutes = pairAt(text, offset + 3)
  if ((sign !== PLUS && sign !== DASH) || hours < 0 || minutes < 0) return undefined
  const ahead = (hours * 60 + minutes) * MS_PER_MINUTE
  return sign === DASH ? local + ahead : local - ahead
}

/** Two digits as a number, or -1. */
function pairAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30
  const ones = text.charCodeAt(at + 1) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}
