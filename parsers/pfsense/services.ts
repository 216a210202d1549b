// Programs on the firewall that have no parser of their own: strongSwan's charon, the DHCPv6 client, Dovecot.
import { put, type WritableFields, type WritablePivots } from '../device/event.ts'
import { closedLogSource } from '../logsource.ts'

/** What a service's text says. Fresh. */
export interface ServiceReading {
  readonly fields: WritableFields
  readonly pivots: WritablePivots
}

export const IPSEC = closedLogSource('pfsense', ['vpn'], ['charon', 'ipsec', 'syslog'])
export const MAIL = closedLogSource('pfsense', ['authentication'], ['dovecot', 'syslog'])
export const DHCP6 = closedLogSource('pfsense', ['dhcp'], ['dhcp6c', 'syslog'])

/** Longest part of a text that is looked at, UTF-16 units. */
const TEXT_UNITS_MAX = 2048

/** `14[NET] <con1000|11> `: thread, subsystem, connection and its number. */
const CHARON = /^(\d{1,3})\[([A-Z]{2,4})\] ?(?:<([^|>]{1,128})(?:\|(\d{1,10}))?> )?/
const PACKET =
  /^(sending|received) packet: from ([\dA-Fa-f.:]{2,45})\[(\d{1,5})\] to ([\dA-Fa-f.:]{2,45})\[(\d{1,5})\](?: \((\d{1,9}) bytes\))?/
const ESTABLISHED =
  /^(?:IKE_SA|CHILD_SA) ([^\s[{]{1,128})[[{]\d{1,10}[\]}] (established|state change|deleted)/
const BETWEEN =
  /between ([\dA-Fa-f.:]{2,45}?)\[([^\]]{0,256})\]\.\.\.([\dA-Fa-f.:]{2,45}?)\[([^\]]{0,256})\]/
const PEER =
  /^([\dA-Fa-f.:]{2,45}) is initiating an? |^(?:initiating|deleting) .{0,160}? (?:to|with) ([\dA-Fa-f.:]{2,45})$/
const IDENTITY = /^authentication of '([^']{1,256})'/
const EAP = /^(?:EAP|XAuth) (?:method \S{1,32} |authentication of |identity )'?([^'\s]{1,256})'?/

/** Words that say what came of it, the first that stands there. */
const CHARON_MEANINGS: readonly (readonly [RegExp, string, ('success' | 'failure')?])[] = [
  [
    /authentication of .{0,300} (?:failed|MAC mismatched)|AUTH_?FAILED|AUTHENTICATION_FAILED/,
    'authentication',
    'failure',
  ],
  [
    /(?:authentication|EAP method|XAuth authentication) of .{0,300} successful/,
    'authentication',
    'success',
  ],
  [
    /no (?:IKE|proposal|matching peer) config|NO_PROP|NO_PROPOSAL_CHOSEN|establishing .{0,80} failed/,
    'negotiation',
    'failure',
  ],
  [/^(?:IKE_SA|CHILD_SA) .{0,300} established/, 'established', 'success'],
  [/^(?:deleting|closing) |received DELETE for/, 'deleted'],
  [/is initiating an? |^initiating /, 'initiated'],
]

/** A line of charon; undefined where it has not its form. */
export function readCharon(text: string): ServiceReading | undefined {
  const head = CHARON.exec(text)
  if (head === null) return undefined
  const [whole, thread, subsystem, connection, id] = head
  const fields: WritableFields = {}
  const pivots: WritablePivots = {}
  put(fields, 'thread', thread)
  put(fields, 'subsystem', subsystem)
  put(fields, 'connection', connection)
  put(fields, 'connection_id', id)
  const said = text.slice(whole.length, whole.length + TEXT_UNITS_MAX)
  const packet = PACKET.exec(said)
  if (packet !== null) {
    const [, verb, source, sourcePort, target, targetPort, bytes] = packet
    put(fields, 'src_ip', source)
    put(fields, 'src_port', sourcePort)
    put(fields, 'dst_ip', target)
    put(fields, 'dst_port', targetPort)
    if (bytes !== undefined) fields.bytes = Number(bytes)
    pivots.action = verb === 'sending' ? 'packet_sent' : 'packet_received'
    return { fields, pivots }
  }
  addPeers(said, fields)
  const user = IDENTITY.exec(said)?.[1] ?? EAP.exec(said)?.[1]
  if (user !== undefined) {
    fields.user = user
    pivots.user = user
  }
  addMeaning(said, CHARON_MEANINGS, fields, pivots)
  return { fields, pivots }
}

function addPeers(said: string, fields: WritableFields): void {
  const between = BETWEEN.exec(said)
  if (between !== null) {
    const [, own, ownId, peer, peerId] = between
    put(fields, 'dst_ip', own)
    put(fields, 'local_id', ownId)
    put(fields, 'src_ip', peer)
    put(fields, 'remote_id', peerId)
  }
  const sa = ESTABLISHED.exec(said)
  if (sa !== null) put(fields, 'connection', sa[1])
  const peer = PEER.exec(said)
  if (peer !== null) put(fields, peer[1] === undefined ? 'dst_ip' : 'src_ip', peer[1] ?? peer[2])
}

function addMeaning(
  said: string,
  meanings: typeof CHARON_MEANINGS,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  const found = meanings.find(([pattern]) => pattern.test(said))
  if (found === undefined) return
  const [, action, outcome] = found
  fields.action = action
  pivots.action = action
  if (outcome === undefined) return
  fields.outcome = outcome
  pivots.outcome = outcome
}

const ADDRESS =
  /^(add|remove|update) an? address ([\dA-Fa-f:.]{2,45})(?:\/(\d{1,3}))? on (\S{1,32})/
const STATUS = /^status code: (.{1,64})/

/** A line of the DHCPv6 client. */
export function readDhcp6(text: string): ServiceReading {
  const fields: WritableFields = {}
  const pivots: WritablePivots = {}
  const address = ADDRESS.exec(text.slice(0, TEXT_UNITS_MAX))
  if (address !== null) {
    const [, verb, ip, prefix, device] = address
    put(fields, 'src_ip', ip)
    put(fields, 'assigned_ip', ip)
    put(fields, 'prefix_length', prefix)
    put(fields, 'interface', device)
    fields.action = `address_${verb}`
    pivots.action = `address_${verb}`
    return { fields, pivots }
  }
  const status = STATUS.exec(text)?.[1]
  if (status !== undefined) {
    fields.status = status
    pivots.outcome = status.startsWith('success') ? 'success' : 'failure'
  }
  return { fields, pivots }
}

const DOVECOT_PAIR = /\b(user|method|rip|lip|rport|lport|mpid|session)=<?([^,>\s]{0,256})>?/g
const DOVECOT_MEANINGS: readonly (readonly [RegExp, string, ('success' | 'failure')?])[] = [
  [/auth(?:entication)? failed|password mismatch|unknown user|Auth process/i, 'login', 'failure'],
  [/\bLogin: /, 'login', 'success'],
  [/no auth attempts|Aborted login/, 'login_aborted'],
  [/Logged out|Disconnected/, 'logout'],
]

/** `imap-login: Login: user=<anna>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1, TLS`. */
export function readDovecot(text: string): ServiceReading {
  const fields: WritableFields = {}
  const pivots: WritablePivots = {}
  const said = text.slice(0, TEXT_UNITS_MAX)
  for (const [, name = '', value] of said.matchAll(DOVECOT_PAIR)) put(fields, name, value)
  const { rip, lip, rport, lport, user } = fields
  if (typeof rip === 'string') fields.src_ip = rip
  if (typeof lip === 'string') fields.dst_ip = lip
  if (typeof rport === 'string') fields.src_port = rport
  if (typeof lport === 'string') fields.dst_port = lport
  if (typeof user === 'string') pivots.user = user
  const colon = said.indexOf(': ')
  if (colon > 0 && /^[\w-]{1,32}$/.test(said.slice(0, colon))) fields.service = said.slice(0, colon)
  addMeaning(said, DOVECOT_MEANINGS, fields, pivots)
  return { fields, pivots }
}
