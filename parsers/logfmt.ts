// `key=value key="quoted value"` lines of unknown make: the keys as they are, and what common names mean.
import { deviceEvent, type WritableFields } from './device/event.ts'
import { readPairs } from './device/pairs.ts'
import { zoneOffsetMinutes } from './device/zones.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { OPEN_LOGSOURCE } from './logsource.ts'
import { pairPivots } from './syslog/content.ts'
import { type SyslogLine, splitSyslog } from './syslog-header.ts'
import { parseTime } from './time.ts'

/** Pairs that a line must have to be recognised as one of them. */
const PAIRS_MIN = 3
const FIRST_PAIRS = /^[\w.@/-]{1,64}=(?:"[^"]{0,512}"|[^\s"]{0,256})[\s,]+[\w.@/-]{1,64}=/
/** Longest beginning of a line that is looked through for them, UTF-16 units. */
const PAIRS_UNITS_MAX = 2048
const BLANK = 0x20

function passOver(): void {}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return { code: 'logfmt-no-pairs', message: 'JSON, no pairs' }
  const { header, text } = bodyOf(input.text, context)
  const fields: WritableFields = {}
  found = fields
  const count = readPairs(text, 0, BLANK, keepFirst)
  if (count === 0) return { code: 'logfmt-no-pairs', message: 'no name=value pair' }
  const { time, message, pivots } = pairPivots(fields, context)
  return deviceEvent(header, {
    time: clockOf(fields, context) ?? time,
    logsource: OPEN_LOGSOURCE,
    message: message ?? text,
    fields,
    pivots,
  })
}

// Of the line that is read now: one function takes the pairs of them all.
let found: WritableFields = {}

function keepFirst(name: string, value: string): void {
  if (name !== '__proto__' && found[name] === undefined) found[name] = value
}

const DAY = /^\d{4}[-/]\d\d[-/]\d\d$/

/** The time of `date=2026-11-20 time=10:11:12 timezone="CET"`. */
function clockOf(
  { date, time, timezone }: WritableFields,
  context: ParseContext,
): number | undefined {
  if (typeof date !== 'string' || typeof time !== 'string' || !DAY.test(date)) return undefined
  const offset = typeof timezone === 'string' ? zoneOffsetMinutes(timezone) : undefined
  if (offset === undefined) return parseTime(`${date} ${time}`, context)
  const utc = parseTime(`${date} ${time}`, { ...context, timeZone: 'UTC' })
  return utc === undefined ? undefined : utc - offset * 60_000
}

const PRIORITY = /^<(?:\d{1,2}|1[0-8]\d|19[01])>/

/** Where the pairs start, behind a priority or at the start; -1 where something else stands there. */
function pairsStart(text: string): number {
  const start = text.charCodeAt(0) === 0x3c ? (PRIORITY.exec(text)?.[0].length ?? 0) : 0
  return FIRST_PAIRS.test(text.slice(start, start + 1024)) ? start : -1
}

function bodyOf(
  text: string,
  context: ParseContext,
): { readonly header?: SyslogLine; readonly text: string } {
  const start = pairsStart(text)
  if (start === 0) return { text }
  if (start > 0) {
    const priority = Number(text.slice(1, start - 1))
    const message = text.slice(start)
    return { header: { form: 'rfc3164', priority, message }, text: message }
  }
  const header = splitSyslog(text, context)
  return header === undefined ? { text } : { header, text: header.message }
}

export const logfmt: Parser = {
  name: 'logfmt',
  title: 'logfmt and other key=value lines',
  aliases: ['kv', 'keyvalue', 'key_value'],
  keys: [],
  recognise(input) {
    const start = input.json === undefined ? pairsStart(input.text) : -1
    if (start < 0) return false
    const text =
      input.text.length > PAIRS_UNITS_MAX ? input.text.slice(0, PAIRS_UNITS_MAX) : input.text
    return readPairs(text, start, BLANK, passOver, PAIRS_MIN) === PAIRS_MIN
  },
  parse,
}
