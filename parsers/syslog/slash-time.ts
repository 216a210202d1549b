// The time of a header with slashes, as load balancers write it: `11/20/2026:10:11:12 GMT `.
import { zoneOffsetMinutes } from '../device/zones.ts'
import type { ParseContext } from '../event.ts'
import { type TimeAt, timeAt } from '../time.ts'

const TIME = /(\d\d)\/(\d\d)\/(\d{4}):(\d\d:\d\d:\d\d)(?: ([A-Z]{3,4})(?= ))?/y
const MONTHS = 12
const SLASH = 0x2f

/** The time at `start`: month first, unless that is none. */
export function slashTimeAt(
  text: string,
  start: number,
  context: ParseContext,
): TimeAt | undefined {
  if (text.charCodeAt(start + 2) !== SLASH) return undefined
  TIME.lastIndex = start
  const match = TIME.exec(text)
  if (match === null) return undefined
  const [word, first, second, year, clock, zone] = match
  const date = Number(first) > MONTHS ? `${second}-${first}` : `${first}-${second}`
  const offset = zone === undefined ? undefined : zoneOffsetMinutes(zone)
  const own = offset === undefined ? context : { ...context, timeZone: 'UTC' }
  const time = timeAt(`${year}-${date}T${clock}`, 0, own)?.time
  if (time === undefined) return undefined
  return { time: time - (offset ?? 0) * 60_000, end: start + word.length }
}
