// Check Point Log Exporter: `[action:"Accept"; src:"10.0.0.1"; ...]` behind an RFC 5424 header, the same as
// structured data (`action="Accept" src="10.0.0.1"`), and its Splunk form (`time=1|hostname=h|src=10.0.0.1`).
import type { EventLogSource } from '../sigma/event.ts'
import { quotedPairs } from './checkpoint/pairs.ts'
import {
  deviceEvent,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from './device/event.ts'
import { readHeader } from './device/header.ts'
import { verdictOf } from './device/verdict.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { severityOf } from './severity.ts'
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
  if (text.startsWith('time=') || text.includes('|hostname=')) {
    if (text.includes('|product=') && text.includes('|origin=')) return 'piped'
  }
  const id = text.indexOf('loguid')
  const origin = text.indexOf('origin')
  if (id < 0 && origin < 0) return text.includes(OLD_PAIRS) ? 'quoted' : undefined
  const known = text.includes('CheckPoint') || text.includes('originsicname') || id >= 0
  return known && (isQuoted(text, 'product') || isQuoted(text, 'origin')) ? 'quoted' : undefined
}

function isQuoted(text: string, name: string): boolean {
  return text.includes(`${name}:"`) || text.includes(`${name}="`)
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  const form = input.json === undefined ? formOf(text) : undefined
  if (form === undefined) return { code: 'checkpoint-no-log', message: 'no Check Point log' }
  const start = form === 'piped' ? Math.max(text.indexOf('time='), 0) : quotedStart(text)
  const header = start === 0 ? undefined : readHeader(text.slice(0, start).trimEnd(), context)
  const fields = form === 'piped' ? pipedPairs(text, start) : quotedPairs(text, start)
  const pivots: WritablePivots = {}
  addAddresses(fields)
  addNames(fields, pivots)
  addMeaning(fields, pivots)
  return deviceEvent(header, {
    time: parseTime(fields.time ?? fields.rounded_sent_time, context),
    logsource: logsourceOf(fields),
    message: firstWord(fields, MESSAGES) ?? text.slice(start),
    fields,
    pivots,
  })
}

const MESSAGES = ['sys_message', 'message_info', 'information', 'msg']

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
  return fields
}

function word(fields: WritableFields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function firstWord(fields: WritableFields, names: readonly string[]): string | undefined {
  for (let index = 0; index < names.length; index++) {
    const value = word(fields, names[index]!)
    if (value !== undefined) return value
  }
  return undefined
}

const NAMES = [
  ['src_ip', 'src'],
  ['src_ip', 'client_ip'],
  ['dst_ip', 'dst'],
  ['src_port', 's_port'],
  ['src_port', 'sport_svc'],
  ['dst_port', 'service'],
  ['dst_port', 'svc'],
  ['dst_port', 'd_port'],
  ['c-uri', 'resource'],
  ['c-useragent', 'web_client_type'],
  ['cs-method', 'method'],
  ['query', 'domain_name'],
  ['query', 'dns_query'],
  ['record_type', 'dns_type'],
] as const

function addAddresses(fields: WritableFields): void {
  for (let index = 0; index < NAMES.length; index++) {
    const [name, own] = NAMES[index]!
    const value = word(fields, own)
    if (value !== undefined && fields[name] === undefined) put(fields, name, value)
  }
  if (fields.src_ip === undefined) addPacket(fields)
  const { proto } = fields
  if (typeof proto === 'string') fields.protocol = proto
}

/** `<192.0.2.9,59912,198.51.100.7,443,6;eth0>`: the first packet of a log that lists them. */
const PACKET = /^ ?<([\dA-Fa-f.:]{2,45}),(\d{1,5}),([\dA-Fa-f.:]{2,45}),(\d{1,5}),(\d{1,3})[;>]/

function addPacket(fields: WritableFields): void {
  const list = word(fields, 'packets')
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
  'user',
  'src_user_name',
  'src_user',
  'administrator',
  'user_name',
  'usercheck',
  'operator',
]
/** `Anna Berg (anna)`: what is in brackets is the account. */
const DISPLAY_NAME = / ?\(([^()]{1,256})\)$/

function addNames(fields: WritableFields, pivots: WritablePivots): void {
  const host = word(fields, 'origin') ?? word(fields, 'hostname')
  if (host !== undefined) pivots.host = host
  const name = firstWord(fields, USERS)
  if (name !== undefined) {
    fields.user ??= name
    pivots.user = (name.endsWith(')') ? name.replace(DISPLAY_NAME, '') : name).trim()
  }
  const process = word(fields, 'process_name')
  if (process !== undefined) pivots.process = process
  const hash = word(fields, 'file_sha256') ?? word(fields, 'file_sha1') ?? word(fields, 'file_md5')
  if (hash !== undefined) pivots.hash = hash
  putUrl(pivots, word(fields, 'c-uri'))
  const domain = word(fields, 'query')
  if (domain !== undefined) pivots.domain ??= domain
}

const FAILED = /fail|denied|reject/i

function addMeaning(fields: WritableFields, pivots: WritablePivots): void {
  const action = word(fields, 'action') ?? word(fields, 'operation')
  if (action !== undefined) pivots.action = verdictOf(action) ?? action
  const status = word(fields, 'auth_status') ?? word(fields, 'audit_status') ?? action
  if (status !== undefined) {
    const verdict = verdictOf(status)
    const failed = verdict === 'denied' || (verdict === undefined && FAILED.test(status))
    pivots.outcome = failed ? 'failure' : 'success'
  }
  const level = word(fields, 'severity')
  const severity =
    level === undefined ? undefined : (SEVERITIES[Number(level)] ?? severityOf(level))
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
}

const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const

/** Log sources by the names of products seen: there are few. */
const byProduct = new Map<string, EventLogSource>()
const PRODUCTS_MAX = 256
const PRODUCT_UNITS_MAX = 64

function logsourceOf(fields: WritableFields): EventLogSource {
  const product = word(fields, 'product') ?? ''
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
  keys: [],
  recognise: (input) => input.json === undefined && formOf(input.text) !== undefined,
  parse,
}
