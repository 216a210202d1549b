// What Filebeat makes of a line that it has taken apart itself: documents of its journald and syslog inputs, and
// of its syslog parser.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import type { ParseContext } from '../event.ts'
import { isFields } from '../json-text.ts'
import type { SyslogLine } from '../syslog-header.ts'
import { timeAt } from '../time.ts'

const FACILITY_USER = 1

/** Whether JSON is a document of the journald input. */
export function isJournalDocument({ journald, message }: Fields): boolean {
  return isFields(journald) && typeof message === 'string'
}

/** Whether JSON is a message without its header, which stands beside it. */
export function isSyslogDocument({ log, message, event }: Fields): boolean {
  if (typeof message !== 'string' || !isFields(log) || !isFields(log.syslog)) return false
  // Where the line is kept as it came, that is read.
  return log.syslog.appname !== undefined && !(isFields(event) && event.original !== undefined)
}

/** The line of such a document. */
export function beatLine(json: Fields, context: ParseContext): SyslogLine {
  const at = (...path: readonly string[]): FieldValue | undefined => {
    let value: FieldValue | undefined = json
    for (const name of path) value = isFields(value) ? value[name] : undefined
    return value
  }
  const stamp = textOf(json['@timestamp'])
  const time = stamp === undefined ? undefined : timeAt(stamp, 0, context)?.time
  const host = firstText(
    at('log', 'syslog', 'hostname'),
    at('host', 'hostname'),
    at('host', 'name'),
    at('journald', '_HOSTNAME'),
  )
  const program = firstText(
    at('log', 'syslog', 'appname'),
    at('syslog', 'identifier'),
    at('journald', 'process', 'name'),
    // Datadog's agent.
    at('journald', 'SYSLOG_IDENTIFIER'),
    at('journald', '_COMM'),
  )
  const pid = firstText(at('log', 'syslog', 'procid'), at('journald', 'pid'), at('process', 'pid'))
  const level = numberOf(
    at('log', 'syslog', 'severity', 'code') ??
      (isFields(json.journald) ? at('log', 'syslog', 'priority') : undefined) ??
      at('syslog', 'priority'),
    7,
  )
  const facility = numberOf(at('log', 'syslog', 'facility', 'code'), 23) ?? FACILITY_USER
  return {
    form: 'rfc3164',
    message: textOf(json.message) ?? '',
    ...(time === undefined ? {} : { time }),
    ...(host === undefined ? {} : { host }),
    ...(program === undefined ? {} : { program }),
    ...(pid === undefined ? {} : { pid }),
    ...(level === undefined ? {} : { priority: facility * 8 + level }),
  }
}

function firstText(...values: readonly (FieldValue | undefined)[]): string | undefined {
  for (const value of values) {
    const text = textOf(value)
    if (text !== undefined) return text
  }
  return undefined
}

/** A text, or a number as text. */
export function textOf(value: FieldValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A whole number of at most two digits, up to `max`. */
export function numberOf(value: FieldValue | undefined, max: number): number | undefined {
  const text = textOf(value)
  return text !== undefined && /^\d{1,2}$/.test(text) && Number(text) <= max
    ? Number(text)
    : undefined
}
