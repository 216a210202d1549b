// Check Point Log Exporter: `[action:"Accept"; src:"10.0.0.1"; ...]` behind an RFC 5424 header, the same as
// structured data (`action="Accept" src="10.0.0.1"`), and its Splunk form (`time=1|hostname=h|src=10.0.0.1`).
import type { EventLogSource, Fields } from '../sigma/event.ts'
import { quotedPairs } from './checkpoint/pairs.ts'
import {
  deviceEvent,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from './device/event.ts'
import { readHeader } from './device/header.ts'
import { placesOf, wantedNames } from './device/pairs.ts'
import { verdictOf } from './device/verdict.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { severityOf } from './severity.ts'
import type { SyslogLine } from './syslog-header.ts'
import { parseTime } from './time.ts'

const PIPED_PAIRS_MAX = 512

function source(category: readonly string[], ...service: readonly string[]): EventLogSource {
  return closedLogSource('checkpoint', category, [...service, 'checkpoint'])
}

const FIREWALL = source(['firewall'], 'firewall')
/** By the blade (`product`) that wrote the log. */
const BLADES: readonly (readonly [RegExp, EventLogSource])[] = [
  [
    /^(?:URL Filtering|Application Control|Content Awareness)/i,
    source(['firewall', 'proxy'], 'urlf'),
  ],
  [
    /^(?:Anti.?(?:Virus|Malware|Bot)|Threat (?:Emulation|Extraction)|New Anti)/i,
    source(['antivirus', 'ids', 'firewall'], 'antimalware'),
  ],
  [/^(?:SmartDefense|IPS|DDoS|SandBlast)/i, source(['ids', 'firewall'], 'ips')],
  [
    /^(?:Identity|Connectra|Mobile Access|VPN\b|Endpoint Security VPN)/i,
    source(['authentication', 'firewall'], 'identity'),
  ],
  [
    /^(?:SmartConsole|SmartDashboard|System Monitor|Syslog|Log Update|WEB.?(?:_?API|-UI)|SmartUpdate)/i,
    source(['appliance'], 'audit'),
  ],
]

type Form = 'quoted' | 'piped'

/** Structured data of gateways that write syslog themselves. */
const OLD_PAIRS = '[Fields@1.3.6.1.4.1.2620 '

function formOf(text: string): Form | undefined {
  return (text.includes('|') ? pipedForm(text) : undefined) ?? quotedForm(text)
}

function pipedForm(text: string): Form | undefined {
  if (text.startsWith('loc=') && text.includes('|orig=') && text.includes('|product=')) {
    return 'piped'
  }
  if (!text.startsWith('time=') && !text.includes('|hostname=')) return undefined
  return text.includes('|product=') && text.includes('|origin=') ? 'piped' : undefined
}

function quotedForm(text: string): Form | undefined {
  // Every line is asked, and few have a quote or the mark of structured data.
  if (!text.includes('"') && !text.includes('@')) return undefined
  const id = text.indexOf('loguid')
  const origin = text.indexOf('origin')
  if (id < 0 && origin < 0) {
    const named = text.includes('product:"') && text.includes(' CheckPoint ')
    return named || text.includes(OLD_PAIRS) ? 'quoted' : undefined
  }
  const known = text.includes('CheckPoint') || text.includes('originsicname') || id >= 0
  return known && QUOTED.some((name) => text.includes(name)) ? 'quoted' : undefined
}

const QUOTED = ['origin:"', 'product:"', 'product="', 'origin="']

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { json, text } = input
  if (json !== undefined && isLog(json)) return eventOf(undefined, jsonPairs(json), text, context)
  const form = json === undefined ? formOf(text) : undefined
  if (form === undefined) return { code: 'checkpoint-no-log', message: 'no Check Point log' }
  const start = form === 'piped' ? Math.max(text.indexOf('time='), 0) : quotedStart(text)
  const header = start === 0 ? undefined : readHeader(text.slice(0, start).trimEnd(), context)
  const fields = form === 'piped' ? pipedPairs(text, start) : quotedPairs(text, start, WANTED)
  return eventOf(header, fields, text.slice(start), context)
}

/** The event of pairs whose wanted values were just read. */
function eventOf(
  header: SyslogLine | undefined,
  fields: WritableFields,
  text: string,
  context: ParseContext,
): Parsed {
  const pivots: WritablePivots = {}
  addAddresses(fields)
  addNames(fields, pivots)
  addMeaning(pivots)
  return deviceEvent(header, {
    time: parseTime(word(AT.time) ?? word(AT.rounded_sent_time), context),
    logsource: logsourceOf(),
    message: firstWord(MESSAGES) ?? text,
    fields,
    pivots,
  })
}

/** Keys of which every log of the exporter's JSON has one. */
const JSON_KEYS = ['loguid', 'originsicname', 'origin_sic_name', 'ifdir']

function isLog(json: Fields): boolean {
  const { origin, orig, product } = json
  if (typeof product !== 'string' || typeof (origin ?? orig) !== 'string') return false
  return JSON_KEYS.some((name) => typeof json[name] === 'string')
}

function jsonPairs(json: Fields): WritableFields {
  const fields: WritableFields = { ...json }
  OWN_NAMES.forEach((name, place) => {
    const value = json[name]
    const isText = typeof value === 'string' || typeof value === 'number'
    WANTED.values[place] = isText ? String(value) : undefined
  })
  return fields
}

/** Names whose values are looked at. */
const OWN_NAMES = [
  ...(['time', 'rounded_sent_time', 'sys_message', 'message_info', 'information', 'msg'] as const),
  ...(['src', 'client_ip', 'dst', 's_port', 'sport_svc', 'service', 'svc', 'd_port'] as const),
  ...(['resource', 'web_client_type', 'method', 'domain_name', 'dns_query', 'dns_type'] as const),
  ...(['proto', 'packets', 'user', 'src_user_name', 'src_user', 'administrator'] as const),
  ...([
    'user_name',
    'usercheck',
    'operator',
    'origin',
    'orig',
    'hostname',
    'process_name',
  ] as const),
  ...(['file_sha256', 'file_sha1', 'file_md5', 'action', 'operation', 'auth_status'] as const),
  ...(['audit_status', 'severity', 'product', 'status'] as const),
] as const
const WANTED = wantedNames(OWN_NAMES)
const AT = placesOf(OWN_NAMES)

const MESSAGES = [AT.sys_message, AT.message_info, AT.information, AT.msg]

/** Behind the bracket that opens the pairs, or the first pair of those without one. */
function quotedStart(text: string): number {
  const bracket = text.indexOf('[')
  const quote = text.indexOf('"')
  if (bracket >= 0 && bracket < quote) return bracket
  return text.lastIndexOf(' ', quote) + 1
}

function pipedPairs(text: string, start: number): WritableFields {
  const fields: WritableFields = {}
  for (const part of text.slice(start).split('|', PIPED_PAIRS_MAX)) {
    const equals = part.indexOf('=')
    if (equals > 0) put(fields, part.slice(0, equals).trim(), part.slice(equals + 1))
  }
  OWN_NAMES.forEach((name, place) => {
    const value = fields[name]
    WANTED.values[place] = typeof value === 'string' ? value : undefined
  })
  return fields
}

function word(place: number): string | undefined {
  const value = WANTED.values[place]
  return value !== undefined && value !== '' ? value : undefined
}

function firstWord(places: readonly number[]): string | undefined {
  for (let index = 0; index < places.length; index++) {
    const value = word(places[index]!)
    if (value !== undefined) return value
  }
  return undefined
}

const SOURCES = [AT.src, AT.client_ip]
const SOURCE_PORTS = [AT.s_port, AT.sport_svc]
const TARGET_PORTS = [AT.service, AT.svc, AT.d_port]
const QUERIES = [AT.domain_name, AT.dns_query]

function addAddresses(fields: WritableFields): void {
  putNew(fields, 'src_ip', firstWord(SOURCES))
  putNew(fields, 'dst_ip', word(AT.dst))
  putNew(fields, 'src_port', firstWord(SOURCE_PORTS))
  putNew(fields, 'dst_port', firstWord(TARGET_PORTS))
  putNew(fields, 'c-uri', word(AT.resource))
  putNew(fields, 'c-useragent', word(AT.web_client_type))
  putNew(fields, 'cs-method', word(AT.method))
  putNew(fields, 'query', firstWord(QUERIES))
  putNew(fields, 'record_type', word(AT.dns_type))
  if (fields.src_ip === undefined) addPacket(fields)
  const proto = WANTED.values[AT.proto]
  if (proto !== undefined) fields.protocol = proto
}

/** A second name for a value, where the line has none of that name. */
function putNew(fields: WritableFields, name: string, value: string | undefined): void {
  if (value !== undefined && fields[name] === undefined) put(fields, name, value)
}

/** `<192.0.2.9,59912,198.51.100.7,443,6;eth0>`: the first packet of a log that lists them. */
const PACKET = /^ ?<([\dA-Fa-f.:]{2,45}),(\d{1,5}),([\dA-Fa-f.:]{2,45}),(\d{1,5}),(\d{1,3})[;>]/

function addPacket(fields: WritableFields): void {
  const list = word(AT.packets)
  const packet = list === undefined ? null : PACKET.exec(list.slice(0, 128))
  if (packet === null) return
  const [, source, sourcePort, target, targetPort, protocol] = packet
  put(fields, 'src_ip', source)
  put(fields, 'src_port', sourcePort)
  put(fields, 'dst_ip', target)
  put(fields, 'dst_port', targetPort)
  put(fields, 'protocol', protocol)
}

const USERS = [
  ...[AT.user, AT.src_user_name, AT.src_user, AT.administrator, AT.user_name, AT.usercheck],
  AT.operator,
]
/** `Anna Berg (anna)`: what is in brackets is the account. */
const DISPLAY_NAME = / ?\(([^()]{1,256})\)$/

function addNames(fields: WritableFields, pivots: WritablePivots): void {
  const host = word(AT.origin) ?? word(AT.hostname) ?? word(AT.orig)
  if (host !== undefined) pivots.host = host
  const name = firstWord(USERS)
  if (name !== undefined) {
    fields.user ??= name
    const trimmed = name.trim()
    pivots.user = trimmed.endsWith(')') ? trimmed.replace(DISPLAY_NAME, '').trim() : trimmed
  }
  const process = word(AT.process_name)
  if (process !== undefined) pivots.process = process
  const hash = word(AT.file_sha256) ?? word(AT.file_sha1) ?? word(AT.file_md5)
  if (hash !== undefined) pivots.hash = hash
  const { 'c-uri': url, query: domain } = fields
  if (typeof url === 'string') putUrl(pivots, url)
  if (typeof domain === 'string' && domain !== '') pivots.domain ??= domain
}

const FAILED = /fail|denied|reject/i

/** A status that says that it failed; others say how far something is. */
function failure(status: string | undefined): string | undefined {
  return status !== undefined && FAILED.test(status) ? status : undefined
}

function addMeaning(pivots: WritablePivots): void {
  const action = word(AT.action) ?? word(AT.operation)
  const said = action === undefined ? undefined : verdictOf(action)
  if (action !== undefined) pivots.action = said ?? action
  const own = word(AT.auth_status) ?? word(AT.audit_status) ?? failure(word(AT.status))
  const status = own ?? action
  if (status !== undefined) {
    const verdict = own === undefined ? said : verdictOf(own)
    const failed = verdict === 'denied' || (verdict === undefined && FAILED.test(status))
    pivots.outcome = failed ? 'failure' : 'success'
  }
  const level = word(AT.severity)
  const severity =
    level === undefined ? undefined : (SEVERITIES[Number(level)] ?? severityOf(level))
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
}

const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const

/** Log sources by the names of products seen: there are few. */
const byProduct = new Map<string, EventLogSource>()
const PRODUCTS_MAX = 256
const PRODUCT_UNITS_MAX = 64

function logsourceOf(): EventLogSource {
  const product = word(AT.product) ?? ''
  if (product.length > PRODUCT_UNITS_MAX) return bladeSource(product)
  let found = byProduct.get(product)
  if (found === undefined) {
    found = bladeSource(product)
    if (byProduct.size >= PRODUCTS_MAX) byProduct.clear()
    byProduct.set(product, found)
  }
  return found
}

function bladeSource(product: string): EventLogSource {
  if (product.startsWith('VPN-1')) return FIREWALL
  return BLADES.find(([pattern]) => pattern.test(product))?.[1] ?? FIREWALL
}

export const checkpoint: Parser = {
  name: 'checkpoint',
  title: 'Check Point (Log Exporter)',
  aliases: ['check_point', 'cp_log'],
  keys: JSON_KEYS,
  recognise: ({ json, text }) => (json === undefined ? formOf(text) !== undefined : isLog(json)),
  parse,
}
