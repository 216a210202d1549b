// journald's JSON (`journalctl -o json`, and what Filebeat's journald input makes of it): the fields as they
// are, and what the program's message means.
import type { Fields, FieldValue } from '../sigma/event.ts'
import type { WritableFields } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { beatLine, isJournalDocument, numberOf, textOf } from './linux/beat.ts'
import { linux, PROGRAMS } from './linux/messages.ts'
import { linuxEvent, programOf } from './linux_auth.ts'
import { addContent } from './syslog/content.ts'
import type { SyslogLine } from './syslog-header.ts'

const decoder = new TextDecoder()
const SYSLOG = linux(['syslog'])

function parse({ json }: ParserInput, context: ParseContext): Parsed | EventError {
  const time = json === undefined ? undefined : microseconds(json.__REALTIME_TIMESTAMP)
  const isOwn = json !== undefined && time !== undefined
  if (json === undefined || !(isOwn || isJournalDocument(json))) {
    return { code: 'journald-no-entry', message: 'no journald entry: __REALTIME_TIMESTAMP missing' }
  }
  const line = isOwn ? lineOf(json, time) : beatLine(json, context)
  const event = linuxEvent(line)
  const known = PROGRAMS.has(programOf(line))
  if (!known) addContent(line, event.fields as WritableFields, event.pivots, context)
  return {
    ...event,
    logsource: known ? event.logsource : SYSLOG,
    fields: { ...json, ...event.fields },
  }
}

function lineOf(json: Fields, time: number): SyslogLine {
  const host = textOf(json._HOSTNAME) ?? textOf(json.host)
  const program = textOf(json.SYSLOG_IDENTIFIER) ?? textOf(json._COMM)
  const pid = textOf(json.SYSLOG_PID) ?? textOf(json._PID)
  const level = numberOf(json.PRIORITY, 7)
  const facility = numberOf(json.SYSLOG_FACILITY, 23) ?? 1
  return {
    form: 'rfc3164',
    time,
    // Vector's source calls it so.
    message: messageOf(json.MESSAGE ?? json.message),
    ...(host === undefined ? {} : { host }),
    ...(program === undefined ? {} : { program }),
    ...(pid === undefined ? {} : { pid }),
    ...(level === undefined ? {} : { priority: facility * 8 + level }),
  }
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

/** Programs whose lines have a parser of their own, by name or by how it begins. */
const OTHERS: ReadonlySet<string> = new Set([
  ...['kernel', 'audit', 'audispd', 'named', 'haproxy', 'nginx', 'apache2', 'httpd', 'squid'],
  ...['dhcpd', 'unbound', 'suricata', 'sysmon'],
])
const FAMILIES = ['postfix', 'openvpn'] as const

/** The line that syslog would have had; the time is the entry's. */
function innerLine({ fields, message, pivots }: Parsed): string | undefined {
  const { pid, program } = fields
  if (typeof program !== 'string') return undefined
  if (!OTHERS.has(program) && !FAMILIES.some((name) => program.startsWith(name))) return undefined
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
    (isJournalDocument(json) ||
      (json.__REALTIME_TIMESTAMP !== undefined &&
        (json.MESSAGE ?? json.__CURSOR ?? json.message) !== undefined)),
  parse,
  inner: innerLine,
}
