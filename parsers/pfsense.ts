// pfSense and OPNsense: the packet filter's `filterlog`, and logins to the web interface.
import type { EventLogSource } from '../sigma/event.ts'
import { bind } from './bind.ts'
import { splitCsv } from './device/csv.ts'
import { daemonLine } from './device/daemon.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import { verdictOf } from './device/verdict.ts'
import { dhcpd } from './dhcpd.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { haproxy } from './haproxy.ts'
import { linuxAuth } from './linux_auth.ts'
import { closedLogSource } from './logsource.ts'
import { nginx } from './nginx.ts'
import { openvpn } from './openvpn.ts'
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

const FIREWALL = closedLogSource('pfsense', ['firewall'], ['filterlog', 'syslog'])
const OTHER = closedLogSource('pfsense', [], ['syslog'])
const WEB = closedLogSource('pfsense', ['authentication'], ['php-fpm', 'auth', 'syslog'])

const HEAD =
  'rule_number sub_rule_number anchor tracker interface reason action direction ip_version'.split(
    ' ',
  )
const IPV4 = 'tos ecn ttl id offset ip_flags protocol_id protocol length src_ip dst_ip'.split(' ')
const IPV6 = 'traffic_class flow_label hop_limit protocol protocol_id length src_ip dst_ip'.split(
  ' ',
)
const TCP = 'src_port dst_port data_length flags seq ack window urg options'.split(' ')
const UDP = 'src_port dst_port data_length'.split(' ')
const ICMP = 'icmp_type icmp_id icmp_seq'.split(' ')
const CARP = 'carp_type carp_ttl vhid version advbase advskew'.split(' ')

/** Nine columns, of which the seventh to ninth are action, direction and IP version. */
const PACKET =
  /^(?:[^,]{0,64},){4}[^,]{0,64},(?:match|bad-offset|fragment|short|normalize|memory|bad-timestamp|congestion|ip-option|proto-cksum|state-mismatch|state-insert|state-limit|src-limit|synproxy|map-failed),[a-z]{2,16},(?:in|out|in\/out),[46],/

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
  if (PACKET.test(text)) return packetEvent(header, text)
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
const SERVICES: Readonly<Record<string, Parser>> = {
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
}

function serviceOf(program: string): Parser | undefined {
  const name = program.replace(/-\d{1,3}$/, '')
  return Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined
}

function packetEvent(header: SyslogLine | undefined, text: string): Parsed {
  const columns = splitCsv(text, 0)
  const fields: WritableFields = {}
  const six = columns[8] === '6'
  const names = [...HEAD, ...(six ? IPV6 : IPV4)]
  names.forEach((name, index) => {
    put(fields, name, columns[index])
  })
  const protocol = String(fields.protocol ?? '').toLowerCase()
  fields.protocol = protocol
  tailOf(protocol).forEach((name, index) => {
    put(fields, name, columns[names.length + index])
  })
  const verdict = verdictOf(String(fields.action))
  const pivots: WritablePivots = { action: verdict ?? String(fields.action) }
  if (verdict !== undefined) {
    fields.pf_action = fields.action!
    fields.action = verdict
  }
  return deviceEvent(header, { logsource: FIREWALL, message: text, fields, pivots })
}

function tailOf(protocol: string): readonly string[] {
  if (protocol === 'tcp') return TCP
  if (protocol === 'udp' || protocol === 'sctp') return UDP
  if (protocol === 'carp') return CARP
  return protocol.startsWith('icmp') || protocol === 'ipv6-icmp' ? ICMP : []
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
    if (PACKET.test(text)) return true
    return program !== undefined && PROGRAMS.has(program) && loginEvent(header, text) !== undefined
  },
  parse,
}
