// Suricata's EVE JSON and fast.log: the fields as they are, and for HTTP, DNS and drops also under Sigma's names.
import type { EventLogSource, Fields, FieldValue, Pivots } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { isFields } from './json-text.ts'
import { closedLogSource } from './logsource.ts'
import type { EventSeverity } from './severity.ts'
import { fastAlert } from './suricata/fast.ts'
import { parseTime } from './time.ts'
import { pivotValue } from './values.ts'

const TYPES: ReadonlySet<string> = new Set([
  ...['alert', 'anomaly', 'arp', 'bittorrent_dht', 'dcerpc', 'dhcp', 'dnp3', 'dns', 'drop', 'enip'],
  ...['fileinfo', 'flow', 'frame', 'ftp', 'ftp_data', 'http', 'http2', 'ike', 'ikev2', 'krb5'],
  ...['ldap', 'mdns', 'modbus', 'mqtt', 'netflow', 'nfs', 'pgsql', 'pop3', 'quic', 'rdp', 'rfb'],
  ...['sip', 'smb', 'smtp', 'snmp', 'ssh', 'stats', 'tftp', 'tls', 'websocket'],
])

const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  alert: ['ids'],
  dns: ['dns'],
  drop: ['firewall'],
  http: ['proxy', 'webserver'],
}

const LOGSOURCES: ReadonlyMap<string, EventLogSource> = new Map(
  [...TYPES].map((type) => [
    type,
    closedLogSource('suricata', CATEGORIES[type] ?? [], ['suricata', type]),
  ]),
)

/** Columns by where EVE has them; the first usable value wins. */
const PIVOT_PATHS: readonly (readonly [keyof Pivots, string, string?])[] = [
  ['host', 'host'],
  ['src_ip', 'src_ip'],
  ['src_port', 'src_port'],
  ['dst_ip', 'dest_ip'],
  ['dst_port', 'dest_port'],
  ['domain', 'dns', 'rrname'],
  ['domain', 'tls', 'sni'],
  ['domain', 'quic', 'sni'],
  ['domain', 'http', 'hostname'],
  ['url', 'http', 'url'],
  ['hash', 'fileinfo', 'sha256'],
  ['hash', 'fileinfo', 'sha1'],
  ['hash', 'fileinfo', 'md5'],
  ['user', 'ftp', 'user'],
  ['user', 'krb5', 'cname'],
]

function parse({ text, json }: ParserInput, context: ParseContext): Parsed | EventError {
  const alert = json === undefined ? fastAlert(text, context) : undefined
  if (alert === undefined) return eveEvent(json, context)
  const parsed = eveEvent(alert.json, context)
  if ('code' in parsed) return parsed
  const time = alert.time ?? parsed.time
  return { ...parsed, ...(time === undefined ? {} : { time }), fieldsAreRaw: false }
}

function eveEvent(json: Fields | undefined, context: ParseContext): Parsed | EventError {
  const type = json?.event_type
  if (json === undefined || typeof type !== 'string' || !TYPES.has(type)) {
    return { code: 'suricata-no-event', message: 'no EVE event: event_type missing or unknown' }
  }
  const time = parseTime(json.timestamp, context)
  const added = sigmaFields(json, type)
  return {
    ...(time === undefined ? {} : { time }),
    logsource: LOGSOURCES.get(type)!,
    pivots: pivotsOf(json, type, added),
    message: messageOf(json, type),
    fields: added === undefined ? json : { ...json, ...added },
    fieldsAreRaw: added === undefined,
  }
}

const NO_FIELDS: Fields = {}
/** HTTP status codes from here on are failures. */
const STATUS_FAILED_MIN = 400

function pivotsOf(json: Fields, type: string, added: Fields | undefined): Pivots {
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = { action: type }
  for (const [name, first, second] of PIVOT_PATHS) {
    if (pivots[name] !== undefined) continue
    const outer = json[first]
    const value = second === undefined ? outer : isFields(outer) ? outer[second] : undefined
    const usable = value === undefined ? undefined : pivotValue(name, value)
    if (usable !== undefined) pivots[name] = usable
  }
  const query = added?.query
  if (pivots.domain === undefined && query !== undefined) {
    const domain = pivotValue('domain', query)
    if (domain !== undefined) pivots.domain = domain
  }
  const { alert } = json
  const { status } = type === 'http' && isFields(json.http) ? json.http : NO_FIELDS
  if (typeof status === 'number')
    pivots.outcome = status >= STATUS_FAILED_MIN ? 'failure' : 'success'
  if (!isFields(alert)) return pivots
  if (typeof alert.action === 'string') pivots.outcome = alert.action
  const severity = typeof alert.severity === 'number' ? SEVERITIES[alert.severity] : undefined
  if (severity !== undefined) pivots.severity = severity
  return pivots
}

/** Suricata's priorities: 1 is the most serious. */
const SEVERITIES: readonly (EventSeverity | undefined)[] = [
  undefined,
  'high',
  'medium',
  'low',
  'informational',
]

function sigmaFields(json: Fields, type: string): Fields | undefined {
  const inner = json[type]
  const addresses = compact({ 'c-ip': json.src_ip, dst_ip: json.dest_ip, dst_port: json.dest_port })
  if (type === 'drop') return addresses
  if (type === 'dns' && inner !== undefined) return { ...addresses, ...dnsFields(inner) }
  return type === 'http' && isFields(inner) ? { ...addresses, ...httpFields(inner) } : undefined
}

function httpFields(http: Fields): Fields {
  const url = typeof http.url === 'string' ? http.url : ''
  const host = typeof http.hostname === 'string' ? http.hostname : ''
  const whole = url.startsWith('/') && host !== '' ? `http://${host}${url}` : url
  const query = url.indexOf('?')
  return compact({
    'cs-method': http.http_method,
    'cs-host': http.hostname,
    'c-uri': whole,
    'cs-uri': whole,
    'cs-uri-query': url,
    'cs-uri-stem': query < 0 ? url : url.slice(0, query),
    'c-useragent': http.http_user_agent,
    'cs-user-agent': http.http_user_agent,
    'cs-referer': http.http_refer,
    'cs-version': http.protocol,
    'sc-status': http.status,
    'sc-bytes': http.length,
  })
}

/** Version 1 and 2 hold one name, version 3 a list of queries; answers may be grouped by type. */
function dnsFields(dns: FieldValue): Fields {
  const messages = (Array.isArray(dns) ? dns : [dns]).filter(isFields)
  const questions = messages.flatMap((message) =>
    Array.isArray(message.queries) ? message.queries.filter(isFields) : [message],
  )
  return compact({
    query: single(questions.flatMap((question) => known(question.rrname))),
    record_type: single(questions.flatMap((question) => known(question.rrtype))),
    answer: single(messages.flatMap(answersOf)),
  })
}

function answersOf(message: Fields): FieldValue[] {
  const { answers, grouped, rdata } = message
  if (Array.isArray(answers)) return answers.filter(isFields).flatMap((a) => known(a.rdata))
  if (isFields(grouped)) return Object.values(grouped).flat()
  return known(rdata)
}

function known(value: FieldValue | undefined): FieldValue[] {
  return value === undefined || value === null || value === '' ? [] : [value]
}

function single(values: readonly FieldValue[]): FieldValue | undefined {
  return values.length > 1 ? values : values[0]
}

function messageOf(json: Fields, type: string): string {
  const inner = json[type]
  const at = (name: string) => (isFields(inner) ? wordOf(inner[name]) : '')
  const ends = `${wordOf(json.src_ip)} -> ${wordOf(json.dest_ip)}`
  if (type === 'alert') return at('signature')
  if (type === 'http') {
    return `${at('http_method')} ${at('hostname')}${at('url')} ${at('status')}`.trim()
  }
  if (type === 'dns') return `dns ${at('type')} ${at('rrname')} ${at('rrtype')}`.trim()
  if (type === 'tls') return `tls ${at('sni')} ${ends}`
  if (type === 'fileinfo') return `file ${at('filename')} ${ends}`
  return type === 'stats' ? 'statistics' : `${type} ${wordOf(json.proto)} ${ends}`
}

/** A text or number; an object's own toString may be anything. */
function wordOf(value: FieldValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function compact(values: { readonly [name: string]: FieldValue | undefined }): Fields {
  const out: { [name: string]: FieldValue } = {}
  for (const name in values) {
    const value = values[name]
    if (value !== undefined && value !== null && value !== '') out[name] = value
  }
  return out
}

export const suricata: Parser = {
  name: 'suricata',
  title: 'Suricata EVE JSON and fast.log',
  aliases: ['eve', 'suricata_eve'],
  keys: ['event_type'],
  recognise({ text, json }, context) {
    if (json === undefined) return text.includes('} ') && fastAlert(text, context) !== undefined
    const type = json?.event_type
    if (json === undefined || typeof type !== 'string' || !TYPES.has(type)) return false
    if (typeof json.timestamp !== 'string') return false
    return json.flow_id !== undefined || (json[type] !== undefined && json.source === undefined)
  },
  parse,
}
