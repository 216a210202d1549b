// pfSense and OPNsense: the packet filter's `filterlog`, and logins to the web interface.
import type { EventLogSource } from '../sigma/event.ts'
import { bind } from './bind.ts'
import { daemonLine } from './device/daemon.ts'
import { deviceEvent, type WritableFields, type WritablePivots } from './device/event.ts'
import { dhcpd } from './dhcpd.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { haproxy } from './haproxy.ts'
import { linuxAuth } from './linux_auth.ts'
import { closedLogSource } from './logsource.ts'
import { nginx } from './nginx.ts'
import { openvpn } from './openvpn.ts'
import { isPacket, packetEvent } from './pfsense/packet.ts'
import {
  DHCP6,
  IPSEC,
  MAIL,
  readCharon,
  readDhcp6,
  readDovecot,
  type ServiceReading,
} from './pfsense/services.ts'
import { squid } from './squid.ts'
import type { SyslogLine } from './syslog-header.ts'
import { template } from './template.ts'
import { unbound } from './unbound.ts'

const OTHER = closedLogSource('pfsense', [], ['syslog'])
const WEB = closedLogSource('pfsense', ['authentication'], ['php-fpm', 'auth', 'syslog'])

const MESSAGES = [
  {
    fit: template("{page}: Successful login for user '{user>}' from: {src_ip}*"),
    outcome: 'success',
  },
  {
    fit: template(
      "{page}: webConfigurator authentication error for user '{user>}' from: {src_ip}*",
    ),
    outcome: 'failure',
  },
  {
    fit: template("{page}: webConfigurator authentication error for '{user>}' from {src_ip}*"),
    outcome: 'failure',
  },
  {
    fit: template("{page}: Web GUI authentication error for '{user>}' from {src_ip}*"),
    outcome: 'failure',
  },
  {
    fit: template("{page}: Successful login for user '{user>}' from {src_ip}*"),
    outcome: 'success',
  },
  {
    fit: template("{page}: User logged out for user '{user>}' from: {src_ip}*"),
    outcome: undefined,
  },
  {
    fit: template("{page}: Session timed out for user '{user>}' from: {src_ip}*"),
    outcome: undefined,
  },
] as const

const PROGRAMS: ReadonlySet<string> = new Set([
  'filterlog',
  'php-fpm',
  'php',
  'audit',
  'configd.py',
])

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return { code: 'pfsense-no-line', message: 'JSON, no log line' }
  const { header, program, text } = daemonLine(input, context)
  if (isPacket(text)) return packetEvent(header, text)
  const login = loginEvent(header, text)
  if (login !== undefined) return login
  if (program === undefined) {
    return { code: 'pfsense-no-line', message: 'neither a filterlog nor a login line' }
  }
  const parsed = serviceOf(program)?.parse(input, context)
  if (parsed !== undefined && !('code' in parsed)) return parsed
  const own = ownService(program, text)
  if (own !== undefined) {
    const { logsource, reading } = own
    return deviceEvent(header, { logsource, message: text, ...reading })
  }
  const logsource = PROGRAMS.has(program) ? WEB : OTHER
  return deviceEvent(header, { logsource, message: text, fields: {}, pivots: {} })
}

/** What programs of the firewall say that no other host's parser reads. */
function ownService(
  program: string,
  text: string,
): { readonly logsource: EventLogSource; readonly reading: ServiceReading } | undefined {
  switch (program) {
    case 'charon':
    case 'charon-systemd': {
      const reading = readCharon(text)
      return reading === undefined ? undefined : { logsource: IPSEC, reading }
    }
    case 'dhcp6c':
      return { logsource: DHCP6, reading: readDhcp6(text) }
    case 'dovecot':
      return { logsource: MAIL, reading: readDovecot(text) }
    default:
      return undefined
  }
}

/** Services that run on the firewall are read as what they are. */
const SERVICES: ReadonlyMap<string, Parser> = new Map(
  Object.entries({
    dhcpd,
    unbound,
    openvpn,
    haproxy,
    squid,
    nginx,
    named: bind,
    sshd: linuxAuth,
    'sshd-session': linuxAuth,
    sudo: linuxAuth,
    cron: linuxAuth,
  }),
)

/** `squid-1` is squid. */
const NUMBERED = /-\d{1,3}$/

function serviceOf(program: string): Parser | undefined {
  return SERVICES.get(program.includes('-') ? program.replace(NUMBERED, '') : program)
}

function loginEvent(header: SyslogLine | undefined, text: string): Parsed | undefined {
  if (text.charCodeAt(0) !== 0x2f) return undefined
  for (const { fit, outcome } of MESSAGES) {
    const values = fit(text)
    if (values === undefined) continue
    const action = outcome === undefined ? 'logout' : 'login'
    const fields: WritableFields = { ...values, action }
    const pivots: WritablePivots = { action, user: values.user! }
    if (outcome !== undefined) {
      fields.outcome = outcome
      pivots.outcome = outcome
    }
    return deviceEvent(header, { logsource: WEB, message: text, fields, pivots })
  }
  return undefined
}

export const pfsense: Parser = {
  name: 'pfsense',
  title: 'pfSense and OPNsense (filterlog, web interface)',
  aliases: ['opnsense', 'filterlog'],
  keys: [],
  recognise(input, context) {
    if (input.json !== undefined) return false
    const { header, program, text } = daemonLine(input, context)
    if (isPacket(text)) return true
    return program !== undefined && PROGRAMS.has(program) && loginEvent(header, text) !== undefined
  },
  parse,
}
