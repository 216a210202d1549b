// Times that start with a month's name, most of them without a year.
import { utcTime } from '../calendar.ts'
import { clockAt, isUtcName, type TimeAt, type TimeContext } from './clock.ts'
import { digits, isDigit, monthAt } from './scan.ts'

/** A year that a format leaves out is chosen so that the time is at most this far ahead of now. */
export const AHEAD_MAX_MS = 24 * 60 * 60 * 1000
const YEARS_BACK_MAX = 8
/** More than any offset that can be written: two digits of hours and of minutes. */
const OFFSET_MAX_MS = 101 * 60 * 60 * 1000

/** `Jul 28 11:28:41` (RFC 3164), also with a year after the day or at the end, and fractions. */
export function monthFirstAt(
  text: string,
  start: number,
  context: TimeContext,
): TimeAt | undefined {
  const month = monthAt(text, start)
  if (month === 0 || text.charCodeAt(start + 3) !== 0x20) return undefined
  const dayStart = text.charCodeAt(start + 4) === 0x20 ? start + 5 : start + 4
  const dayLength = isDigit(text.charCodeAt(dayStart + 1)) ? 2 : 1
  const day = digits(text, dayStart, dayLength)
  let at = dayStart + dayLength
  if (day < 0 || text.charCodeAt(at) !== 0x20) {
    return text.charCodeAt(at) === 0x2c ? kibanaAt(text, at, month, day, context) : undefined
  }
  at++
  const year = digits(text, at, 4)
  if (year >= 0 && text.charCodeAt(at + 4) === 0x20) {
    return clockAt(text, at + 5, year, month, day, context)
  }
  const clock = clockEnd(text, at)
  if (clock === undefined) return undefined
  const trailing = text.charCodeAt(clock) === 0x20 ? digits(text, clock + 1, 4) : -1
  if (trailing >= 1900 && !isDigit(text.charCodeAt(clock + 5)) && endsYear(text, clock + 5)) {
    const isUtc = isUtcName(text, clock + 5)
    const zone = isUtc ? { ...context, timeZone: 'UTC' } : context
    const found = clockAt(text, at, trailing, month, day, zone)
    return found && { time: found.time, end: clock + (isUtc ? 9 : 5) }
  }
  return nearestYear(text, at, month, day, context)
}

/** What stands behind the day of `Nov 20, 2026 @ 10:11:12.123`, as Kibana exports times. */
function kibanaAt(
  text: string,
  at: number,
  month: number,
  day: number,
  context: TimeContext,
): TimeAt | undefined {
  const year = digits(text, at + 2, 4)
  if (year < 0 || !text.startsWith(' @ ', at + 6)) return undefined
  return clockAt(text, at + 9, year, month, day, context)
}

/** After a year at the end of a date comes a separator, never `HH:MM` or a host name's letters. */
function endsYear(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return Number.isNaN(code) || code === 0x20 || code === 0x5d || code === 0x3a || code === 0x09
}

function clockEnd(text: string, at: number): number | undefined {
  if (digits(text, at, 2) < 0 || text.charCodeAt(at + 2) !== 0x3a) return undefined
  if (digits(text, at + 3, 2) < 0 || text.charCodeAt(at + 5) !== 0x3a) return undefined
  if (digits(text, at + 6, 2) < 0) return undefined
  let end = at + 8
  if (text.charCodeAt(end) === 0x2e) for (end++; isDigit(text.charCodeAt(end)); ) end++
  return end
}

let lastYear = 0
let lastYearStart = Number.NaN
let lastYearEnd = Number.NaN

/** The year a day after now; most lines are of one year. */
function yearAhead(now: number): number {
  const ahead = now + AHEAD_MAX_MS
  if (!(ahead >= lastYearStart && ahead < lastYearEnd)) {
    lastYear = new Date(ahead).getUTCFullYear()
    lastYearStart = Date.UTC(lastYear, 0)
    lastYearEnd = Date.UTC(lastYear + 1, 0)
  }
  return lastYear
}

/** The clock at `at` of a month and day in the year nearest to now that is at most a day ahead. */
function nearestYear(
  text: string,
  at: number,
  month: number,
  day: number,
  context: TimeContext,
): TimeAt | undefined {
  const latest = context.now + AHEAD_MAX_MS
  const year = yearAhead(context.now)
  // Only the first days of the year behind that one may lie before its end somewhere.
  const first = month === 1 && day <= 2 ? -1 : 0
  for (let back = first; back <= YEARS_BACK_MAX; back++) {
    const midnight = utcTime(year - back, month, day, 0, 0, 0, 0)
    if (midnight === undefined || midnight - OFFSET_MAX_MS > latest) continue
    const found = clockAt(text, at, year - back, month, day, context)
    if (found !== undefined && found.time <= latest) return found
  }
  return undefined
}
