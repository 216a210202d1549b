// Timestamps of every log format to UTC milliseconds. Text is scanned by hand: no pattern can run away.
import type { FieldValue } from '../sigma/event.ts'
import { zoneOffsetMinutes } from './device/zones.ts'
import { epochTime } from './epoch-time.ts'
import type { TimeAt, TimeContext } from './time/clock.ts'
import { clfAt, isoAt, yearFirstAt } from './time/digits-first.ts'
import { monthFirstAt } from './time/month-first.ts'
import { isDigit } from './time/scan.ts'
import { usTimeAsIso } from './time/us.ts'

export type { TimeAt } from './time/clock.ts'
export { clfAt, epochAt, isoAt } from './time/digits-first.ts'
export { AHEAD_MAX_MS, monthFirstAt } from './time/month-first.ts'

const TIME_LENGTH_MAX = 64

/** Milliseconds of a timestamp in any known form, or undefined. Numbers (and text that is a number) are
 * epoch seconds, milliseconds, microseconds or nanoseconds by their size. */
export function parseTime(value: FieldValue | undefined, context: TimeContext): number | undefined {
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
let lastContext: TimeContext | undefined
let lastFound: TimeAt | undefined

/** The timestamp that starts at `start`, whatever its form. Several parsers ask for that of the same line one after
 * the other, so the last answer is kept. */
export function timeAt(text: string, start: number, context: TimeContext): TimeAt | undefined {
  if (start !== 0) return anyTimeAt(text, start, context)
  if (text !== lastText || context !== lastContext) {
    lastFound = anyTimeAt(text, 0, context)
    lastText = text
    lastContext = context
  }
  return lastFound
}

function anyTimeAt(text: string, start: number, context: TimeContext): TimeAt | undefined {
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

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** `Tue Jul 28 11:28:00 2026`, `Tue 2026-07-28 11:28:00 UTC` and `Tue, 28 Jul 2026 11:28:00 GMT`. */
function weekdayAt(text: string, start: number, context: TimeContext): TimeAt | undefined {
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

/** Behind a weekday: `2026-07-28 11:28:00 CEST`, as `journalctl -o short-full` writes. */
function namedZoneAt(text: string, start: number, context: TimeContext): TimeAt | undefined {
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
