// Times as .NET writes them in the United States: month first, hours of twelve.
import type { ParseContext } from '../event.ts'
import { parseTime } from '../time.ts'

const US_TIME =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,9})?))?(?: ([AP]M))?(?: ?([+-]\d\d:\d\d|Z))?$/

/** Milliseconds of `11/14/2025 1:48:53 AM`, also without AM or PM, with an offset; undefined for any other text. */
export function usTime(text: string, context: ParseContext): number | undefined {
  const match = US_TIME.exec(text)
  if (match === null) return undefined
  const [, month = '', day = '', year, hour = '', minute, second = '00', half, zone = ''] = match
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'PM' ? 12 : 0)
  if (half !== undefined && (hour === '0' || Number(hour) > 12)) return undefined
  const clock = `${String(hours).padStart(2, '0')}:${minute}:${second}`
  return parseTime(
    `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${clock}${zone}`,
    context,
  )
}
