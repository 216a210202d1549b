// What stands in front of a device's own text, whichever relays and formats put it there: octet count,
// priority, RFC 5424 or 3164 header, sequence numbers, a second time of the device itself, `host:`, `tag[7]:`.
import type { ParseContext } from '../event.ts'
import { type TimeAt, timeAt } from '../time.ts'
import { addWord, type DeviceHeader, type HeaderState } from './header-words.ts'
import { zoneOffsetMinutes } from './zones.ts'

/** Longest text in front of a device's own that is read as a header, UTF-16 units. */
export const HEADER_UNITS_MAX = 640
const WORDS_MAX = 24
const PRIORITY_MAX = 191
/** An octet count or a blank may stand in front of the priority. */
const PRIORITY = /^(?:\d{1,5} )?\s?<(\d{1,3})>/
const UTC_CONTEXT_ZONE = 'UTC'

/** The header in front of `end`; undefined where nothing stands there. */
export function headerBefore(
  text: string,
  end: number,
  context: ParseContext,
): DeviceHeader | undefined {
  if (end === 0) return undefined
  const header: DeviceHeader = { form: 'rfc3164', message: '' }
  const isMark = end <= '<134>'.length && readPriority(text, header) === end
  return isMark ? header : readHeader(text.slice(0, end), context)
}

/** Reads the header that is the whole of `prefix`; words it does not know are passed over. Never fails: a
 * collector may have cut anything. `message` is empty. */
export function readHeader(prefix: string, context: ParseContext): DeviceHeader {
  return readUpTo(prefix, prefix.length, context)
}

/** The header in front of a mark that begins with `%`. */
export function headerBeforeMark(text: string, mark: number, context: ParseContext): DeviceHeader {
  // Behind a blank a mark goes on with no word and no time: it need not be cut off.
  return text.charCodeAt(mark - 1) === 0x20
    ? readUpTo(text, mark, context)
    : readHeader(text.slice(0, mark), context)
}

function readUpTo(text: string, end: number, context: ParseContext): DeviceHeader {
  const header: DeviceHeader = { form: 'rfc3164', message: '' }
  let at = readPriority(text, header)
  if (header.priority !== undefined && is5424(text, at)) {
    return rfc5424(text.slice(0, end), at + 2, header, context)
  }
  const state: HeaderState = { header, again: false }
  for (let count = 0; at < end && count < WORDS_MAX; count++) {
    at = readPart(text, at, end, state, context)
  }
  return header
}

/** Whether RFC 5424's version stands there. */
function is5424(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0x31 && text.charCodeAt(at + 1) === 0x20
}

/** Reads `<134>`; where the rest starts. */
function readPriority(prefix: string, header: DeviceHeader): number {
  const first = prefix.charCodeAt(0)
  if (first === 0x3c) {
    let value = 0
    let at = 1
    for (; at < 4 && isDigit(prefix.charCodeAt(at)); at++) {
      value = value * 10 + prefix.charCodeAt(at) - 0x30
    }
    if (at === 1 || prefix.charCodeAt(at) !== 0x3e || value > PRIORITY_MAX) return 0
    header.priority = value
    return at + 1
  }
  // Letters are the commonest start of what has no priority.
  if (first > 0x39) return 0
  const mark = PRIORITY.exec(prefix)
  if (mark === null || Number(mark[1]) > PRIORITY_MAX) return 0
  header.priority = Number(mark[1])
  return mark[0].length
}

/** Reads one time or word at `start`; where the next part starts. */
function readPart(
  text: string,
  start: number,
  stop: number,
  state: HeaderState,
  context: ParseContext,
): number {
  const { header } = state
  const code = text.charCodeAt(start)
  if (code === 0x20 || code === 0x3a || code === 0x2a || code === 0x2e || code === 0x09)
    return start + 1
  if (code === 0x3c) {
    const inner = readInner(text, start, stop, state, context)
    if (inner > start) return inner
  }
  const stamp = mayBeTime(text, start)
    ? deviceTimeAt(text, start, nearTo(header.time, context))
    : undefined
  if (stamp !== undefined && isBoundary(text, stamp.end)) {
    header.time = stamp.time
    state.again = header.host !== undefined
    return stamp.end
  }
  let end = start
  while (end < stop && !isBlank(text.charCodeAt(end))) end++
  if (start + 2 < end && text.charCodeAt(start + 2) === 0x2f) {
    const node = NODE.exec(text.slice(start, end))
    if (node !== null) {
      header.program ??= node[1]!
      return start + node[0].length
    }
  }
  addWord(text, start, end, state)
  return end + 1
}

/** A priority behind a relay's header begins the sender's own; where that goes on, or `start` for none. */
function readInner(
  text: string,
  start: number,
  stop: number,
  state: HeaderState,
  context: ParseContext,
): number {
  const { header } = state
  const mark = INNER.exec(text.slice(start, start + 8))
  if (mark === null || Number(mark[1]) > PRIORITY_MAX) return start
  header.priority = Number(mark[1])
  const end = start + mark[0].length
  if (mark[2] === undefined) {
    state.again = header.host !== undefined
    return end
  }
  rfc5424(text.slice(0, stop), end, header, context)
  return stop
}

const INNER = /^<(\d{1,3})>(1 )?/

/** Whether a time may stand there: a digit, or a word of three letters. */
function mayBeTime(text: string, start: number): boolean {
  if (isDigit(text.charCodeAt(start))) return true
  const code = text.charCodeAt(start + 3)
  return code === 0x20 || code === 0x2c
}

/** Where a relay wrote a time already, the year of the device's own is near to that one's. */
function nearTo(time: number | undefined, context: ParseContext): ParseContext {
  return time === undefined ? context : { now: time, timeZone: context.timeZone }
}

/** IOS XR puts its node in front of the time without a blank: `RP/0/RSP0/CPU0:Mar 18 ...`. */
const NODE = /^([A-Z]{2}\/\d[\w/]{0,40}):/

function isBoundary(text: string, at: number): boolean {
  if (at >= text.length) return true
  const code = text.charCodeAt(at)
  return code === 0x20 || code === 0x3a || code === 0x5d || code === 0x2c
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** A time as devices write it: also `2021 Mar 11 08:44:43` of NX-OS, and with a zone's name behind it. */
export function deviceTimeAt(
  text: string,
  start: number,
  context: ParseContext,
): TimeAt | undefined {
  const first = text.charCodeAt(start)
  // A time begins with a digit, or a month or weekday in capitals.
  if (!(isDigit(first) || (first >= 0x41 && first <= 0x5a))) return undefined
  const stamp = yearFirst(text, start, context) ?? timeAt(text, start, context)
  if (stamp === undefined) return undefined
  if (stamp.end >= text.length) return stamp
  // Some relays write an offset and a Z behind it.
  if (text.charCodeAt(stamp.end) === 0x5a) return { time: stamp.time, end: stamp.end + 1 }
  // `UTC` in front of an offset is taken with the time.
  const named = text.startsWith('UTC', stamp.end - 3) || text.startsWith('GMT', stamp.end - 3)
  const blank = !named && text.charCodeAt(stamp.end) === 0x20 ? 1 : 0
  const at = named ? stamp.end - 3 : stamp.end + blank
  const name = zoneName(text, at)
  const offset = name === '' || name === 'Z' ? undefined : offsetMinutes(text, at, name)
  if (offset === undefined) return stamp
  const utc = { ...context, timeZone: UTC_CONTEXT_ZONE }
  const local = yearFirst(text, start, utc) ?? timeAt(text, start, utc)
  const end = Math.max(at + name.length, local?.end ?? 0)
  return local && { time: local.time - offset * 60_000, end }
}

/** `UTC+07:30`, `GMT-5`: an offset with its name. */
const OFFSET_NAME = /^(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d\d))?/

function offsetMinutes(text: string, at: number, name: string): number | undefined {
  if (name.length <= 3 || !OFFSET_NAME.test(name)) return zoneOffsetMinutes(name)
  const [, sign, hours, minutes = '0'] = OFFSET_NAME.exec(text.slice(at, at + 12))!
  const offset = Number(hours) * 60 + Number(minutes)
  return sign === '-' ? -offset : offset
}

/** The zone that stands at `start`, in capitals; empty for a word that is none. */
function zoneName(text: string, start: number): string {
  let end = start
  while (end - start < 5 && end < text.length && isLetter(text.charCodeAt(end))) end++
  if (end - start < 2) return ''
  const code = text.charCodeAt(end)
  if (code === 0x2b || code === 0x2d)
    return OFFSET_NAME.exec(text.slice(start, start + 12))?.[0] ?? ''
  const closed = Number.isNaN(code) || code === 0x3a || code === 0x20 || code === 0x5d
  if (!closed) return ''
  const name = text.slice(start, end)
  if (isCapital(text.charCodeAt(start))) return name
  // Small letters are a zone only right in front of the message: `Aug 12 12:14:24.412 mdt:`.
  const upper = name.toUpperCase()
  return code === 0x3a && zoneOffsetMinutes(upper) !== undefined ? upper : ''
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a
}

function isLetter(code: number): boolean {
  return isCapital(code & 0x5f) && code >= 0x41
}

const YEAR_FIRST = /^(\d{4}) +([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)/

function yearFirst(text: string, start: number, context: ParseContext): TimeAt | undefined {
  const code = text.charCodeAt(start)
  if (!(code >= 0x31 && code <= 0x39) || start + 16 > text.length) return undefined
  if (text.charCodeAt(start + 4) !== 0x20) return undefined
  const match = YEAR_FIRST.exec(text.slice(start, start + 40))
  if (match === null) return undefined
  const [whole, year, month, day, clock] = match
  const found = timeAt(`${month} ${day} ${year} ${clock}`, 0, context)
  return found && { time: found.time, end: start + whole.length }
}

function rfc5424(
  text: string,
  start: number,
  header: DeviceHeader,
  context: ParseContext,
): DeviceHeader {
  const stamp = wordFrom(text, start)
  const hostAt = start + stamp.length + 1
  const host = wordFrom(text, hostAt)
  const programAt = hostAt + host.length + 1
  const program = wordFrom(text, programAt)
  const pidAt = programAt + program.length + 1
  const pid = wordFrom(text, pidAt)
  const messageId = wordFrom(text, pidAt + pid.length + 1)
  // Some gateways write an offset of one digit with two signs: `--5:00`.
  const written = stamp.includes('--') ? stamp.replace(/--(?=\d:)/, '-0') : stamp
  const time = timeAt(written, 0, context)?.time
  header.form = 'rfc5424'
  if (time !== undefined) header.time = time
  if (host !== '-' && host !== '') header.host = host
  if (program !== '-' && program !== '') header.program = program
  if (pid !== '-' && pid !== '') header.pid = pid
  if (messageId !== '-' && messageId !== '') header.messageId = messageId
  return header
}

/** The characters up to the next blank. */
function wordFrom(text: string, start: number): string {
  const space = text.indexOf(' ', start)
  return text.slice(start, space < 0 ? text.length : space)
}
