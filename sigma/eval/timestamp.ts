// Parts of a timestamp that a field holds: Sigma's `|minute`, `|hour`, `|day`, `|week`, `|month`, `|year`.
import type { FieldValue } from '../event.ts'
import type { TimePart } from '../ir/expr.ts'
import { numberOf } from './numbers.ts'

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|UTC|[+-]\d\d:?\d\d)?)?$/i

const DAY_MS = 86_400_000
/** Epoch numbers below this are seconds, below its thousandfold milliseconds, and so on. */
const EPOCH_SECONDS_MAX = 100_000_000_000

/** Milliseconds since 1970 UTC of an ISO 8601 text (UTC without a zone) or an epoch number. */
export function timestampOf(value: FieldValue): number | undefined {
  const number = numberOf(value)
  if (number !== undefined) return epochMs(number)
  if (typeof value !== 'string') return undefined
  const match = ISO.exec(value)
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', , zone] = match
  const time = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second)
  const date = new Date(time)
  const real = date.getUTCMonth() === +month! - 1 && date.getUTCDate() === +day!
  return real && +hour < 24 && +minute < 60 ? time - zoneOffset_ms(zone) : undefined
}

function epochMs(number: number): number | undefined {
  if (!(number >= 0) || number >= EPOCH_SECONDS_MAX * 1e9) return undefined
  if (number < EPOCH_SECONDS_MAX) return number * 1000
  if (number < EPOCH_SECONDS_MAX * 1e3) return number
  return number < EPOCH_SECONDS_MAX * 1e6 ? number / 1e3 : number / 1e6
}

function zoneOffset_ms(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/** A part of a timestamp, in UTC: weeks are those of ISO 8601, months count from 1. */
export function timePart(time_ms: number, part: TimePart): number {
  const date = new Date(time_ms)
  switch (part) {
    case 'minute':
      return date.getUTCMinutes()
    case 'hour':
      return date.getUTCHours()
    case 'day':
      return date.getUTCDate()
    case 'week':
      return isoWeek(date)
    case 'month':
      return date.getUTCMonth() + 1
    case 'year':
      return date.getUTCFullYear()
  }
}

/** The week belongs to the year that holds its Thursday. */
function isoWeek(date: Date): number {
  const weekday = (date.getUTCDay() + 6) % 7
  const thursday = new Date(date.getTime() + (3 - weekday) * DAY_MS)
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  return Math.floor((thursday.getTime() - yearStart) / (7 * DAY_MS)) + 1
}
