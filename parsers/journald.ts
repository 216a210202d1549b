// journald's JSON (`journalctl -o json`, and what Filebeat's journald input makes of it): the fields as they
// are, and what the program's message means.
import type { Fields, FieldValue } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { isFields } from './json-text.ts'
import { linux, PROGRAMS } from './linux/messages.ts'
import { linuxEvent, programOf } from './linux_auth.ts'
import type { SyslogLine } from './syslog-header.ts'
import { timeAt } from './time.ts'

const decoder = new TextDecoder()
const SYSLOG = linux(['syslog'])

function parse({ json }: ParserInput, context: ParseContext): Parsed | EventError {
  const time = json === undefined ? undefined : microseconds(json.__REALTIME_TIMESTAMP)
  const line =
    json === undefined || time === undefined ? beatLine(json, context) : lineOf(json, time)
  if (json === undefined || line === undefined) {
    return { code: 'journald-no-entry', message: 'no journald entry: __REALTIME_TIMESTAMP missing' }
  }
  const event = linuxEvent(line)
  const known = PROGRAMS.has(programOf(line))
  return {
    ...event,
    logsource: known ? event.logsource : SYSLOG,
    fields: { ...json, ...event.fields },
  }
}

function lineOf(json: Fields, time: number): SyslogLine {
  const host = text(json._HOSTNAME)
  const program = text(json.SYSLOG_IDENTIFIER) ?? text(json._COMM)
  const pid = text(json.SYSLOG_PID) ?? text(json._PID)
  const level = number(json.PRIORITY, 7)
  const facility = number(json.SYSLOG_FACILITY, 23) ?? 1
  return {
    form: 'rfc3164',
    time,
    message: messageOf(json.MESSAGE),
    ...(host === undefined ? {} : { host }),
    ...(program === undefined ? {} : { program }),
    ...(pid === undefined ? {} : { pid }),
    ...(level === undefined ? {} : { priority: facility * 8 + level }),
  }
}

/** The entry of a document of Filebeat's journald input. */
function beatLine(json: Fields | undefined, context: ParseContext): SyslogLine | undefined {
  if (json === undefined || !isBeatEntry(json)) return undefined
  const at = (...path: readonly string[]): FieldValue | undefined => {
    let value: FieldValue | undefined = json
    for (const name of path) value = isFields(value) ? value[name] : undefined
    return value
  }
  const stamp = text(json['@timestamp'])
  const time = stamp === undefined ? undefined : timeAt(stamp, 0, context)?.time
  const host = text(at('host', 'hostname')) ?? text(at('host', 'name'))
  const program =
    text(at('log', 'syslog', 'appname')) ??
    text(at('syslog', 'identifier')) ??
    text(at('journald', 'process', 'name'))
  const pid = text(at('journald', 'pid')) ?? text(at('process', 'pid'))
  const level = number(at('log', 'syslog', 'priority') ?? at('syslog', 'priority'), 7)
  const facility = number(at('log', 'syslog', 'facility', 'code'), 23) ?? 1
  return {
    form: 'rfc3164',
    message: text(json.message) ?? '',
    ...(time === undefined ? {} : { time }),
    ...(host === undefined ? {} : { host }),
    ...(program === undefined ? {} : { program }),
    ...(pid === undefined ? {} : { pid }),
    ...(level === undefined ? {} : { priority: facility * 8 + level }),
  }
}

function isBeatEntry({ journald, message }: Fields): boolean {
  return isFields(journald) && typeof message === 'string'
}

/** Text, or the bytes of a message that is no valid text. */
function messageOf(value: FieldValue | undefined): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value) || !value.every((byte) => typeof byte === 'number')) return ''
  return decoder.decode(Uint8Array.from(value as number[]))
}

function microseconds(value: FieldValue | undefined): number | undefined {
  const us = typeof value === 'string' && /^\d{1,17}$/.test(value) ? Number(value) : value
  return typeof us === 'number' ? Math.floor(us / 1000) : undefined
}

function text(value: FieldValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function number(value: FieldValue | undefined, max: number): number | undefined {
  const known = text(value)
  return known !== undefined && /^\d{1,2}$/.test(known) && Number(known) <= max
    ? Number(known)
    : undefined
}

/** Programs whose lines have a parser of their own. */
const OTHERS =
  /^(?:kernel|audit|audisp\S{0,16}|named|postfix\S{0,32}|haproxy|nginx|apache2|httpd|squid|dhcpd|unbound|openvpn\S{0,32}|suricata|sysmon)$/

/** The line that syslog would have had; the time is the entry's. */
function innerLine({ fields, message, pivots }: Parsed): string | undefined {
  const { pid, program } = fields
  if (typeof program !== 'string' || !OTHERS.test(program)) return undefined
  const number = typeof pid === 'number' ? pid : 0
  return `1970-01-01T00:00:00Z ${pivots.host ?? 'localhost'} ${program}[${number}]: ${message}`
}

export const journald: Parser = {
  name: 'journald',
  title: 'systemd journal as JSON',
  aliases: ['journal', 'journalctl'],
  keys: ['__REALTIME_TIMESTAMP', 'journald'],
  jsonOnly: true,
  recognise: ({ json }) =>
    json !== undefined &&
    (isBeatEntry(json) ||
      (json.__REALTIME_TIMESTAMP !== undefined &&
        (json.MESSAGE !== undefined || json.__CURSOR !== undefined))),
  parse,
  inner: innerLine,
}
