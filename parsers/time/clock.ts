// A clock and its offset behind a known date.
import { utcTime, zonedTime } from '../calendar.ts'
import { digits, isDigit } from './scan.ts'

/** What times are read with that leave out their year or zone. */
export interface TimeContext {
  /** Now, milliseconds: for years that a format leaves out. */
  readonly now: number
  /** Zone of times without one, IANA name; `UTC` by default. */
  readonly timeZone: string
}

/** A time that stands at the start of a text, and where it ends. */
export interface TimeAt {
  readonly time: number
  readonly end: number
}

/** `HH:MM[:SS[.fraction]]` and an offset, of a known date. */
export function clockAt(
  text: string,
  start: number,
  year: number,
  month: number,
  day: number,
  context: TimeContext,
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
export function zoned(
  local: number | undefined,
  text: string,
  end: number,
  context: TimeContext,
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

/** Whether ` UTC` or ` GMT` stands at `at`. */
export function isUtcName(text: string, at: number): boolean {
  if (at + 4 > text.length || text.charCodeAt(at) !== 0x20) return false
  const first = text.charCodeAt(at + 1)
  if (first !== 0x55 && first !== 0x47) return false
  return text.startsWith(' UTC', at) || text.startsWith(' GMT', at)
}
