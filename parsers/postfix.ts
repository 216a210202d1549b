// Postfix: connections, refusals, SASL logins, queue and deliveries.
import { daemonLine } from './device/daemon.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { POLICIES, readPolicy } from './postfix/policy.ts'

const LOGSOURCE = closedLogSource('linux', ['email'], ['postfix', 'mail', 'syslog'])
const PAIRS_MAX = 64

const QUEUE_ID = /^([0-9A-F]{6,16}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,20}|NOQUEUE): /
/** `host.example[192.0.2.1]`, perhaps with a port; postscreen knows no name. */
const PEER = /([\w.-]{1,255})?\[([0-9A-Fa-f:.]{2,45})\](?::(\d{1,5}))?/
const REJECT =
  /^(?:milter-)?(reject|reject_warning|discard|filter|hold|redirect|warn): ([A-Z-]{2,24}|END-OF-MESSAGE|header|body)? ?from /
const STATUS = /^(\d{3}) (?:(\d\.\d{1,3}\.\d{1,3}) )?(.{0,512}?)(?:;|$)/
const SASL =
  /^warning: .{0,300}?: SASL (\S{1,32}) authentication (failed|aborted|failure)(?:: (.{0,256}))?/
/** `statistics: max connection rate 2/60s for (smtp:192.0.2.1) at Nov 20 10:11:12`. */
const ANVIL = / for \(\w{1,32}:([0-9A-Fa-f:.]{2,45})\) at /
const START =
  /^(?:connect|disconnect|lost connection|timeout|too many errors|improper command|NOQUEUE: |Anonymous TLS|Trusted TLS|Untrusted TLS|warning: |statistics: )/

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return { code: 'postfix-no-line', message: 'JSON, no log line' }
  const { header, program, text } = daemonLine(input, context)
  const own = program?.startsWith('postfix') === true
  const policy = readPolicy(program, text)
  if (policy !== undefined) return deviceEvent(header, policy)
  if (!own && !START.test(text.slice(0, 64)) && !QUEUE_ID.test(text.slice(0, 32))) {
    return { code: 'postfix-no-line', message: 'no line of Postfix' }
  }
  const fields: WritableFields = {}
  const pivots: WritablePivots = {}
  const queue = QUEUE_ID.exec(text.slice(0, 32))
  if (queue?.[1] !== undefined && queue[1] !== 'NOQUEUE') fields.queue_id = queue[1]
  if (program !== undefined) fields.component = program.slice(program.lastIndexOf('/') + 1)
  const message = queue === null ? text : text.slice(queue[0].length)
  addPeer(message, fields)
  readAction(message, fields, pivots)
  addPairs(message, fields)
  addUser(fields, pivots)
  if (text.startsWith('statistics: ')) put(fields, 'src_ip', ANVIL.exec(text.slice(0, 256))?.[1])
  return deviceEvent(header, { logsource: LOGSOURCE, message: text, fields, pivots })
}

/** The client is the source; the relay of a delivery is the destination. */
function addPeer(message: string, fields: WritableFields): void {
  const relay = message.indexOf('relay=')
  const from = relay >= 0 ? message.slice(relay + 6, relay + 400) : message.slice(0, 1024)
  const peer = PEER.exec(from)
  if (peer === null) return
  const [, name, address, port] = peer
  const side =
    relay >= 0 ||
    /^(?:\w+ TLS connection established to|connect to|host \S+ (?:said|refused to talk to me): |lost connection with \S+ while (?:receiving the initial|performing|sending))/.test(
      message,
    )
      ? 'dst'
      : 'src'
  if (name !== undefined && name !== 'unknown') put(fields, `${side}_host`, name)
  put(fields, `${side}_ip`, address)
  put(fields, `${side}_port`, port)
  const server = / to \[([0-9A-Fa-f:.]{2,45})\]:(\d{1,5})$/.exec(message.slice(0, 256))
  if (side === 'dst' || server === null) return
  put(fields, 'dst_ip', server[1])
  put(fields, 'dst_port', server[2])
}

/** How messages of smtpd and postscreen begin, and what they mean. */
const BEGINNINGS: readonly (readonly [RegExp, action: string, outcome?: string])[] = [
  [/^connect from/i, 'connect'],
  [/^disconnect/i, 'disconnect'],
  [/^lost connection/, 'lost_connection'],
  [/^client=/, 'receive'],
  [/^improper command pipelining/, 'improper_pipelining', 'failure'],
  [/^too many errors/, 'too_many_errors', 'failure'],
  [
    /^(?:PREGREET|BARE NEWLINE|COMMAND (?:PIPELINING|TIME LIMIT|COUNT LIMIT|LENGTH LIMIT)|NON-SMTP COMMAND) /,
    'protocol_error',
    'failure',
  ],
  [/^DNSBL rank/, 'dnsbl', 'failure'],
  [/^(?:BLACKLISTED|DENYLISTED) /, 'denylisted', 'failure'],
  [/^(?:WHITELISTED|ALLOWLISTED|PASS (?:NEW|OLD)) /, 'pass', 'success'],
  [/^HANGUP /, 'hangup'],
]

function set(
  fields: WritableFields,
  pivots: WritablePivots,
  action: string,
  outcome?: string,
): void {
  fields.action = action
  pivots.action = action
  if (outcome === undefined) return
  fields.outcome = outcome
  pivots.outcome = outcome
}

function readAction(message: string, fields: WritableFields, pivots: WritablePivots): void {
  const text = message.slice(0, 2048)
  const reject = REJECT.exec(text)
  if (reject !== null) {
    put(fields, 'stage', reject[2])
    set(fields, pivots, reject[1]!, reject[1]!.startsWith('reject') ? 'failure' : undefined)
    const peer = /\](?::\d{1,5})?: /.exec(text)
    const status = peer === null ? null : STATUS.exec(text.slice(peer.index + peer[0].length))
    put(fields, 'status_code', status?.[1])
    put(fields, 'dsn', status?.[2])
    put(fields, 'reason', status?.[3]?.replace(/^: /, ''))
    return
  }
  const sasl = SASL.exec(text)
  if (sasl !== null) {
    put(fields, 'sasl_method', sasl[1])
    put(fields, 'reason', sasl[3])
    put(fields, 'sasl_username', /sasl_username=([^\s,]{1,255})/.exec(text)?.[1])
    set(fields, pivots, 'sasl_login', 'failure')
  } else if (text.includes('sasl_username=')) set(fields, pivots, 'sasl_login', 'success')
  else if (text.includes('status=')) readDelivery(text, fields, pivots)
  else if (text.startsWith('warning: non-SMTP command'))
    set(fields, pivots, 'non_smtp_command', 'failure')
  else {
    const known = BEGINNINGS.find(([start]) => start.test(text))
    if (known !== undefined) set(fields, pivots, known[1], known[2])
  }
}

function readDelivery(text: string, fields: WritableFields, pivots: WritablePivots): void {
  const status = /status=(\w{1,32})(?: \((.{0,1024})\))?/.exec(text)
  if (status === null) return
  put(fields, 'status', status[1])
  put(fields, 'status_text', status[2])
  const sent = status[1] === 'sent' || status[1] === 'delivered'
  set(fields, pivots, 'deliver', sent ? 'success' : 'failure')
}

const PAIRS: ReadonlySet<string> = new Set([
  ...['from', 'to', 'orig_to', 'proto', 'helo', 'message-id', 'resent-message-id', 'size', 'nrcpt'],
  ...['relay', 'delay', 'delays', 'dsn', 'uid', 'client', 'sasl_method', 'sasl_username'],
  ...['sasl_sender', 'conn_use', 'orig_client', 'orig_queue_id'],
])

/** `from=<a@b>, to=<c@d> proto=ESMTP helo=<x>`. */
function addPairs(message: string, fields: WritableFields): void {
  for (const part of message.split(/[ ,;]+/, PAIRS_MAX)) {
    const equals = part.indexOf('=')
    const name = part.slice(0, equals)
    if (equals <= 0 || !PAIRS.has(name) || fields[name] !== undefined) continue
    const value = part.slice(equals + 1)
    put(
      fields,
      name,
      value.startsWith('<') ? value.slice(1, value.endsWith('>') ? -1 : undefined) : value,
    )
  }
}

function addUser(fields: WritableFields, pivots: WritablePivots): void {
  const user = fields.sasl_username ?? fields.from
  if (typeof user === 'string') pivots.user = user
}

/** Postfix' own programs and the policy services that stand beside it. */
function isMail(program: string | undefined): boolean {
  return program !== undefined && (program.startsWith('postfix') || POLICIES.has(program))
}

export const postfix: Parser = {
  name: 'postfix',
  title: 'Postfix',
  aliases: ['mail', 'maillog', 'smtpd'],
  keys: [],
  recognise(input, context) {
    return input.json === undefined && isMail(daemonLine(input, context).program)
  },
  parse,
}
