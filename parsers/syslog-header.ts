// The header of a syslog line: RFC 5424, RFC 3164 and what is sent under its name (ISO times, no host, no
// priority), or only `program[pid]: ` where a collector took the rest away.
import type { ParseContext } from './event.ts'
import { readStructuredData, type StructuredData } from './structured-data.ts'
import { slashTimeAt } from './syslog/slash-time.ts'
import { wholeTime } from './syslog/whole-time.ts'
import { WORDED_UNITS_MAX, wordedLevel, wordedPriority } from './syslog-words.ts'
import { epochAt, monthFirstAt, timeAt } from './time.ts'
import { isIpv4 } from './values.ts'

/** The parts of a line that its header gave. */
export interface SyslogLine {
  readonly form: 'rfc5424' | 'rfc3164' | 'stripped'
  /** Facility * 8 + severity. */
  readonly priority?: number
  readonly time?: number
  readonly host?: string
  readonly program?: string
  readonly pid?: string
  readonly messageId?: string
  readonly structuredData?: StructuredData
  readonly message: string
}

type WritableLine = { -readonly [name in keyof SyslogLine]: SyslogLine[name] }

const PRIORITY_MAX = 191
const HOST_LENGTH_MAX = 255
const PROGRAM_LENGTH_MAX = 128

let lastText: string | undefined
let lastContext: ParseContext | undefined
let lastLine: SyslogLine | undefined

/** Splits a line at its syslog header; undefined when it has none. Recognising and parsing ask for the same
 * line one after the other, so the last answer is kept. */
export function splitSyslog(text: string, context: ParseContext): SyslogLine | undefined {
  if (text === lastText && context === lastContext) return lastLine
  lastLine = split(text, context)
  lastText = text
  lastContext = context
  return lastLine
}

function split(text: string, context: ParseContext): SyslogLine | undefined {
  const priority = priorityAt(text)
  const mark = priority === undefined ? 0 : text.indexOf('>') + 1
  const start = priority !== undefined && text.charCodeAt(mark) === 0x20 ? mark + 1 : mark
  if (priority !== undefined && text.startsWith('1 ', start)) {
    const line = rfc5424(text, start + 2, priority, context)
    if (line !== undefined) return relayed5424(line, context) ?? line
  }
  if (priority === undefined && BARE_5424.test(text)) {
    const line = rfc5424(text, 2, undefined, context)
    if (line !== undefined) return line
  }
  if (text.charCodeAt(start + 10) === 0x54 && isVersionless(text, start)) {
    const line = rfc5424(text, start, priority, context)
    if (line !== undefined) return line
  }
  const found =
    timeAt(text, start, context) ??
    epochAt(text, start) ??
    (priority === undefined ? undefined : slashTimeAt(text, start, context))
  if (found !== undefined) {
    const { end, time } = wholeTime(text, start, found, context)
    if (isBlank(text.charCodeAt(end))) {
      const sure = priority !== undefined || isLetter(text.charCodeAt(start))
      return rfc3164(text, afterBlanks(text, end), priority, time, sure, context)
    }
  }
  if (priority !== undefined) return { form: 'rfc3164', priority, ...tagged(text, start) }
  const tag = tagged(text, 0)
  return tag.pid === undefined ? undefined : { form: 'stripped', ...tag }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** RFC 5424 whose priority a collector took away. */
const BARE_5424 = /^1 \d{4}-\d\d-\d\dT\d\d:\d\d/

/** RFC 5424 without its version: `time host program pid id [data] `. */
const VERSIONLESS_5424 =
  /\d{4}-\d\d-\d\dT[\d:.]{5,18}(?:Z|[+-]\d\d:\d\d) [^\s[\]]{1,255} [^\s:[\]]{1,128} (?:\d{1,10}|-) [^\s[\]]{1,32} (?:- |\[[\w.@-]{1,64}[ \]])/y

function isVersionless(text: string, start: number): boolean {
  VERSIONLESS_5424.lastIndex = start
  return VERSIONLESS_5424.test(text)
}

/** What a relay that writes RFC 5424 passed on with its own header: a line with a header again. */
function relayed5424(line: SyslogLine, context: ParseContext): SyslogLine | undefined {
  const { message, program } = line
  if (
    program !== undefined ||
    !/^(?:<\d{1,3}>|[A-Z][a-z]{2} [ \d]?\d )/.test(message.slice(0, 8))
  ) {
    return undefined
  }
  const priority = priorityAt(message)
  const start = priority === undefined ? 0 : message.indexOf('>') + 1
  return nested(message, start, priority ?? line.priority, context)
}

/** macOS puts two blanks behind the time. */
function afterBlanks(text: string, start: number): number {
  let at = start
  while (isBlank(text.charCodeAt(at))) at++
  return at
}

/** `<0>` to `<191>` at the start of a line. */
function priorityAt(text: string): number | undefined {
  if (text.charCodeAt(0) !== 0x3c) return undefined
  let value = 0
  let index = 1
  for (; index <= 3 && isDigit(text.charCodeAt(index)); index++) {
    value = value * 10 + text.charCodeAt(index) - 0x30
  }
  return index > 1 && text.charCodeAt(index) === 0x3e && value <= PRIORITY_MAX ? value : undefined
}

/** What stands behind a time. `sure`: a priority or a month's name says that it is syslog's, so that a line
 * without a program is one too. */
function rfc3164(
  text: string,
  start: number,
  priority: number | undefined,
  time: number,
  sure: boolean,
  context?: ParseContext,
): SyslogLine | undefined {
  const end = wordEnd(text, start, HOST_LENGTH_MAX)
  const host = text.slice(start, end)
  const worded = host.length <= WORDED_UNITS_MAX ? wordedPriority(host) : undefined
  if (worded !== undefined) return rfc3164(text, end + 1, worded, time, sure, context)
  if (host === '' || host.endsWith(':') || host.endsWith(']') || host.startsWith('%')) {
    const tag = tagged(text, start)
    return tag.program === undefined && !sure ? undefined : lineOf(priority, time, undefined, tag)
  }
  if (!isHostName(host) || end >= text.length) {
    return sure ? lineOf(priority, time, undefined, { message: text.slice(start) }) : undefined
  }
  const tag = tagged(text, end + 1)
  if (tag.program !== undefined) {
    // AIX: `daemon:info program[7]: text`.
    const isGlued = tag.pid === undefined && text[text.length - tag.message.length - 1] === ':'
    const behind = isGlued ? behindWords(text, end + 1, priority, time, host) : undefined
    return behind ?? lineOf(priority, time, host, tag)
  }
  if (!sure) return undefined
  const relayed = nested(text, end + 1, priority, context)
  if (relayed !== undefined) return relayed
  return (
    behindWords(text, end + 1, priority, time, host) ??
    lineOf(priority, time, host, spacedTag(text, end + 1) ?? tag)
  )
}

/** What stands behind other words than the host's name: BusyBox' and AIX' facility (`auth.info`), BIG-IP's level
 * (`notice sshd[7]:`), and who forwarded it (AIX). */
function behindWords(
  text: string,
  start: number,
  priority: number | undefined,
  time: number,
  host: string,
): SyslogLine | undefined {
  const end = wordEnd(text, start, WORDED_UNITS_MAX)
  const worded = wordedPriority(text.slice(start, end))
  if (worded !== undefined) return lineOf(worded, time, host, tagged(text, end + 1))
  const level = wordedLevel(text.slice(start, end))
  if (level !== undefined) {
    const tag = tagged(text, end + 1)
    const own = priority === undefined ? undefined : (priority & ~7) | level
    return tag.pid === undefined ? undefined : lineOf(own, time, host, tag)
  }
  if (host !== 'Message' || !text.startsWith(FORWARDED, start)) return undefined
  const sender = tagged(text, start + FORWARDED.length)
  if (sender.program === undefined) return undefined
  return lineOf(priority, time, sender.program, tagged(sender.message, 0))
}

const FORWARDED = 'forwarded from '

type Tag = Pick<SyslogLine, 'host' | 'program' | 'pid' | 'message'>

/** The line of an RFC 3164 header; the tag's own host counts, where it has one. */
function lineOf(
  priority: number | undefined,
  time: number,
  host: string | undefined,
  tag: Tag,
): SyslogLine {
  const line: WritableLine = { form: 'rfc3164', message: tag.message, time }
  if (priority !== undefined) line.priority = priority
  const own = tag.host ?? host
  if (own !== undefined && own !== '-') line.host = own
  if (tag.program !== undefined) line.program = tag.program
  if (tag.pid !== undefined) line.pid = tag.pid
  return line
}

/** A relay's header in front of the sender's own: `Nov 20 10:11:12 relay Nov 20 10:11:11 host program: text`.
 * Only times that begin with a month's name: programs themselves write the others. */
function nested(
  text: string,
  start: number,
  outer: number | undefined,
  context: ParseContext | undefined,
): SyslogLine | undefined {
  if (context === undefined) return undefined
  const own = text.charCodeAt(start) === 0x3c ? priorityAt(text.slice(start, start + 6)) : undefined
  const at = own === undefined ? start : text.indexOf('>', start) + 1
  if (!isLetter(text.charCodeAt(at))) return undefined
  const found = monthFirstAt(text, at, context)
  if (found === undefined || text.charCodeAt(found.end) !== 0x20) return undefined
  const line = rfc3164(text, found.end + 1, own ?? outer, found.time, true)
  return line?.program === undefined ? undefined : line
}

/** `Google Chrome[85294]: message`: a program's name with blanks needs its process id. */
function spacedTag(text: string, start: number): Tag | undefined {
  const open = text.indexOf('[', start)
  if (open < 0 || open - start > PROGRAM_LENGTH_MAX || open === start) return undefined
  const close = text.indexOf(']: ', open)
  const pid = text.slice(open + 1, close)
  if (close < 0 || close - open > 11 || !/^\d+$/.test(pid)) return undefined
  const program = text.slice(start, open)
  if (!/^[\w. -]+$/.test(program)) return undefined
  const message = text.slice(close + 3)
  const blank = program.indexOf(' ')
  // A relay's name stands in front of the sender's address.
  if (isIpv4(program.slice(0, Math.max(blank, 0)))) {
    return { host: program.slice(0, blank), program: program.slice(blank + 1), pid, message }
  }
  return { program, pid, message }
}

/** `program[pid]: message`, `program: message`, `%MNEMONIC: message`; else the message alone. */
function tagged(text: string, start: number): Pick<SyslogLine, 'program' | 'pid' | 'message'> {
  let index = start
  while (index < text.length && index - start <= PROGRAM_LENGTH_MAX) {
    const code = text.charCodeAt(index)
    if (code === 0x5b || code === 0x3a || code === 0x20 || code < 0x20) break
    index++
  }
  const program = text.slice(start, index)
  const mark = text.charCodeAt(index)
  if (program === '' || !isProgram(program)) return { message: text.slice(start) }
  if (mark === 0x3a) {
    // An address and its port are no program, nor is a time.
    const isEndpoint =
      isDigit(text.charCodeAt(index + 1)) && (isIpv4(program) || DAY_AND_HOUR.test(program))
    return isEndpoint ? { message: text.slice(start) } : { program, message: rest(text, index + 1) }
  }
  if (mark !== 0x5b) return { message: text.slice(start) }
  const close = text.indexOf(']', index)
  const pid = text.slice(index + 1, close)
  if (close < 0 || pid.length > PROGRAM_LENGTH_MAX || !isPid(pid)) {
    return { message: text.slice(start) }
  }
  const colon = text.charCodeAt(close + 1) === 0x3a
  if (!colon && text.charCodeAt(close + 1) !== 0x20) return { message: text.slice(start) }
  return { program, pid, message: rest(text, close + (colon ? 2 : 1)) }
}

const DAY_AND_HOUR = /^\d{4}-\d\d-\d\dT\d\d$/

function rest(text: string, start: number): string {
  return text.slice(text.charCodeAt(start) === 0x20 ? start + 1 : start)
}

function rfc5424(
  text: string,
  start: number,
  priority: number | undefined,
  context: ParseContext,
): SyslogLine | undefined {
  const stampEnd = fieldEnd(text, start)
  const hostEnd = fieldEnd(text, stampEnd + 1)
  const programEnd = fieldEnd(text, hostEnd + 1)
  const pidEnd = fieldEnd(text, programEnd + 1)
  const idEnd = fieldEnd(text, pidEnd + 1)
  if (idEnd >= text.length) return undefined
  const at = idEnd + 1
  const isTimeless = stampEnd === start + 1 && text.charCodeAt(start) === NIL
  const time = isTimeless ? undefined : timeAt(text.slice(start, stampEnd), 0, context)
  if (time === undefined && !isTimeless) return undefined
  // Data that is not well formed stays in the message: the header says enough by its time.
  const data = readStructuredData(text, at) ?? (time === undefined ? undefined : { end: at })
  if (data === undefined) return undefined
  const behind = text.charCodeAt(data.end) === 0x20 ? data.end + 1 : data.end
  const message = text.slice(text.charCodeAt(behind) === 0xfeff ? behind + 1 : behind)
  const line: WritableLine = { form: 'rfc5424', message }
  if (priority !== undefined) line.priority = priority
  if (time !== undefined) line.time = time.time
  const host = text.slice(stampEnd + 1, hostEnd)
  if (host !== '-') line.host = host
  const program = text.slice(hostEnd + 1, programEnd)
  if (program !== '-') line.program = program
  const pid = text.slice(programEnd + 1, pidEnd)
  if (pid !== '-') line.pid = pid
  const messageId = text.slice(pidEnd + 1, idEnd)
  if (messageId !== '-') line.messageId = messageId
  if ('elements' in data && data.elements !== undefined) line.structuredData = data.elements
  return line
}

const NIL = 0x2d

/** Where a field of RFC 5424 that starts there ends, a blank behind it; else, and behind such an end, the text's end. */
function fieldEnd(text: string, start: number): number {
  const end = wordEnd(text, start, HOST_LENGTH_MAX)
  return end === start ? text.length : end
}

function wordEnd(text: string, start: number, limit: number): number {
  const end = text.indexOf(' ', start)
  if (end < 0) return text.length
  return end - start > limit ? start : end
}

/** Letters, digits and `-._:` (a bare IPv6 address too), `[` for one in brackets. */
function isHostName(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const letter = code | 0x20
    const known =
      (letter >= 0x61 && letter <= 0x7a) ||
      (code >= 0x2d && code <= 0x3a) ||
      code === 0x5f ||
      code === 0x40 ||
      code >= 0x80
    if (!known) return false
  }
  return true
}

function isProgram(text: string): boolean {
  let isOpen = false
  // A priority that a relay passed on.
  if (text.charCodeAt(0) === 0x3c && isDigit(text.charCodeAt(1))) return false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code <= 0x20 || code === 0x22 || code === 0x7b || code === 0x2c) return false
    // `polkitd(authority=local)`.
    if (code === 0x28) isOpen = true
    else if (code === 0x3d && !isOpen) return false
  }
  return true
}

function isPid(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (!isDigit(code) && !isLetter(code) && code !== 0x5f && code !== 0x2d && code !== 0x2e) {
      return false
    }
  }
  return text !== ''
}

function isLetter(code: number): boolean {
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x7a
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
