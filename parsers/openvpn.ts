// OpenVPN servers: connections, certificates, logins, addresses given to clients.
import { daemonLine } from './device/daemon.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { accessServerText, isAccessServer } from './openvpn/access-server.ts'
import type { SyslogLine } from './syslog-header.ts'
import { timeAt } from './time.ts'

const LOGSOURCE = closedLogSource('openvpn', ['vpn', 'authentication'], ['openvpn', 'syslog'])

/** `anna/192.0.2.1:1194`, `Anna Berg/192.0.2.1:1194`, `192.0.2.1:1194`, `[::1]:1194`, `tcp4-server:192.0.2.1:1194`. */
const CLIENT =
  /^(?:([^\s/[\]]{1,255}|(?:[^\s/[\]:,='"]{1,64} ){1,4}[^\s/[\]:,='"]{1,64})\/)?(?:(?:tcp|udp)[46]?(?:-server)?:)?((?:\d{1,3}\.){3}\d{1,3}|\[?[0-9A-Fa-f:]{2,45}\]?):(\d{1,5}) /
/** The same without a name, which the longer one looks for in many ways. */
const UNNAMED_CLIENT = new RegExp(`^${CLIENT.source.slice(CLIENT.source.indexOf('(?:(?:tcp'))}`)
const SOCKET =
  /\[AF_INET6?\](?:::ffff:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f:]{2,45}?):(\d{1,5})(?=[\s,;]|$)/
const NAME = /^\[([^\]]{1,255})\] (?:Peer Connection Initiated|Inactivity timeout|AUTH_FAILED)/
const USERNAME =
  /(?:for username|username|[Uu]ser) ['"]([^'"\s]{1,255})['"]|(?:'user': '|\buser=)([^'\s]{1,255})|authentication (?:succeeded|failed|deferred) for username '([^']{1,255})'/
const LEARN = /^MULTI: Learn: (\S{1,64}) -> (?:([^\s/][^/]{0,254})\/)?([^\s/]{1,64}):(\d{1,5})/
const PFSENSE = /openvpn server '([^']{1,64})' user '([^']{0,255})'? address '([^']{1,64})'/
const COMMON_NAME = /\bCN=([^,/"\s][^,/"]{0,254})/

const MEANINGS: readonly (readonly [RegExp, string, ('success' | 'failure')?])[] = [
  [/TLS Error:|OpenSSL: error/, 'tls_error', 'failure'],
  [
    /AUTH_FAILED|Auth Username\/Password verification failed|auth(?:entication)? fail|could not authenticate|LDAP bind failed|LDAP user "[^"]{1,256}" was not found|Incorrect password supplied|AUTH ERROR|VPN Auth Failed|USER_PASS_VERIFY status=1|Username\/Password.{0,40}(?:failed|rejected)/i,
    'login',
    'failure',
  ],
  [
    /AUTH SUCCESS|Username\/Password authentication (?:succeeded|deferred)|auth(?:entication)?.{0,40} succeeded|(?:-|user '[^']{1,256}') authenticated/i,
    'login',
    'success',
  ],
  [
    /VERIFY ERROR|TLS_ERROR|TLS Error|TLS handshake failed|TLS key negotiation failed|Bad encapsulated packet|tls-crypt unwrapping failed|VERIFY (?:X509NAME|EKU|KU) ERROR/,
    'tls_error',
    'failure',
  ],
  [/Peer Connection Initiated|- connected$/, 'connected', 'success'],
  [/VERIFY OK|VERIFY (?:X509NAME|EKU|KU) OK/, 'certificate_verified', 'success'],
  [/^MULTI: Learn|primary virtual IP|MULTI_sva: pool returned/, 'address_assigned', 'success'],
  [/TLS: Initial packet|TCP connection established|Connection reset|- connecting$/, 'connection'],
  [
    /SIGTERM|SIGUSR1|Inactivity timeout|client-instance (?:exiting|restarting)|- disconnected/,
    'disconnected',
  ],
]

interface Body {
  readonly header?: SyslogLine
  readonly program?: string
  readonly time?: number
  readonly text: string
}

function bodyOf(input: ParserInput, context: ParseContext): Body {
  const own = fileTime(input.text, context)
  const line = daemonLine(input, context)
  if (line.program?.startsWith('openvpn') === true || line.program?.startsWith('ovpn') === true) {
    const inner = fileTime(line.text, context) ?? { text: line.text }
    return { ...line, ...inner, text: accessServerText(inner.text) }
  }
  const found = own ?? headed(line, context)
  return isAccessServer(found.text)
    ? { ...found, program: 'openvpnas', text: accessServerText(found.text) }
    : found
}

/** The file's own time behind a header without a program. */
function headed(line: Body, context: ParseContext): Body {
  const inner = line.header === undefined ? undefined : fileTime(line.text, context)
  return inner === undefined ? line : { ...line, ...inner }
}

/** A log file's own time: `2024-12-15 14:10:00 ` or `Sun Dec 15 14:10:00 2024 `. */
function fileTime(text: string, context: ParseContext): Body | undefined {
  const stamp = timeAt(text, 0, context)
  if (stamp === undefined || text.charCodeAt(stamp.end) !== 0x20) return undefined
  const rest = text.slice(stamp.end + 1)
  const bare = rest.startsWith('us=') ? rest.replace(/^us=\d{1,12} /, '') : rest
  return { time: stamp.time, text: bare }
}

/** The plugin for LDAP, in words that other programs may have as well. */
const AUTH_LDAP = /^LDAP (?:user "|bind failed)/

function clientIn(text: string): RegExpExecArray | null {
  return (mayBeNamed(text) ? CLIENT : UNNAMED_CLIENT).exec(text)
}

/** Whether a slash stands where it may end a client's name: in front of all brackets. */
function mayBeNamed(text: string): boolean {
  const end = Math.min(text.length, NAME_UNITS_MAX + 1)
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x2f) return true
    if (code === 0x5b || code === 0x5d) return false
  }
  return false
}

/** Five words of 64 units and the blanks between them. */
const NAME_UNITS_MAX = 324

function isOwn(text: string): boolean {
  const start = text.slice(0, 1024)
  const rest = start.slice(clientIn(start)?.[0].length ?? 0)
  return (
    /^(?:TLS|VERIFY|MULTI|peer info: IV_|\[\S{1,255}\] Peer Connection|Data Channel|Control Channel|OpenVPN \d|PUSH:|SENT CONTROL|CONTROL\b|Re-using SSL|Bad encapsulated|OpenSSL: error|AUTH: Received control|SIG(?:TERM|USR1)\[soft,)/.test(
      rest,
    ) || start.includes('[AF_INET')
  )
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return { code: 'openvpn-no-line', message: 'JSON, no log line' }
  const { header, program, text, time } = bodyOf(input, context)
  const named = program?.startsWith('openvpn') === true || program?.startsWith('ovpn') === true
  if (!named && time === undefined && !isOwn(text) && !AUTH_LDAP.test(text)) {
    return { code: 'openvpn-no-line', message: 'no line of OpenVPN' }
  }
  const fields: WritableFields = {}
  const pivots: WritablePivots = {}
  const start = text.slice(0, 2048)
  const client = CLIENT.exec(start)
  const message = client === null ? text : text.slice(client[0].length)
  if (client !== null) {
    put(fields, 'user', client[1])
    put(fields, 'src_ip', client[2]?.replace(/[[\]]/g, ''))
    put(fields, 'src_port', client[3])
  }
  readMessage(message.slice(0, 2048), fields)
  if (typeof fields.user === 'string') pivots.user = fields.user
  if (program === undefined) pivots.process = 'openvpn'
  const meaning = MEANINGS.find(([pattern]) => pattern.test(message.slice(0, 2048)))
  if (meaning !== undefined) {
    fields.action = meaning[1]
    pivots.action = meaning[1]
    if (meaning[2] !== undefined) {
      fields.outcome = meaning[2]
      pivots.outcome = meaning[2]
    }
  }
  return deviceEvent(header, { time, logsource: LOGSOURCE, message, fields, pivots })
}

/** `... supplied for LDAP DN "CN=Anna Berg,OU=staff"`. */
const LDAP_NAME = /LDAP DN "(?:CN|uid)=([^,"]{1,256})/i

function readMessage(message: string, fields: WritableFields): void {
  const learn = LEARN.exec(message)
  if (learn !== null) {
    put(fields, 'assigned_ip', learn[1])
    put(fields, 'user', learn[2])
    put(fields, 'src_ip', learn[3])
    put(fields, 'src_port', learn[4])
    return
  }
  const local = PFSENSE.exec(message)
  if (local !== null) {
    put(fields, 'server', local[1])
    put(fields, 'user', local[2])
    const [address, port] = (local[3] ?? '').split(':', 2)
    put(fields, 'src_ip', address)
    put(fields, 'src_port', port)
    return
  }
  const user = USERNAME.exec(message)
  const name =
    user?.[1] ?? user?.[2] ?? user?.[3] ?? NAME.exec(message)?.[1] ?? LDAP_NAME.exec(message)?.[1]
  put(fields, 'user', name === 'UNDEF' ? undefined : name)
  put(fields, 'common_name', COMMON_NAME.exec(message)?.[1])
  const info = /^peer info: (\w{1,64})=(.{0,512})$/.exec(message)
  if (info !== null) put(fields, info[1]!, info[2])
  const socket = SOCKET.exec(message)
  if (socket === null || fields.src_ip !== undefined) return
  put(fields, 'src_ip', socket[1])
  put(fields, 'src_port', socket[2])
}

export const openvpn: Parser = {
  name: 'openvpn',
  title: 'OpenVPN server',
  aliases: ['ovpn'],
  keys: [],
  recognise(input, context) {
    if (input.json !== undefined) return false
    const { program, text, time } = bodyOf(input, context)
    if (program !== undefined) return program.startsWith('openvpn') || program.startsWith('ovpn')
    return (time !== undefined || clientIn(text.slice(0, 512)) !== null) && isOwn(text)
  },
  parse,
}
