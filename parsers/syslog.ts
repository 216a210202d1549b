// Syslog lines whose program no other parser knows.
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource, OPEN_LOGSOURCE } from './logsource.ts'
import { addContent } from './syslog/content.ts'
import { syslogFields, syslogPivots } from './syslog/fields.ts'
import { splitSyslog } from './syslog-header.ts'

const LINUX_SYSLOG = closedLogSource('linux', [], ['syslog'])

/** Programs that only Linux hosts run and that Sigma has no service of its own for. */
const LINUX_PROGRAMS: ReadonlySet<string> = new Set([
  ...['kernel', 'systemd', 'systemd-resolved', 'systemd-networkd', 'systemd-timesyncd', 'auditd'],
  ...['dbus-daemon', 'NetworkManager', 'rsyslogd', 'snapd', 'udisksd', 'polkitd', 'dhclient'],
  ...['networkd-dispatcher', 'systemd-journald', 'systemd-udevd', 'accounts-daemon', 'anacron'],
])

const NO_HEADER: EventError = { code: 'syslog-no-header', message: 'no syslog header' }

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const found = splitSyslog(input.text, context)
  // What JSON holds is read as JSON.
  if (found === undefined && input.json !== undefined) return NO_HEADER
  const line = found ?? { form: 'stripped', message: input.text }
  const linux = line.program !== undefined && LINUX_PROGRAMS.has(line.program)
  const fields = syslogFields(line)
  const pivots = syslogPivots(line)
  const said = addContent(line, fields, pivots, context)
  // A collector took the header away: what the message says tells that it is one.
  if (line.message === input.text && Object.keys(pivots).length === 0) {
    return NO_HEADER
  }
  const time = line.time ?? said
  return {
    ...(time === undefined ? {} : { time }),
    logsource: linux ? LINUX_SYSLOG : OPEN_LOGSOURCE,
    pivots,
    message: line.message,
    fields,
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
