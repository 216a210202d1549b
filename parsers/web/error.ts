// Lines of nginx' and Apache's error logs.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import type { ParseContext } from '../event.ts'
import { severityOf } from '../severity.ts'
import { isoAt, timeAt } from '../time.ts'
import { ipOf, portOf } from '../values.ts'
import type { WritablePivots } from './event.ts'
import { addModSecurity } from './modsecurity.ts'

export interface ErrorLine {
  /** Absent where a syslog header has it. */
  readonly time: number | undefined
  readonly message: string
  readonly fields: Fields
  readonly pivots: WritablePivots
}

/** `2026/07/28 11:28:41 [error] 12#34: *56 text, client: 1.2.3.4, server: x, request: "GET / HTTP/1.1"`. */
export function readNginxError(text: string, context: ParseContext): ErrorLine | undefined {
  if (text.charCodeAt(4) !== 0x2f) return undefined
  const stamp = isoAt(text, 0, context)
  if (stamp === undefined || !text.startsWith(' [', stamp.end)) return undefined
  const close = text.indexOf('] ', stamp.end)
  const level = text.slice(stamp.end + 2, close)
  if (close < 0 || severityOf(level) === undefined) return undefined
  const fields: { [name: string]: FieldValue } = { level }
  const rest = text.slice(close + 2)
  const id = /^(\d{1,10})#(\d{1,10}): (?:\*(\d{1,20}) )?/.exec(rest)
  if (id === null) return undefined
  fields.pid = Number(id[1])
  fields.tid = Number(id[2])
  if (id[3] !== undefined) fields.connection = id[3]
  const message = rest.slice(id[0].length)
  const pivots: WritablePivots = levelPivots(level)
  for (const [name, value] of nginxContext(message)) fields[name] = value
  addRefused(fields, pivots, message, NGINX_USER)
  if (fields.client === undefined) addClosing(fields, message)
  addClient(pivots, fields.client)
  if (typeof fields.host === 'string') pivots.domain = fields.host
  addRequest(pivots, fields.request)
  addModSecurity(message, fields, pivots)
  return { time: stamp.time, message, fields, pivots }
}

/** `client 192.0.2.9 closed keepalive connection`. */
function addClosing(fields: { [name: string]: FieldValue }, message: string): void {
  if (!message.startsWith('client ')) return
  const word = message.slice(7, message.indexOf(' ', 7))
  if (ipOf(word) !== undefined) fields.client = word
}

const NGINX_CONTEXT = ['client', 'server', 'request', 'upstream', 'host', 'referrer'] as const

/** The pairs at the end of a message, each found from the right. */
function nginxContext(message: string): readonly [string, string][] {
  const found: [string, string][] = []
  let end = message.length
  for (const name of NGINX_CONTEXT.toReversed()) {
    const mark = `, ${name}: `
    const at = message.lastIndexOf(mark, end - mark.length)
    if (at < 0 || end < mark.length) continue
    const value = message.slice(at + mark.length, end)
    found.push([name, value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value])
    end = at
  }
  return found
}

/** `[Tue Jul 28 11:28:00.1 2026] [core:error] [pid 1:tid 2] [client 1.2.3.4:5678] AH00124: text`, without
 * the time where it stands in a syslog header. */
export function readApacheError(
  text: string,
  context: ParseContext,
  headed: boolean,
): ErrorLine | undefined {
  if (text.charCodeAt(0) !== 0x5b) return undefined
  const stamp = timeAt(text, 1, context)
  const isBare = stamp === undefined && !headed && !CLIENT_FIRST.test(text)
  if (isBare || (stamp !== undefined && !text.startsWith('] [', stamp.end))) return undefined
  const fields: { [name: string]: FieldValue } = {}
  let at = stamp === undefined ? 0 : stamp.end + 2
  for (let count = 0; count < 8 && text.charCodeAt(at) === 0x5b; count++) {
    const close = bracketEnd(text, at)
    if (close < 0 || close - at > 256) return undefined
    addBracket(fields, text.slice(at + 1, close))
    at = text.charCodeAt(close + 1) === 0x20 ? close + 2 : close + 1
  }
  const { level } = fields
  if (typeof level !== 'string') return undefined
  const message = text.slice(at)
  const inner = fields.client === undefined ? INNER_CLIENT.exec(message.slice(0, 1024)) : null
  if (inner?.[1] !== undefined) fields.client = inner[1]
  const code = /^(AH\d{5}): /.exec(inner === null ? message : message.slice(inner[0].length))
  if (code?.[1] !== undefined) fields.code = code[1]
  const pivots: WritablePivots = levelPivots(level)
  addRefused(fields, pivots, message, APACHE_USER)
  const referer = /, referer: (\S{1,4096})$/.exec(message.slice(-4200))?.[1]
  if (referer !== undefined) fields.referer = referer
  addModSecurity(message, fields, pivots)
  addClient(pivots, fields.client)
  return { time: stamp?.time, message, fields, pivots }
}

/** Apache's line without its time. */
const CLIENT_FIRST =
  /^\[(?:\w{1,32}:)?(?:emerg|alert|crit|error|warn|notice|info|debug)\] (?:\[pid \d{1,10}(?::tid \d{1,20})?\] )?\[client [\da-fA-F.:]{2,45}\] /

/** What stands in front of the client: an error of the system, the place in the source. */
const INNER_CLIENT =
  /^(?:\(\d{1,10}\)[^[\]]{1,512}|\w{1,64}\.c\(\d{1,6}\)): \[client (\S{2,64}(?: :\d{1,5})?)\] /

/** Where a bracket closes; `[client [2001:db8::1]:5678]` holds another. */
function bracketEnd(text: string, start: number): number {
  const close = text.indexOf(']', start)
  const inner = text.indexOf('[', start + 1)
  return inner < 0 || inner > close ? close : text.indexOf(']', close + 1)
}

// From the start of a message: what a client asks for stands behind it.
const APACHE_USER =
  /^(?:AH\d{5}: )?(?:Digest: )?(?:user [`']?([^\s'`]{1,256}?)'?(?:: authentication failure|: authorization failure| not found|: password mismatch| in realm)|Authorization of user (\S{1,256}) to access .{1,1024} failed|AUDIT: authentication failure for principal "([^"]{1,256})")/i
const NGINX_USER = /^user "([^"]{1,256})"(?:: password mismatch| was not found)/

/** The account of a refused login. */
function addRefused(
  fields: { [name: string]: FieldValue },
  pivots: WritablePivots,
  message: string,
  pattern: RegExp,
): void {
  const user = pattern
    .exec(message.slice(0, 2048))
    ?.slice(1)
    .find((name) => name !== undefined)
  if (user === undefined) return
  fields.user = user
  pivots.user = user
  pivots.outcome = 'failure'
}

function addBracket(fields: { [name: string]: FieldValue }, text: string): void {
  const [word = '', value] = text.split(' ', 2)
  if (word === 'client' || word === 'remote') fields.client ??= text.slice(word.length + 1)
  else if (word === 'pid' && value !== undefined) {
    const [pid = '', tid] = value.split(':', 2)
    if (/^\d{1,10}$/.test(pid)) fields.pid = Number(pid)
    if (tid !== undefined) fields.tid = text.slice(text.indexOf('tid ') + 4)
  } else if (word === 'tid' && value !== undefined) fields.tid = value
  else if (fields.level === undefined) {
    const [first = '', second] = text.split(':', 2)
    const level = second ?? first
    if (severityOf(level) === undefined && !level.startsWith('trace')) return
    fields.level = level
    if (second !== undefined && first !== '') fields.module = first
  }
}

function levelPivots(level: string): WritablePivots {
  const severity = severityOf(level)
  return severity === undefined || severity === 'informational' ? {} : { severity }
}

/** `1.2.3.4`, `1.2.3.4:5678`, `[::1]:5678`. */
function addClient(pivots: WritablePivots, client: FieldValue | undefined): void {
  if (typeof client !== 'string') return
  const colon = client.lastIndexOf(':')
  const port = colon < 0 ? undefined : portOf(client.slice(colon + 1))
  const whole = ipOf(client)
  const address = whole ?? ipOf(client.slice(0, Math.max(colon, 0)).replace(/^\[|\]?\s?$/g, ''))
  if (address !== undefined) pivots.src_ip = address
  if (whole === undefined && port !== undefined) pivots.src_port = port
}

function addRequest(pivots: WritablePivots, request: FieldValue | undefined): void {
  if (typeof request !== 'string') return
  const [method, url] = request.split(' ', 2)
  if (method === undefined || url === undefined) return
  pivots.action = method
  pivots.url = url
}
