// Calendar arithmetic on UTC milliseconds for any year from 1 to 9999, and times of named zones.
const MS_PER_DAY = 86_400_000
const OFFSETS_CACHED = 4096

/** UTC milliseconds of a time that is taken as UTC; undefined when there is no such date or hour. */
export function utcTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millisecond: number,
): number | undefined {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month))) return undefined
  if (!(hour >= 0 && hour <= 24 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60)) {
    return undefined
  }
  if (hour === 24 && (minute > 0 || second > 0)) return undefined
  // Most lines are of the same day as the line before.
  if (day !== lastDay || month !== lastMonth || year !== lastYear) {
    lastDayMs = daysSince1970(year, month, day) * MS_PER_DAY
    lastDay = day
    lastMonth = month
    lastYear = year
  }
  return lastDayMs + (hour * 3600 + minute * 60 + second) * 1000 + millisecond
}

let lastYear = 0
let lastMonth = 0
let lastDay = 0
let lastDayMs = 0

/** Days of a month in the proleptic Gregorian calendar. */
export function daysOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The instant, UTC milliseconds, at which clocks of `timeZone` show `local` (a local time taken as UTC).
 * Of a repeated hour the first; a skipped time counts as if the clock had not been moved. */
export function zonedTime(local: number, timeZone: string): number {
  if (timeZone === 'UTC') return local
  if (timeZone !== localZone) {
    localZone = timeZone
    localQuarters.fill(Number.NaN)
  }
  // Within a quarter of an hour of the clock the offset is one.
  const quarter = Math.floor(local / QUARTER_MS)
  const slot = quarter & (LOCAL_SLOTS - 1)
  if (localQuarters[slot] === quarter) return local - localOffsets[slot]!
  const time = searchedTime(local, timeZone)
  localQuarters[slot] = quarter
  localOffsets[slot] = local - time
  return time
}

const QUARTER_MS = 900_000
/** Quarters kept of the zone in use; a power of two. */
const LOCAL_SLOTS = 4096
let localZone = ''
const localQuarters = new Float64Array(LOCAL_SLOTS).fill(Number.NaN)
const localOffsets = new Float64Array(LOCAL_SLOTS)

function searchedTime(local: number, timeZone: string): number {
  const early = local - offsetOf(timeZone, local - MS_PER_DAY)
  const late = local - offsetOf(timeZone, local + MS_PER_DAY)
  if (offsetOf(timeZone, early) === local - early) return early
  if (offsetOf(timeZone, late) === local - late) return late
  return early
}

/** Whether a zone name is known to this system. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const offsetsByZone = new Map<string, Map<number, number>>()
/** Lines of one source are of one zone. */
let lastZone = ''
let lastOffsets = new Map<number, number>()

function offsetsOf(timeZone: string): Map<number, number> {
  let offsets = offsetsByZone.get(timeZone)
  if (offsets === undefined) {
    offsets = new Map()
    offsetsByZone.set(timeZone, offsets)
  }
  lastZone = timeZone
  lastOffsets = offsets
  return offsets
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far clocks of a zone are ahead of UTC at an instant, milliseconds. Transitions lie on quarter hours. */
function offsetOf(timeZone: string, instant: number): number {
  const quarter = Math.floor(instant / 900_000)
  const offsets = timeZone === lastZone ? lastOffsets : offsetsOf(timeZone)
  const known = offsets.get(quarter)
  if (known !== undefined) return known
  const offset = readOffset(timeZone, quarter * 900_000)
  if (offsets.size >= OFFSETS_CACHED) offsets.clear()
  offsets.set(quarter, offset)
  return offset
}

function readOffset(timeZone: string, instant: number): number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(timeZone, format)
  }
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts
  return (utcTime(year, month, day, hour, minute, second, 0) ?? instant) - instant
}
