// What the header of a syslog line says, as fields and columns.
import type { Fields, FieldValue, Pivots } from '../../sigma/event.ts'
import { syslogSeverity } from '../severity.ts'
import type { SyslogLine } from '../syslog-header.ts'
import { FACILITIES } from '../syslog-words.ts'

/** Fields that every syslog line has, whatever its program. */
export function syslogFields(line: SyslogLine): { [name: string]: FieldValue } {
  const fields: { [name: string]: FieldValue } = {}
  addSyslogFields(line, fields)
  return fields
}

/** Adds what a header says, where `fields` has none of that name. */
export function addSyslogFields(line: SyslogLine, fields: { [name: string]: FieldValue }): void {
  const { host, program, pid, messageId, priority, structuredData } = line
  if (host !== undefined && fields.hostname === undefined) fields.hostname = host
  if (program !== undefined && fields.program === undefined) fields.program = program
  if (pid !== undefined && fields.pid === undefined) fields.pid = numberOf(pid)
  if (messageId !== undefined && fields.msgid === undefined) fields.msgid = messageId
  if (priority !== undefined) {
    const facility = FACILITIES[priority >> 3]
    if (facility !== undefined && fields.facility === undefined) fields.facility = facility
    if (fields.syslog_severity === undefined) fields.syslog_severity = priority & 7
  }
  if (structuredData !== undefined && fields.structured_data === undefined) {
    fields.structured_data = structuredData as Fields
  }
}

/** A process id of up to nine digits as a number, any other as it is. */
function numberOf(pid: string): number | string {
  if (pid.length === 0 || pid.length > 9) return pid
  let value = 0
  for (let index = 0; index < pid.length; index++) {
    const digit = pid.charCodeAt(index) - 0x30
    if (!(digit >= 0 && digit <= 9)) return pid
    value = value * 10 + digit
  }
  return value
}

/** Pivots that every syslog line fills. */
export function syslogPivots(line: SyslogLine): { -readonly [name in keyof Pivots]: Pivots[name] } {
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = {}
  if (line.host !== undefined) pivots.host = line.host
  if (line.program !== undefined) pivots.process = line.program
  const severity = line.priority === undefined ? undefined : syslogSeverity(line.priority & 7)
  // A notice or less says nothing about security: the patterns decide there.
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
  return pivots
}
