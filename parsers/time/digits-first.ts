// Times that start with digits: ISO 8601 and its kin, the Common Log Format, a year before a month's name.
import { utcTime } from '../calendar.ts'
import { clockAt, type TimeAt, type TimeContext, zoned } from './clock.ts'
import { digits, isDigit, monthAt } from './scan.ts'

/** ISO 8601 and its kin: `2026-07-28T11:45:48.862Z`, with space or `_`, `2026/07/28 11:45:48`, offsets
 * `+02:00 +0200 +02`, `20260728T114548Z`, a date alone. Without offset the context's zone. */
export function isoAt(text: string, start: number, context: TimeContext): TimeAt | undefined {
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
  context: TimeContext,
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

/** `10/Oct/2000:13:55:36 -0700` (Common Log Format), `28-Jul-2026 11:28:00.123`, `28 Jul 2026 11:28:00`. */
export function clfAt(text: string, start: number, context: TimeContext): TimeAt | undefined {
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

/** `2026 Nov 20 10:11:12`, as rsyslog and syslog-ng write times that have a year. */
export function yearFirstAt(text: string, start: number, context: TimeContext): TimeAt | undefined {
  const at = start + 5
  if (text.charCodeAt(start + 4) !== 0x20 || monthAt(text, at) === 0) return undefined
  const year = digits(text, start, 4)
  const dayStart = text.charCodeAt(at + 4) === 0x20 ? at + 5 : at + 4
  const day = digits(text, dayStart, isDigit(text.charCodeAt(dayStart + 1)) ? 2 : 1)
  const behind = text.indexOf(' ', dayStart)
  if (year < 0 || day < 0 || behind < 0 || behind - dayStart > 2) return undefined
  return clockAt(text, behind + 1, year, monthAt(text, at), day, context)
}

/** Ten digits of seconds, six of microseconds: `1795169472.123456`, as `journalctl -o short-unix` writes. */
export function epochAt(text: string, start: number): TimeAt | undefined {
  if (text.charCodeAt(start + 10) !== 0x2e || text.charCodeAt(start + 17) !== 0x20) return undefined
  const seconds = digits(text, start, 10)
  const micros = digits(text, start + 11, 6)
  if (seconds < 0 || micros < 0) return undefined
  return { time: seconds * 1000 + Math.floor(micros / 1000), end: start + 17 }
}
