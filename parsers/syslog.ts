// Syslog lines whose program no other parser knows.
import type { Fields, FieldValue, Pivots } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource, OPEN_LOGSOURCE } from './logsource.ts'
import { syslogSeverity } from './severity.ts'
import { type SyslogLine, splitSyslog } from './syslog-header.ts'

const FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron'],
  ...['authpriv', 'ftp', 'ntp', 'security', 'console', 'solaris-cron', 'local0', 'local1'],
  ...['local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
]

const LINUX_SYSLOG = closedLogSource('linux', [], ['syslog'])

/** Programs that only Linux hosts run and that Sigma has no service of its own for. */
const LINUX_PROGRAMS: ReadonlySet<string> = new Set([
  ...['kernel', 'systemd', 'systemd-resolved', 'systemd-networkd', 'systemd-timesyncd', 'auditd'],
  ...['dbus-daemon', 'NetworkManager', 'rsyslogd', 'snapd', 'udisksd', 'polkitd', 'dhclient'],
  ...['networkd-dispatcher', 'systemd-journald', 'systemd-udevd', 'accounts-daemon', 'anacron'],
])

/** Fields that every syslog line has, whatever its program. */
export function syslogFields(line: SyslogLine): { [name: string]: FieldValue } {
  const fields: { [name: string]: FieldValue } = {}
  if (line.host !== undefined) fields.hostname = line.host
  if (line.program !== undefined) fields.program = line.program
  if (line.pid !== undefined) fields.pid = /^\d{1,9}$/.test(line.pid) ? Number(line.pid) : line.pid
  if (line.messageId !== undefined) fields.msgid = line.messageId
  if (line.priority !== undefined) {
    const facility = FACILITIES[line.priority >> 3]
    if (facility !== undefined) fields.facility = facility
    fields.syslog_severity = line.priority & 7
  }
  if (line.structuredData !== undefined) fields.structured_data = line.structuredData as Fields
  return fields
}

/** Pivots that every syslog line fills. */
export function syslogPivots(line: SyslogLine): { -readonly [name in keyof Pivots]: Pivots[name] } {
  const severity = line.priority === undefined ? undefined : syslogSeverity(line.priority & 7)
  return {
    ...(line.host === undefined ? {} : { host: line.host }),
    ...(line.program === undefined ? {} : { process: line.program }),
    // A notice or less says nothing about security: the patterns decide there.
    ...(severity === undefined || severity === 'informational' ? {} : { severity }),
  }
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const line = splitSyslog(input.text, context)
  if (line === undefined) return { code: 'syslog-no-header', message: 'no syslog header' }
  const linux = line.program !== undefined && LINUX_PROGRAMS.has(line.program)
  return {
    ...(line.time === undefined ? {} : { time: line.time }),
    logsource: linux ? LINUX_SYSLOG : OPEN_LOGSOURCE,
    pivots: syslogPivots(line),
    message: line.message,
    fields: syslogFields(line),
  }
}

export const syslog: Parser = {
  name: 'syslog',
  title: 'Syslog (RFC 3164, RFC 5424)',
  aliases: ['rsyslog', 'kern'],
  recognise: (input, context) =>
    input.json === undefined && splitSyslog(input.text, context) !== undefined,
  parse,
}
