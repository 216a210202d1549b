// Times as American consoles, their exports and .NET write them: `11/20/2026, 3:11:12.345 PM`, month first.
import type { TimeContext } from './clock.ts'
import { isoAt } from './digits-first.ts'

const TIME =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,9})?))?(?: ?([AaPp])\.?[Mm]\.?)?(?: ?([+-]\d\d:\d\d|Z))?$/
const MONTHS = 12
const DAYS_MAX = 31
const HALF_DAY_HOURS = 12

/** The time as ISO 8601 without a zone, of text that says AM or PM and no offset; undefined for any other text,
 * and for months, days or hours that are none. */
export function usTimeAsIso(text: string): string | undefined {
  const match = TIME.exec(text)
  return match === null || match[7] === undefined || match[8] !== undefined ? undefined : iso(match)
}

/** Milliseconds of such a time, also without AM or PM and with an offset, where it can be nothing else; undefined
 * for any other text. */
export function usTime(text: string, context: TimeContext): number | undefined {
  const match = TIME.exec(text)
  const written = match === null ? undefined : iso(match)
  return written === undefined ? undefined : isoAt(written, 0, context)?.time
}

function iso(match: RegExpExecArray): string | undefined {
  const [, month = '', day = '', year, hour = '', minutes, seconds = '00', half, zone = ''] = match
  if (Number(month) > MONTHS || Number(day) > DAYS_MAX) return undefined
  if (half !== undefined && (hour === '0' || Number(hour) > HALF_DAY_HOURS)) return undefined
  const afternoon = half?.toLowerCase() === 'p' ? HALF_DAY_HOURS : 0
  const whole = half === undefined ? hour : String((Number(hour) % HALF_DAY_HOURS) + afternoon)
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return `${date}T${whole.padStart(2, '0')}:${minutes}:${seconds}${zone}`
}
