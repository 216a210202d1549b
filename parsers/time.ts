// Timestamps of every log format to UTC milliseconds. Text is scanned by hand: no pattern can run away.
import type { FieldValue } from '../sigma/event.ts'
import { utcTime, zonedTime } from './calendar.ts'
import { zoneOffsetMinutes } from './device/zones.ts'
import { epochTime } from './epoch-time.ts'
import type { ParseContext } from './event.ts'
import { usTimeAsIso } from './us-time.ts'

/** A year that a format leaves out is chosen so that the time is at most this far ahead of now. */
export const AHEAD_MAX_MS = 24 * 60 * 60 * 1000
const TIME_LENGTH_MAX = 64
const YEARS_BACK_MAX = 8
/** More than any offset that can be written: two digits of hours and of minutes. */
const OFFSET_MAX_MS = 101 * 60 * 60 * 1000

/** A time that stands at the start of a text, and where it ends. */
export interface TimeAt {
  readonly time: number
  readonly end: number
}

/** Milliseconds of a timestamp in any known form, or undefined. Numbers (and text that is a number) are
 * epoch seconds, milliseconds, microseconds or nanoseconds by their size. */
export function parseTime(
  value: FieldValue | undefined,
  context: ParseContext,
): number | undefined {
  if (typeof value === 'number') return epochTime(value)
  if (typeof value !== 'string' || value.length > TIME_LENGTH_MAX) return undefined
  const text = value.trim()
  if (isDecimal(text)) return epochTime(Number(text))
  const found = timeAt(text, 0, context)
  if (found !== undefined) return isZoneRest(text, found.end) ? found.time : undefined
  const iso = text.charCodeAt(text.length - 1) > 0x40 ? usTimeAsIso(text) : undefined
  return iso === undefined ? undefined : timeAt(iso, 0, context)?.time
}

let lastText: string | undefined
let lastContext: ParseContext | undefined
let lastFound: TimeAt | undefined

/** The timestamp that starts at `start`, whatever its form. Several parsers ask for that of the same line one after
 * the other, so the last answer is kept. */
export function timeAt(text: string, start: number, context: ParseContext): TimeAt | undefined {
  if (start !== 0) return anyTimeAt(text, start, context)
  if (text !== lastText || context !== lastContext) {
    lastFound = anyTimeAt(text, 0, context)
    lastText = text
    lastContext = context
  }
  return lastFound
}

function anyTimeAt(text: string, start: number, context: ParseContext): TimeAt | undefined {
  const first = text.charCodeAt(start)
  if (first >= 0x30 && first <= 0x39) {
    return (
      isoAt(text, start, context) ??
      clfAt(text, start, context) ??
      yearFirstAt(text, start, context)
    )
  }
  return monthFirstAt(text, start, context) ?? weekdayAt(text, start, context)
}

/** `2026 Nov 20 10:11:12`, as rsyslog and syslog-ng write times that have a year. */
function yearFirstAt(text: string, start: number, context: ParseContext): TimeAt | undefined {
  const at = start + 5
  if (text.charCodeAt(start + 4) !== 0x20 || monthAt(text, at) === 0) return undefined
  const year = digits(text, start, 4)
  const dayStart = text.charCodeAt(at + 4) === 0x20 ? at + 5 : at + 4
  const day = digits(text, dayStart, isDigit(text.charCodeAt(dayStart + 1)) ? 2 : 1)
  const behind = text.indexOf(' ', dayStart)
  if (year < 0 || day < 0 || behind < 0 || behind - dayStart > 2) return undefined
  return clockAt(text, behind + 1, year, monthAt(text, at), day, context)
}

/** ISO 8601 and its kin: `2026-07-28T11:45:48.862Z`, with space or `_`, `2026/07/28 11:45:48`, offsets
 * `+02:00 +0200 +02`, `20260728T114548Z`, a date alone. Without offset the context's zone. */
export function isoAt(text: string, start: number, context: ParseContext): TimeAt | undefined {
  const year = digits(text, start, 4)
  if (year < 0) return undefined
  const separator = text.charCodeAt(start + 4)
  if (separator !== 0x2d && separator !== 0x2f) return compactIsoAt(text, start, year, context)
  const month = digits(text, start + 5, 2)
  const day = digits(text, start + 8, 2)
  if (month < 0 || day < 0 || text.charCodeAt(start + 7) !== separator) return undefined
  const join = start + 10 < text.length ? text.charCodeAt(start + 10) : 0
  if (join !== 0x54 && join !== 0x20 && join !== 0x74 && join !== 0x5f) {
    return zoned(utcTime(year, month, day, 0, 0, 0, 0), text, start + 10, context)
  }
  return clockAt(text, start + 11, year, month, day, context)
}

function compactIsoAt(
  text: string,
  start: number,
  year: number,
  context: ParseContext,
): TimeAt | undefined {
  const month = digits(text, start + 4, 2)
  const day = digits(text, start + 6, 2)
  const hour = digits(text, start + 9, 2)
  const minute = digits(text, start + 11, 2)
  const second = digits(text, start + 13, 2)
  if (text.charCodeAt(start + 8) !== 0x54 || month < 0 || day < 0) return undefined
  if (hour < 0 || minute < 0 || second < 0) return undefined
  return zoned(utcTime(year, month, day, hour, minute, second, 0), text, start + 15, context)
}

/** `HH:MM[:SS[.fraction]]` and an offset, of a known date. */
function clockAt(
  text: string,
  start: number,
  year: number,
  month: number,
  day: number,
  context: ParseContext,
): TimeAt | undefined {
  const hour = digits(text, start, 2)
  const minute = digits(text, start + 3, 2)
  if (hour < 0 || minute < 0 || text.charCodeAt(start + 2) !== 0x3a) return undefined
  let end = start + 5
  let second = 0
  let millisecond = 0
  if (end < text.length && text.charCodeAt(end) === 0x3a) {
    second = digits(text, end + 1, 2)
    if (second < 0) return undefined
    end += 3
    const mark = end + 1 < text.length ? text.charCodeAt(end) : 0
    if ((mark === 0x2e || mark === 0x2c) && isDigit(text.charCodeAt(end + 1))) {
      let scale = 100
      for (end++; end < text.length && isDigit(text.charCodeAt(end)); end++) {
        millisecond += (text.charCodeAt(end) - 0x30) * scale
        scale = scale === 100 ? 10 : scale === 10 ? 1 : 0
      }
    }
  }
  return zoned(utcTime(year, month, day, hour, minute, second, millisecond), text, end, context)
}

/** Applies the offset written at `end`, or the context's zone where there is none. */
function zoned(
  local: number | undefined,
  text: string,
  end: number,
  context: ParseContext,
): TimeAt | undefined {
  if (local === undefined) return undefined
  if (end >= text.length) return { time: zonedTime(local, context.timeZone), end }
  let at = end
  if (text.charCodeAt(at) === 0x20 && isOffsetSign(text, at + 1)) at++
  const mark = text.charCodeAt(at)
  if (mark === 0x5a || mark === 0x7a) return { time: local, end: at + 1 }
  if (isOffsetSign(text, at)) {
    const hours = digits(text, at + 1, 2)
    const colon = text.charCodeAt(at + 3) === 0x3a ? 1 : 0
    const minutes = digits(text, at + 3 + colon, 2)
    const offset = (hours * 60 + Math.max(minutes, 0)) * 60_000
    const length = minutes < 0 ? 3 : 5 + colon
    return { time: mark === 0x2d ? local + offset : local - offset, end: at + length }
  }
  if (isUtcName(text, end)) return { time: local, end: end + 4 }
  return { time: zonedTime(local, context.timeZone), end }
}

function isOffsetSign(text: string, at: number): boolean {
  const mark = text.charCodeAt(at)
  return (mark === 0x2b || mark === 0x2d) && digits(text, at + 1, 2) >= 0
}

function isUtcName(text: string, at: number): boolean {
  if (at + 4 > text.length || text.charCodeAt(at) !== 0x20) return false
  const first = text.charCodeAt(at + 1)
  if (first !== 0x55 && first !== 0x47) return false
  return text.startsWith(' UTC', at) || text.startsWith(' GMT', at)
}

/** `Jul 28 11:28:41` (RFC 3164), also with a year after the day or at the end, and fractions. */
export function monthFirstAt(
  text: string,
  start: number,
  context: ParseContext,
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
  context: ParseContext,
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
  context: ParseContext,
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

/** Ten digits of seconds, six of microseconds: `1795169472.123456`, as `journalctl -o short-unix` writes. */
export function epochAt(text: string, start: number): TimeAt | undefined {
  if (text.charCodeAt(start + 10) !== 0x2e || text.charCodeAt(start + 17) !== 0x20) return undefined
  const seconds = digits(text, start, 10)
  const micros = digits(text, start + 11, 6)
  if (seconds < 0 || micros < 0) return undefined
  return { time: seconds * 1000 + Math.floor(micros / 1000), end: start + 17 }
}

/** Behind a weekday: `2026-07-28 11:28:00 CEST`, as `journalctl -o short-full` writes. */
function namedZoneAt(text: string, start: number, context: ParseContext): TimeAt | undefined {
  const found = isoAt(text, start, context)
  const name =
    found === undefined
      ? undefined
      : /^ ([A-Z]{2,5})(?= |$)/.exec(text.slice(found.end, found.end + 7))?.[1]
  if (found === undefined || name === undefined) return found
  const end = found.end + 1 + name.length
  const offset = zoneOffsetMinutes(name)
  if (offset === undefined) return { time: found.time, end }
  const local = isoAt(text, start, { ...context, timeZone: 'UTC' })
  return local === undefined ? undefined : { time: local.time - offset * 60_000, end }
}

/** `Tue Jul 28 11:28:00 2026`, `Tue 2026-07-28 11:28:00 UTC` and `Tue, 28 Jul 2026 11:28:00 GMT`. */
function weekdayAt(text: string, start: number, context: ParseContext): TimeAt | undefined {
  const first = text.charCodeAt(start)
  if (!(first >= 0x46 && first <= 0x57)) return undefined
  if (!WEEKDAYS.includes(text.slice(start, start + 3))) return undefined
  const after = start + 3
  if (text.charCodeAt(after) === 0x20) {
    return isDigit(text.charCodeAt(after + 1))
      ? namedZoneAt(text, after + 1, context)
      : monthFirstAt(text, after + 1, context)
  }
  if (text.startsWith(', ', after)) return clfAt(text, after + 2, context)
  return undefined
}

/** `10/Oct/2000:13:55:36 -0700` (Common Log Format), `28-Jul-2026 11:28:00.123`, `28 Jul 2026 11:28:00`. */
export function clfAt(text: string, start: number, context: ParseContext): TimeAt | undefined {
  const dayLength = isDigit(text.charCodeAt(start + 1)) ? 2 : 1
  const day = digits(text, start, dayLength)
  const at = start + dayLength
  const separator = text.charCodeAt(at)
  if (day < 0 || (separator !== 0x2f && separator !== 0x2d && separator !== 0x20)) return undefined
  const month = monthAt(text, at + 1)
  const year = digits(text, at + 5, 4)
  if (month === 0 || year < 0 || text.charCodeAt(at + 4) !== separator) return undefined
  const join = text.charCodeAt(at + 9)
  if (join !== 0x3a && join !== 0x20) return undefined
  return clockAt(text, at + 10, year, month, day, context)
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Months by their three letters' codes. */
const MONTHS: ReadonlyMap<number, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
    (name, index) => [letters(name, 0), index + 1],
  ),
)

/** Three ASCII characters as one number; 0 where there are fewer or others. */
function letters(text: string, start: number): number {
  const a = text.charCodeAt(start)
  const b = text.charCodeAt(start + 1)
  const c = text.charCodeAt(start + 2)
  return a < 0x80 && b < 0x80 && c < 0x80 ? (a << 14) | (b << 7) | c : 0
}

/** 1 to 12 for an English month abbreviation, else 0. */
function monthAt(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (!(first >= 0x41 && first <= 0x53)) return 0
  return MONTHS.get(letters(text, start)) ?? 0
}

/** The number of exactly `count` digits at `start`, or -1. */
function digits(text: string, start: number, count: number): number {
  if (start + count > text.length) return -1
  let value = 0
  for (let index = start; index < start + count; index++) {
    const code = text.charCodeAt(index)
    if (!isDigit(code)) return -1
    value = value * 10 + code - 0x30
  }
  return value
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isDecimal(text: string): boolean {
  let index = text.charCodeAt(0) === 0x2d ? 1 : 0
  let points = 0
  const first = index
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x2e) points++
    else if (!isDigit(code)) return false
  }
  return index > first && points <= 1 && isDigit(text.charCodeAt(first)) && !isCompactDate(text)
}

/** Eight digits of this era are `20260728`, not seconds of 1970. */
function isCompactDate(text: string): boolean {
  return text.length === 8 && (text.startsWith('19') || text.startsWith('20'))
}

/** Whether what follows a timestamp is nothing, or the name of a zone in brackets: `[Europe/Berlin]`. */
function isZoneRest(text: string, end: number): boolean {
  if (end === text.length) return true
  const next = text.charCodeAt(end)
  return next === 0x5b || (next === 0x20 && ABBREVIATION.test(text.slice(end - 5)))
}

/** Go writes the zone's abbreviation behind its offset: `+0000 UTC`, `+0200 CEST m=+0.1`. */
const ABBREVIATION = /^[+-]\d{4} [A-Z]{2,5}(?: m=[+-]\d{1,12}\.\d{1,9})?$/
