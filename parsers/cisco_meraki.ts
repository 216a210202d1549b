// Cisco Meraki's syslog: `1 1795258800.123456789 MX84 flows src=192.0.2.9 dst=.. protocol=udp sport=.. pattern: allow all`.
import type { EventLogSource } from '../sigma/event.ts'
import { readSaid } from './cisco/meraki-events.ts'
import {
  deviceEvent,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from './device/event.ts'
import { HEADER_UNITS_MAX, readHeader } from './device/header.ts'
import { verdictOf } from './device/verdict.ts'
import { epochTime } from './epoch-time.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { internedAt } from './names.ts'

/** Version, epoch time, device, kind of log. The version may be gone with the priority. */
const MARK =
  /(?:^|[> ])(?:1 )?(\d{9,10}\.\d{1,9}) (\S{1,255}) ((?:(?:vpn_|cellular_|l7_|bridge_anyconnect_client_vpn_)?firewall|flows|urls|ip_flow_(?:start|end)|events|security_event|ids-alerts|airmarshal_events)) /
const PAIRS_MAX = 64

function source(category: readonly string[], service: string): EventLogSource {
  return closedLogSource('cisco', category, ['meraki', service, 'syslog'])
}

const FIREWALL = source(['firewall'], 'flows')
const SOURCES: Readonly<Record<string, EventLogSource>> = {
  urls: source(['proxy', 'firewall'], 'urls'),
  security_event: source(['ids', 'firewall'], 'security_event'),
  'ids-alerts': source(['ids', 'firewall'], 'security_event'),
  airmarshal_events: source(['ids'], 'airmarshal_events'),
  events: source([], 'events'),
}

interface Mark {
  readonly time: string
  readonly device: string
  readonly kind: string
  readonly start: number
  readonly end: number
}

function markIn(text: string, named: boolean): Mark | undefined {
  // Every line is asked: most have no version in front of an epoch time, and no such time at their start.
  const first = text.charCodeAt(0)
  const dated =
    named || first === 0x31 || first === 0x32 || text.includes('1 1') || text.includes('1 2')
  if (!dated && !text.includes('>1 9') && !text.includes('  1')) return undefined
  const match = MARK.exec(text.length > HEADER_UNITS_MAX ? text.slice(0, HEADER_UNITS_MAX) : text)
  if (match === null) return undefined
  const [whole, time = '', device = '', kind = ''] = match
  const start = match.index + (match.index === 0 && /^\d/.test(whole) ? 0 : 1)
  return { time, device, kind, start, end: match.index + whole.length }
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  const mark = input.json === undefined ? markIn(text, true) : undefined
  if (mark === undefined)
    return { code: 'cisco-meraki-no-mark', message: 'no line of a Meraki device' }
  const header = readHeader(text.slice(0, mark.start), context)
  header.host = mark.device
  const message = text.slice(mark.end)
  const fields: WritableFields = { event_type: mark.kind }
  const pivots: WritablePivots = {}
  readMessage(message, fields)
  addEnds(fields)
  if (mark.kind === 'events') readSaid(message, fields, pivots)
  addMeaning(mark.kind, fields, pivots)
  return deviceEvent(header, {
    time: epochTime(Number(mark.time)),
    logsource: SOURCES[mark.kind] ?? FIREWALL,
    message: `${mark.kind} ${message}`,
    fields,
    pivots,
  })
}

/** `name=value`, `name='value'`, leading words, and what stands behind `pattern:`, `request:`, `message:`. */
function readMessage(message: string, fields: WritableFields): void {
  let at = 0
  for (let count = 0; at < message.length && count < PAIRS_MAX; count++) {
    const space = message.indexOf(' ', at)
    const end = space < 0 ? message.length : space
    const equals = message.indexOf('=', at)
    if (equals > at && equals < end) {
      const open = message.startsWith(" '", equals + 1) ? equals + 2 : equals + 1
      const quoted = message.charCodeAt(open) === 0x27
      const close = quoted ? message.indexOf("'", open + 1) : -1
      const value = close < 0 ? message.slice(equals + 1, end) : message.slice(open + 1, close)
      put(fields, internedAt(message, at, equals), value)
      at = close < 0 ? end + 1 : close + 1
    } else {
      const word = message.slice(at, end)
      if (word.endsWith(':')) {
        put(fields, word.slice(0, -1), message.slice(end + 1).trim())
        return
      }
      // `deny`, `ids_alerted`: what happened stands first.
      if (count === 0) put(fields, 'subtype', word)
      at = end + 1
    }
  }
}

/** Addresses with and without their ports. */
function addEnds(fields: WritableFields): void {
  addEnd(fields, 'src', 'src_ip', 'src_port')
  addEnd(fields, 'dst', 'dst_ip', 'dst_port')
  if (typeof fields.sport === 'string') fields.src_port = fields.sport
  if (typeof fields.dport === 'string') fields.dst_port = fields.dport
}

const WITH_PORT = /^((?:\d{1,3}\.){3}\d{1,3}|\[[0-9A-Fa-f:.]{2,45}\]):(\d{1,5})$/

function addEnd(
  fields: WritableFields,
  name: 'src' | 'dst',
  address: 'src_ip' | 'dst_ip',
  port: 'src_port' | 'dst_port',
): void {
  const text = fields[name]
  if (typeof text !== 'string') return
  const both = WITH_PORT.exec(text)
  put(fields, address, both?.[1] ?? text)
  put(fields, port, both?.[2])
}

const REQUEST = /^([A-Z]{3,16}) (\S{1,8192})/
/** The verdict that a rule's pattern begins with; `1 all` and `0 all` of old devices say none for sure. */
const PATTERN = /^(?:Group Policy )?(allow|deny)\b/i

function addMeaning(kind: string, fields: WritableFields, pivots: WritablePivots): void {
  const { action, client_mac: client, pattern, request, subtype, user } = fields
  if (typeof fields.protocol === 'string') fields.protocol = fields.protocol.toLowerCase()
  if (typeof client === 'string') fields.mac ??= client
  const said = typeof pattern === 'string' ? PATTERN.exec(pattern) : null
  const word = text(action) ?? said?.[1] ?? text(subtype)
  const verdict = word === undefined ? undefined : verdictOf(word)
  if (verdict !== undefined && fields.action === undefined) fields.action = verdict
  const meaning = verdict ?? pivots.action ?? text(fields.type) ?? word
  if (meaning !== undefined) pivots.action = meaning
  if (verdict !== undefined) pivots.outcome ??= 'success'
  if (typeof user === 'string') pivots.user ??= user
  if (typeof fields.sha256 === 'string') pivots.hash = fields.sha256
  const url = text(fields.url) ?? requestUrl(text(request), fields)
  if (url !== undefined) {
    fields['c-uri'] = url
    putUrl(pivots, url)
  }
  if (kind === 'security_event' || kind === 'ids-alerts') pivots.severity = severityOf(fields)
}

function requestUrl(request: string | undefined, fields: WritableFields): string | undefined {
  const match = request === undefined ? null : REQUEST.exec(request)
  if (match === null) return undefined
  fields['cs-method'] = match[1]!
  return match[2]
}

/** Snort's priorities: 1 is the worst. A file that was found malicious is as bad. */
function severityOf({ disposition, priority }: WritableFields): 'high' | 'medium' | 'low' {
  if (priority === '1' || disposition === 'malicious') return 'high'
  return priority === '3' || priority === '4' ? 'low' : 'medium'
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export const ciscoMeraki: Parser = {
  name: 'cisco_meraki',
  title: 'Cisco Meraki (flows, URLs, security events, events)',
  aliases: ['meraki'],
  keys: [],
  recognise: (input) => input.json === undefined && markIn(input.text, false) !== undefined,
  parse,
}
