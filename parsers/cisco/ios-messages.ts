// Messages of IOS and NX-OS that name addresses or users.
import {
  accountName,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import { ipOf } from '../values.ts'
import { MNEMONICS, type Row, row } from './ios-mnemonics.ts'
import type { Mark } from './mark.ts'

const LOGINS: readonly Row[] = [
  row(
    'Login Success [user: {user}] [Source: {src_ip}] [localport: {dst_port}]*',
    'login',
    'success',
  ),
  row(
    'Login failed [user: {user}] [Source: {src_ip}] [localport: {dst_port}] [Reason: {reason}]*',
    'login',
    'failure',
  ),
  row('User {user} has exited tty session {tty}({src_ip})*', 'logout'),
  row(
    'Still timeleft for watching failures is {} secs, [user: {user}] [Source: {src_ip}]*',
    'login_block',
    'failure',
  ),
  row('Configured from {method} by {user} on {tty} ({src_ip})*', 'config_change', 'success'),
  row('Configured from {method} by {user}', 'config_change', 'success'),
  row('User:{user}  logged command:{command}', 'command', 'success'),
  row('User:{user} logged command:{command}', 'command', 'success'),
  row(
    "SSH2 Session request from {src_ip} (tty = {tty}) using crypto cipher '{cipher}', hmac '{hmac}' {result}",
    'ssh_session',
  ),
  row(
    "SSH2 Session from {src_ip} (tty = {tty}) for user '{user>}' using crypto cipher '{cipher}', hmac '{hmac}' closed",
    'ssh_session_closed',
  ),
  row(
    "User '{user>}' authentication for SSH2 Session from {src_ip} (tty = {tty}) using crypto cipher '{cipher}', hmac '{hmac}' {result}",
    'login',
  ),
  row('Attempted to connect to {} from {src_ip}', 'connection', 'failure'),
  row('pam_aaa:Authentication failed for user {user} from {src_ip} - {}', 'login', 'failure'),
  row('pam_aaa:Authentication failed from {src_ip} - {}', 'login', 'failure'),
  row('Authentication failed for user {user} from {src_ip} - {}', 'login', 'failure'),
  row('Accepted {method} for {user>} from {src_ip} port {src_port} {}', 'login', 'success'),
  row('Configured from vty by {user} on {src_ip}@{tty}', 'config_change', 'success'),
  row('{} from {src_ip} by {user}', 'config_change'),
  row('Authentication failure for SNMP req from host {src_ip}', 'snmp_authentication', 'failure'),
  row('Message authentication failure from {src_ip} to {dst_ip}*', 'authentication', 'failure'),
  row(
    'Invalid MD5 digest from {src_ip}({src_port}) to {dst_ip}({dst_port})*',
    'md5_authentication',
    'failure',
  ),
  row(
    'No MD5 digest from {src_ip}({src_port}) to {dst_ip}({dst_port})*',
    'md5_authentication',
    'failure',
  ),
  row(
    'Invalid MD5 digest from {src_ip}:{src_port} to {dst_ip}:{dst_port}*',
    'md5_authentication',
    'failure',
  ),
  row(
    'No MD5 digest from {src_ip}:{src_port} to {dst_ip}:{dst_port}*',
    'md5_authentication',
    'failure',
  ),
  row('neighbor {dst_ip} {state}', 'neighbor_change'),
  row('(exec timer expired, tty {tty} ({src_ip})), user {user}', 'logout'),
  row(
    '{}:Stop {protocol} session: initiator ({src_ip}:{src_port}) sent {bytes_sent} bytes -- responder ({dst_ip}:{dst_port}) sent {bytes_received} bytes*',
    'session_end',
  ),
  row(
    '{}:Start {protocol} session: initiator ({src_ip}:{src_port}) -- responder ({dst_ip}:{dst_port})*',
    'session_start',
  ),
  row('User {user} logged in', 'login', 'success'),
  row(
    "Configuration committed by user '{user>}'. Use '{command}' to view the changes.",
    'config_change',
    'success',
  ),
]

const LIST = /(?:^|: )(?:access-)?list (\S{1,128}) (permitted|denied|permit|deny) (\S{1,45}) /
/** `Dropping tcp pkt from Gi1/0/2.6 10.0.0.1:53836 => 192.0.2.9:80(zone:class)`: the zone-based firewall. */
const DROPPED =
  /Dropping (\S{1,32}) (?:pkt|session)(?: from)?(?: [A-Z]\S{1,64})? \[?([0-9A-Fa-f.:]{2,45}):(\d{1,5})\]? ?=> ?\[?([0-9A-Fa-f.:]{2,45}):(\d{1,5})/
const ENDPOINT = /^([0-9A-Fa-f:.]{2,45})(?:\((\d{1,5})\))?/

/** Adds what a message names; true when it is a verdict of an access list. */
export function readIosMessage(
  mark: Mark,
  message: string,
  fields: WritableFields,
  pivots: WritablePivots,
): boolean {
  const list = mark.id.includes('ACCESSLOG') ? LIST.exec(message.slice(0, 256)) : null
  if (list !== null) {
    addAccess(list, message.slice(list.index), fields, pivots)
    return true
  }
  const signature = mark.id === 'SIGNATURE' ? SIGNATURE.exec(message.slice(0, 1024)) : null
  if (signature !== null) {
    const [, id, source, sourcePort, target, targetPort] = signature
    put(fields, 'signature', id)
    addEnds(fields, [source, sourcePort, target, targetPort])
    pivots.action = 'alert'
    return false
  }
  const dropped = message.includes('Dropping ') ? DROPPED.exec(message.slice(0, 512)) : null
  if (dropped !== null) {
    addDropped(dropped, fields, pivots)
    return true
  }
  const text = withoutProcess(message, pivots)
  const known = MNEMONICS.get(mark.id)
  if (known !== undefined && addFirst(known, text, fields, pivots)) return false
  addFirst(LOGINS, text, fields, pivots)
  return false
}

/** `Switch 1 R0/0: dmiauthd: `: where in a chassis a process of IOS XE wrote the message. */
const PLACE =
  /^(?:(?:Switch|Chassis) \d{1,3} )?(?:R|RP|F|FP|SIP|C)\d{1,2}\/\d{1,2}: ([\w-]{1,64}): /

function withoutProcess(message: string, pivots: WritablePivots): string {
  const colon = message.indexOf(': ')
  if (colon < 4 || colon > 24 || message.indexOf('/') > colon) return message
  const place = PLACE.exec(message.slice(0, 128))
  if (place === null) return message
  pivots.process = place[1]!
  return message.slice(place[0].length)
}

/** Adds what the first row that fits says; false when none does. */
function addFirst(
  rows: readonly Row[],
  message: string,
  fields: WritableFields,
  pivots: WritablePivots,
): boolean {
  for (const { fit, action, outcome } of rows) {
    const values = fit(message)
    if (values === undefined) continue
    for (const name in values) {
      const value = values[name]!
      if ((name !== 'src_ip' && name !== 'dst_ip') || ipOf(value) !== undefined) {
        put(fields, name, value)
      }
    }
    if (values.process !== undefined) pivots.process = values.process
    if (values.url !== undefined) putUrl(pivots, values.url)
    addLogin(fields, pivots, action ?? values.state ?? '', outcome ?? resultOf(values.result))
    return true
  }
  return false
}

/** `Sig:3051 Subsig:1 Sev:4 TCP ... [10.0.0.1:51654 -> 192.0.2.9:80]`: the intrusion prevention of IOS. */
const SIGNATURE =
  /^Sig:(\d{1,6}) .*\[([0-9A-Fa-f.:]{2,45}):(\d{1,5}) -> ([0-9A-Fa-f.:]{2,45}):(\d{1,5})\]/

type Ends = readonly (string | undefined)[]

function addEnds(fields: WritableFields, [source, sourcePort, target, targetPort]: Ends): void {
  put(fields, 'src_ip', source)
  put(fields, 'src_port', sourcePort)
  put(fields, 'dst_ip', target)
  put(fields, 'dst_port', targetPort)
}

function addDropped(
  [, protocol, source, sourcePort, target, targetPort]: RegExpExecArray,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  put(fields, 'protocol', protocol)
  addEnds(fields, [source, sourcePort, target, targetPort])
  fields.action = 'denied'
  pivots.action = 'denied'
  pivots.outcome = 'failure'
}

function resultOf(result: string | undefined): 'success' | 'failure' | undefined {
  if (result === undefined) return undefined
  return result.startsWith('Succe') ? 'success' : 'failure'
}

function addLogin(
  fields: WritableFields,
  pivots: WritablePivots,
  action: string,
  outcome: 'success' | 'failure' | undefined,
): void {
  if (typeof fields.user === 'string') pivots.user = accountName(fields.user)
  fields.action = action
  pivots.action = action
  if (outcome === undefined) return
  fields.outcome = outcome
  pivots.outcome = outcome
}

/** `list 150 denied tcp 10.0.0.1(59830) [(Gi0/1 aabb)] -> 10.0.0.2(80) [(3/3)], 1 packet`. */
function addAccess(
  list: RegExpExecArray,
  message: string,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  const [whole, name, verdict, protocol = ''] = list
  const allowed = verdict === 'permitted' || verdict === 'permit'
  put(fields, 'access_list', name)
  // A standard list names the source only.
  if (ipOf(protocol) === undefined) put(fields, 'protocol', protocol)
  else put(fields, 'src_ip', protocol)
  fields.action = allowed ? 'allowed' : 'denied'
  pivots.action = fields.action
  pivots.outcome = allowed ? 'success' : 'failure'
  const arrow = message.indexOf(' -> ', whole.length)
  const source = ENDPOINT.exec(message.slice(whole.length, whole.length + 64))
  if (source !== null && ipOf(source[1]!) !== undefined) {
    put(fields, 'src_ip', source[1])
    put(fields, 'src_port', source[2])
  }
  if (arrow < 0) {
    addPackets(message, whole.length - 2, fields)
    return
  }
  const target = ENDPOINT.exec(message.slice(arrow + 4, arrow + 68))
  if (target === null) return
  put(fields, 'dst_ip', target[1])
  put(fields, 'dst_port', target[2])
  const rest = message.slice(arrow + 4 + target[0].length)
  const icmp = /^ \((\d{1,3})\/(\d{1,3})\)/.exec(rest)
  if (icmp !== null) {
    fields.icmp_type = Number(icmp[1])
    fields.icmp_code = Number(icmp[2])
  }
  addPackets(rest, 0, fields)
}

function addPackets(text: string, start: number, fields: WritableFields): void {
  const packets = /[, ] ?(\d{1,12}) packets?/.exec(text.slice(start, start + 128))
  if (packets !== null) fields.packets = Number(packets[1])
}
