// Windows events as Splunk's agents write them: a time, `Name=value` lines, the message last; also where a relay made
// one line of these.
import type { Fields, FieldValue } from '../../sigma/event.ts'

/** Names and values in front of a message, at most. */
const PAIRS_MAX = 64
/** The first names stand within this, UTF-16 units. */
const HEAD_UNITS = 400

type Writable = { [name: string]: FieldValue }

/** Whether a text surely is such an event. */
export function isSplunkText(line: string): boolean {
  if (line.charCodeAt(0) === 0x4c && line.startsWith('LogName='))
    return /[\n\t ]EventCode=/.test(line)
  if (line.charCodeAt(2) !== 0x2f && line.charCodeAt(14) !== 0x2e) return false
  const end = line.indexOf('\n')
  if (line.startsWith('EventCode=', end + 1)) return isSplunkTime(line.slice(0, end))
  return (
    end > 0 && end <= 40 && line.startsWith('LogName=', end + 1) && isSplunkTime(line.slice(0, end))
  )
}

/** `20261120101112.123456`: the time that Splunk's WMI input writes. */
const WMI_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,6})?(?:[+-]\d{3})?\r?$/
const SPLUNK_TIME = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d)(\.\d{1,9})? ([AP])M\r?$/

/** Whether a line begins an event in Splunk's text: a time on a line of its own. */
export function isSplunkTime(line: string): boolean {
  return line.length <= 33 && (SPLUNK_TIME.test(line) || (line.length > 14 && WMI_TIME.test(line)))
}

/** `11/20/2026 10:11:12 AM`, then `Name=value` lines, `Message=` last, over many lines. */
export function splunkText(text: string): Fields | undefined {
  if (!text.includes('\n')) return splunkLine(text)
  const out: Writable = {}
  let at = 0
  for (let count = 0; count < PAIRS_MAX && at < text.length; count++) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? undefined : end)
    const equals = line.indexOf('=')
    if (line.startsWith('Message=')) {
      out.Message = text.slice(at + 'Message='.length).trimEnd()
      break
    }
    if (equals > 0) out[line.slice(0, equals)] = line.slice(equals + 1).trimEnd()
    else if (at === 0) {
      const time = splunkTime(line)
      if (time !== undefined) out.EventTime = time
    }
    if (end < 0) break
    at = end + 1
  }
  return splunkEvent(out)
}

/** Names that stand in a line that was several: values have blanks. */
const NAMES =
  /(?:^|[\t ])(LogName|Logfile|SourceName|EventCode|EventType|Type|ComputerName|User|Sid|SidType|TaskCategory|OpCode|RecordNumber|Keywords|Category|CategoryString|TimeGenerated|TimeWritten|Message) ?=/g
/** Names stand in front of the message, within this, UTF-16 units. */
const NAMES_WITHIN = 1600
const HEADER_TIME = /^(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) /
const TIME_IN_FRONT = /^(\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})? [AP]M)[\t ]/

/** The same where a relay made one line of it. */
export function splunkLine(line: string): Fields | undefined {
  const out: Writable = {}
  const marks = [...line.slice(0, NAMES_WITHIN).matchAll(NAMES)]
  for (const [index, mark] of marks.entries()) {
    const name = mark[1]!
    const isMessage = name === 'Message'
    const end = isMessage ? undefined : marks[index + 1]?.index
    out[name] ??= line.slice(mark.index + mark[0].length, end).trim()
    if (isMessage) break
  }
  const stamp = TIME_IN_FRONT.exec(line)?.[1]
  const time = stamp === undefined ? HEADER_TIME.exec(line)?.[1] : splunkTime(stamp)
  return splunkEvent(time === undefined ? out : { EventTime: time, ...out })
}

function splunkEvent(out: Fields): Fields | undefined {
  const {
    LogName: log,
    Logfile: file,
    EventCode: id,
    Keywords: keywords,
    User: user,
    ...rest
  } = out
  const channel = log ?? file
  if (channel === undefined || id === undefined) return undefined
  return {
    ...rest,
    ...writerOf(user),
    Channel: channel,
    EventID: id,
    ...(keywords === undefined ? {} : { Keywords: keywords }),
  }
}

/** Who wrote the event: data may have a `User` of its own. */
export function writerOf(user: FieldValue | undefined): Fields {
  return user === undefined || user === 'NOT_TRANSLATED' ? {} : { Security_UserName: user }
}

function splunkTime(line: string): string | undefined {
  const match = SPLUNK_TIME.exec(line)
  if (match === null) return wmiTime(line)
  const [, month, day, year, hour, minute, second, fraction = '', half] = match
  const hours = (Number(hour) % 12) + (half === 'P' ? 12 : 0)
  return `${year}-${month}-${day} ${String(hours).padStart(2, '0')}:${minute}:${second}${fraction}`
}

function wmiTime(line: string): string | undefined {
  const match = WMI_TIME.exec(line)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = ''] = match
  return `${year}-${month}-${day} ${hour}:${minute}:${second}${fraction}`
}

/** Splunk's text in one line, behind its time or a header. */
const ONE_LINE =
  /(?:^|[\t ])(?:LogName ?=.{0,200}EventCode ?=|EventCode ?=.{0,200}(?:LogName|Logfile) ?=)/

/** Whether what stands behind a syslog header is Splunk's text in one line. */
export function isSplunkLine(message: string): boolean {
  const isLikely =
    message.startsWith('LogName') ||
    message.startsWith('EventCode') ||
    /^\d\d\/\d\d\/\d{4} /.test(message)
  return isLikely && hasSplunkLine(message)
}

/** Whether such names stand in a line. */
export function hasSplunkLine(line: string): boolean {
  return ONE_LINE.test(line.slice(0, HEAD_UNITS))
}
