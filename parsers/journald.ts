// journald's JSON (`journalctl -o json`): the fields as they are, and what the program's message means.
import type { Fields, FieldValue } from '../sigma/event.ts'
import type { EventError, Parsed, Parser, ParserInput } from './event.ts'
import { linux, PROGRAMS } from './linux/messages.ts'
import { linuxEvent, programOf } from './linux_auth.ts'
import type { SyslogLine } from './syslog-header.ts'

const decoder = new TextDecoder()
const SYSLOG = linux(['syslog'])

function parse({ json }: ParserInput): Parsed | EventError {
  const time = json === undefined ? undefined : microseconds(json.__REALTIME_TIMESTAMP)
  if (json === undefined || time === undefined) {
    return { code: 'journald-no-entry', message: 'no journald entry: __REALTIME_TIMESTAMP missing' }
  }
  const line = lineOf(json, time)
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

export const journald: Parser = {
  name: 'journald',
  title: 'systemd journal as JSON',
  aliases: ['journal', 'journalctl'],
  keys: ['__REALTIME_TIMESTAMP'],
  jsonOnly: true,
  recognise: ({ json }) =>
    json !== undefined &&
    json.__REALTIME_TIMESTAMP !== undefined &&
    (json.MESSAGE !== undefined || json.__CURSOR !== undefined),
  parse,
}
