// Syslog lines that a collector has taken apart and sent on as JSON: the program's name, its message and the rest
// under names of the collector's own. The line is put together again, as RFC 5424 has it.
import type { Fields, FieldValue } from '../sigma/event.ts'
import { wordedPriority } from './syslog-words.ts'
import { usTimeAsIso } from './time/us.ts'

/** Names of the program: Logstash, rsyslog, Fluentd and Fluent Bit, Vector, syslog-ng, the journal, Graylog. */
const PROGRAMS = [
  ...['program', 'programname', 'ident', 'appname', 'app_name', 'PROGRAM', 'SYSLOG_IDENTIFIER'],
  ...['_application_name', 'application_name'],
] as const
const MESSAGES = ['message', 'MESSAGE', 'msg', 'short_message'] as const
/** Logstash's `host` is who sent it on. */
const HOSTS = ['logsource', 'hostname', '_HOSTNAME', 'HOSTNAME', 'HOST', 'host', 'source'] as const
const PIDS = ['pid', 'procid', 'PID', '_PID', 'SYSLOG_PID', '_process_id', 'process_id'] as const
const TIMES = ['@timestamp', 'timestamp', 'timereported', 'ISODATE', 'time'] as const
/** One of these says that it was syslog. */
const TELLING = [
  ...['pid', 'procid', 'PID', '_PID', 'priority', 'pri', 'PRIORITY', 'facility', 'FACILITY'],
  ...['syslogtag', 'SYSLOG_FACILITY', '_facility', 'facility_label', '_process_id', 'host'],
] as const
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]{0,10}(?:Z|[+-]\d\d:?\d\d)?$/
const PRIORITY_MAX = 191
/** A user's program, for information: nothing is made of it. */
const PRIORITY_UNKNOWN = 14

/** Whether JSON with these names may be such a line. */
export function mayBeParted(has: (name: string) => boolean): boolean {
  return has('SyslogMessage') || (PROGRAMS.some(has) && MESSAGES.some(has) && TELLING.some(has))
}

/** A row of Azure Monitor's table of syslog. Devices that write no program have their whole line in the message. */
function azureLine(json: Fields, message: string): string {
  const program = wordOf(json, ['ProcessName'])
  if (program === undefined) return message
  const host = wordOf(json, ['HostName', 'Computer']) ?? '-'
  const priority = wordedPriority(`${String(json.Facility)}.${String(json.SeverityLevel)}`)
  const time = timeOf(json, ['EventTime', 'TimeGenerated'])
  const pid = wordOf(json, ['ProcessID']) ?? '-'
  return `<${priority ?? PRIORITY_UNKNOWN}>1 ${time} ${host} ${program} ${pid} - - ${message.trimStart()}`
}

/** The line; undefined where JSON is none that was taken apart. */
export function partedLine(json: Fields): string | undefined {
  if (typeof json.SyslogMessage === 'string' && json.SyslogMessage !== '') {
    return azureLine(json, json.SyslogMessage)
  }
  const program = wordOf(json, PROGRAMS)
  if (program === undefined) return undefined
  const message = firstText(json, MESSAGES)
  if (message === undefined || !TELLING.some((name) => json[name] !== undefined)) return undefined
  const host = wordOf(json, HOSTS) ?? '-'
  const pid = wordOf(json, PIDS) ?? '-'
  return `<${priorityOf(json)}>1 ${timeOf(json, TIMES)} ${host} ${program} ${pid} - - ${message.trimStart()}`
}

/** A time as RFC 5424 has it, or `-`. */
function timeOf(json: Fields, names: readonly string[]): string {
  for (const name of names) {
    const value = json[name]
    if (typeof value !== 'string') continue
    if (ISO.test(value)) return value
    const iso = usTimeAsIso(value)
    if (iso !== undefined) return `${iso}Z`
  }
  return '-'
}

function firstText(json: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = json[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

/** A text without blanks, or a number. */
function wordOf(json: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = json[name]
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string' && /^[^\s"]{1,255}$/.test(value)) return value
  }
  return undefined
}

function priorityOf(json: Fields): number {
  const whole = numberOf(json.pri ?? json.priority, PRIORITY_MAX)
  if (whole !== undefined) return whole
  const facility = numberOf(json.facility ?? json.SYSLOG_FACILITY, PRIORITY_MAX >> 3)
  const level = numberOf(json.severity ?? json.PRIORITY ?? json.level, 7)
  if (facility !== undefined && level !== undefined) return facility * 8 + level
  const words = `${String(json.facility ?? json.FACILITY)}.${String(json.severity ?? json.PRIORITY)}`
  return wordedPriority(words) ?? PRIORITY_UNKNOWN
}

function numberOf(value: FieldValue | undefined, most: number): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || !/^\d{1,3}$/.test(value)))
    return undefined
  const number = Number(value)
  return number <= most ? number : undefined
}
