// What devices write behind the time of a syslog header.
import { zoneOffsetMinutes } from '../device/zones.ts'
import type { ParseContext } from '../event.ts'
import { type TimeAt, timeAt } from '../time.ts'

const ZONE_OR_YEAR = /^ (?:([A-Z]{3,4})|((?:19|20)\d\d))(?= )/

/** A time with what devices write behind it: a zone's abbreviation or the year behind a month's date (`Nov 20
 * 10:11:12 CET `, `Nov 20 10:11:12 2026 `), `Z` behind an offset. */
export function wholeTime(
  text: string,
  start: number,
  found: TimeAt,
  context: ParseContext,
): TimeAt {
  const { end } = found
  const behind = text.charCodeAt(end)
  if (behind === 0x5a) return { time: found.time, end: end + 1 }
  // Hosts in small letters, and in digits that are no year, are the commonest words behind a time.
  const first = text.charCodeAt(end + 1)
  if (behind !== 0x20 || first > 0x5a || !(text.charCodeAt(start) > 0x40)) return found
  const match = ZONE_OR_YEAR.exec(text.slice(end, end + 6))
  if (match === null) return found
  const [word, zone, year] = match
  const stamp = text.slice(start, end)
  if (year !== undefined) {
    const at = stamp.lastIndexOf(' ')
    const dated = timeAt(`${stamp.slice(0, at)} ${year}${stamp.slice(at)}`, 0, context)
    return dated === undefined ? found : { time: dated.time, end: end + word.length }
  }
  const offset = zoneOffsetMinutes(zone!)
  const utc = offset === undefined ? undefined : timeAt(stamp, 0, { ...context, timeZone: 'UTC' })
  if (offset === undefined || utc === undefined) return found
  const zoned = { time: utc.time - offset * 60_000, end: end + word.length }
  // `Nov 20 10:11:12 CET 2026 `.
  const dated = DATED.exec(text.slice(zoned.end, zoned.end + 6))
  if (dated === null) return zoned
  const at = stamp.lastIndexOf(' ')
  const written = `${stamp.slice(0, at)} ${dated[1]}${stamp.slice(at)}`
  const whole = timeAt(written, 0, { ...context, timeZone: 'UTC' })
  if (whole === undefined) return zoned
  return { time: whole.time - offset * 60_000, end: zoned.end + dated[0].length }
}

const DATED = /^ ((?:19|20)\d\d)(?= )/
