// When a line was written: its date and clock, else the time of its event.
import { zonedTime } from '../calendar.ts'
import { timeWithOffset, utcTimeAt } from '../device/clock.ts'
import type { WritableFields } from '../device/event.ts'
import { epochTime } from '../epoch-time.ts'
import type { ParseContext } from '../event.ts'
import { parseTime } from '../time.ts'
import { AT, WANTED, word } from './pairs.ts'

/** Old releases put a blank behind the hour: `time=12: 26:24`. */
export function joinClock(text: string, start: number, fields: WritableFields): void {
  const parts = /^time=(\d\d:) (\d\d:\d\d)(?= |$)/.exec(text.slice(start, start + 16))
  if (parts === null) return
  fields.time = `${parts[1]}${parts[2]}`
  WANTED.values[AT.time] = fields.time
}

const DATE_UNITS = '2026-11-20'.length
const CLOCK_UNITS = '10:11:12'.length
const OFFSET_UNITS = '+0100'.length

/** The time of a line in the form of all newer releases; undefined for any other. */
function plainTime(text: string, context: ParseContext): number | undefined {
  const { values, starts } = WANTED
  const isPlain = values[AT.date]?.length === DATE_UNITS && values[AT.time]?.length === CLOCK_UNITS
  const local = isPlain ? utcTimeAt(text, starts[AT.date]!, starts[AT.time]!) : undefined
  const zone = word(AT.tz)
  if (local === undefined) return undefined
  if (zone === undefined) return zonedTime(local, context.timeZone)
  return zone.length === OFFSET_UNITS ? timeWithOffset(local, text, starts[AT.tz]!) : undefined
}

/** The time of the line that was read last, milliseconds. */
export function timeOf(text: string, context: ParseContext): number | undefined {
  const plain = plainTime(text, context)
  if (plain !== undefined) return plain
  const date = WANTED.values[AT.date]
  const zone = offsetOf(word(AT.tz) ?? '')
  const clock = WANTED.values[AT.time]
  const local = date === undefined ? undefined : parseTime(`${date} ${clock}${zone}`, context)
  if (local !== undefined) return local
  const event = word(AT.eventtime) ?? word(AT.timestamp) ?? word(AT.itime)
  return event === undefined ? undefined : epochTime(Number(event))
}

/** `+0200` of `UTC+2:00`, `GMT+2`, `+2:00` or itself. */
function offsetOf(zone: string): string {
  if (zone.length === 5 || zone === '') return zone
  const parts = /^(?:[A-Z]{1,4})?([+-])(\d{1,2})(?::?(\d\d))?$/.exec(zone)
  if (parts === null) return zone === 'UTC' || zone === 'GMT' ? 'Z' : zone
  return `${parts[1]}${parts[2]!.padStart(2, '0')}${parts[3] ?? '00'}`
}
