// FortiGate and its kin: `name=value` pairs, from `date=` on, in the order of their log reference.
import type { EventLogSource } from '../sigma/event.ts'
import {
  accountName,
  deviceEvent,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from './device/event.ts'
import { HEADER_UNITS_MAX, readHeader } from './device/header.ts'
import { pairFields, placesOf, wantedNames } from './device/pairs.ts'
import { verdictOf } from './device/verdict.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { severityOf } from './severity.ts'
import { epochTime, parseTime } from './time.ts'

const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  webfilter: ['proxy', 'firewall'],
  dns: ['dns', 'firewall'],
  virus: ['antivirus', 'firewall'],
  ips: ['ids', 'firewall'],
  waf: ['ids', 'firewall'],
  anomaly: ['ids', 'firewall'],
}
const SUBTYPES = [
  ...['forward', 'local', 'multicast', 'sniffer', 'ztna', 'webfilter', 'dns', 'virus', 'ips'],
  ...['app-ctrl', 'anomaly', 'waf', 'dlp', 'emailfilter', 'voip', 'ssl', 'ssh', 'cifs', 'icap'],
  ...['file-filter', 'ztna', 'system', 'user', 'vpn', 'router', 'wireless', 'ha', 'endpoint'],
  ...['security-rating', 'connector', 'sdwan', 'fortiextender', 'switch-controller', 'rest-api'],
  ...['compliance-check', 'wad', 'cifs-auth-fail', 'web', 'virtual-patch', 'casb', 'gtp'],
]
/** By type and subtype. */
const LOGSOURCES: ReadonlyMap<string, ReadonlyMap<string, EventLogSource>> = new Map(
  ['traffic', 'utm', 'event', 'anomaly', 'dns', 'voip', 'gtp', ''].map((type) => {
    const bySubtype = ['', ...SUBTYPES].map((subtype) => {
      const category = CATEGORIES[subtype] ?? (type === 'event' ? [] : ['firewall'])
      const service = [type, subtype, 'fortigate'].filter((name) => name !== '')
      return [subtype, closedLogSource('fortigate', category, service)] as const
    })
    return [type, new Map(bySubtype)] as const
  }),
)
const OTHER = closedLogSource('fortigate', ['firewall'], ['fortigate'])
/** What FortiOS' own daemons report of themselves has a product of its own in Sigma. */
const SSLVPND = closedLogSource('fortios', [], ['sslvpnd', 'event'])

const DATED = /^date="?\d{4}-\d\d-\d\d"?[ ,]time="?\d\d: ?\d\d/

/** Where the pairs start, or -1: the first of the names that every such line begins with. */
function pairsStart(text: string): number {
  const date = text.indexOf('date=')
  if (date >= 0 && date <= HEADER_UNITS_MAX && DATED.test(text.slice(date, date + 40))) {
    const named = text.lastIndexOf('devname=', date)
    const identified = named < 0 && date > 0 ? text.lastIndexOf('devid=', date) : named
    return identified < 0 ? date : identified
  }
  const device = text.indexOf('devname=')
  const start = device >= 0 ? device : text.indexOf('logver=')
  if (start < 0 || start > HEADER_UNITS_MAX) return UNDATED.test(text) ? undatedStart(text) : -1
  const known = text.includes('logid=') || text.includes('devid=') || text.includes('log_id=')
  return known && text.includes('type=') ? start : -1
}

/** A line that a collector took date and device from. */
const UNDATED = /^(?:<\d{1,3}>)?(?:eventtime|timestamp|itime|time|logid|type|vd)=/

function undatedStart(text: string): number {
  const known = text.includes('logid=') || text.includes(' logdesc=')
  const typed = text.includes('type=') && text.includes(' subtype=') && text.includes('vd=')
  if (!known || !typed) return -1
  return text.startsWith('<') ? text.indexOf('>') + 1 : 0
}

/** Sophos' firewalls date their pairs alike, and have a `log_type`. */
function isSophos(text: string): boolean {
  return text.includes(' log_type=') && !text.includes(' type=')
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  const start = input.json === undefined ? pairsStart(text) : -1
  if (start < 0)
    return { code: 'fortinet-no-pairs', message: 'no FortiGate date= and logid= pairs' }
  const header = start === 0 ? undefined : readHeader(text.slice(0, start), context)
  const clock = text.indexOf('time=', start)
  const comma = text.startsWith(',', clock - 1)
  const fields = pairFields(text, start, comma ? 0x2c : 0x20, WANTED)
  if (WANTED.values[AT.time]?.length === 3) joinClock(text, clock, fields)
  const pivots: WritablePivots = {}
  addAddresses(fields)
  addNames(pivots)
  addWeb(fields, pivots)
  addMeaning(pivots)
  return deviceEvent(header, {
    time: timeOf(context),
    logsource: logsourceOf(),
    message: word(AT.msg) ?? word(AT.logdesc) ?? text.slice(start),
    fields,
    pivots,
  })
}

/** Names whose values are looked at. */
const NAMES = [
  ...(['date', 'time', 'tz', 'eventtime', 'type', 'subtype', 'msg', 'logdesc', 'devname'] as const),
  ...([
    'srcip',
    'locip',
    'src',
    'client_ip',
    'ip',
    'dstip',
    'remip',
    'dst',
    'ui',
    'sip',
    'dip',
  ] as const),
  ...([
    'srcport',
    'locport',
    'dstport',
    'remport',
    'service',
    'action',
    'result',
    'status',
  ] as const),
  ...(['user', 'unauthuser', 'user_name', 'xauthuser', 'eapuser', 'srcprocess'] as const),
  ...(['filehash', 'analyticscksum', 'qname', 'qtype', 'ipaddr', 'hostname', 'http_host'] as const),
  ...(['url', 'http_url', 'agent', 'http_agent', 'httpmethod', 'http_method'] as const),
  ...(['timestamp', 'itime', 'userip'] as const),
  ...(['referralurl', 'severity', 'crlevel', 'level', 'pri'] as const),
] as const
const WANTED = wantedNames(NAMES)
const AT = placesOf(NAMES)

function word(place: number): string | undefined {
  const value = WANTED.values[place]
  if (value === undefined || value.length === 0) return undefined
  return value.length === 3 && value === 'N/A' ? undefined : value
}

function firstWord(places: readonly number[]): string | undefined {
  for (let index = 0; index < places.length; index++) {
    const value = word(places[index]!)
    if (value !== undefined) return value
  }
  return undefined
}

/** Old releases put a blank behind the hour: `time=12: 26:24`. */
function joinClock(text: string, start: number, fields: WritableFields): void {
  const parts = /^time=(\d\d:) (\d\d:\d\d)(?= |$)/.exec(text.slice(start, start + 16))
  if (parts === null) return
  fields.time = `${parts[1]}${parts[2]}`
  WANTED.values[AT.time] = fields.time
}

function timeOf(context: ParseContext): number | undefined {
  const date = WANTED.values[AT.date]
  const zone = offsetOf(word(AT.tz) ?? '')
  const clock = WANTED.values[AT.time]
  const local = date === undefined ? undefined : parseTime(`${date} ${clock}${zone}`, context)
  if (local !== undefined) return local
  const event = word(AT.eventtime) ?? word(AT.timestamp) ?? word(AT.itime)
  return event === undefined ? undefined : epochTime(Number(event))
}

/** `+0200` of `UTC+2:00`, `GMT+2`, `+2:00` or itself. */
function offsetOf(zone: string): string {
  if (zone.length === 5 || zone === '') return zone
  const parts = /^(?:[A-Z]{1,4})?([+-])(\d{1,2})(?::?(\d\d))?$/.exec(zone)
  if (parts === null) return zone === 'UTC' || zone === 'GMT' ? 'Z' : zone
  return `${parts[1]}${parts[2]!.padStart(2, '0')}${parts[3] ?? '00'}`
}

/** Names of FortiGate first, then those of FortiWeb and FortiMail. */
const SOURCES = [AT.srcip, AT.locip, AT.src, AT.client_ip, AT.ip, AT.sip, AT.userip]
const TARGETS = [AT.dstip, AT.remip, AT.dst, AT.dip]
const SOURCE_PORTS = [AT.srcport, AT.locport]
const TARGET_PORTS = [AT.dstport, AT.remport]

function addAddresses(fields: WritableFields): void {
  put(fields, 'src_ip', firstWord(SOURCES))
  put(fields, 'dst_ip', firstWord(TARGETS))
  put(fields, 'src_port', firstWord(SOURCE_PORTS))
  put(fields, 'dst_port', firstWord(TARGET_PORTS))
  if (fields.src_ip === undefined) put(fields, 'src_ip', consoleAddress())
}

/** `ui="GUI(192.0.2.9)"`: where an administrator works from. */
function consoleAddress(): string | undefined {
  const console = word(AT.ui)
  if (console?.endsWith(')') !== true) return undefined
  return /\(([\dA-Fa-f.:]{3,45})\)$/.exec(console.slice(-48))?.[1]
}

const USERS = [AT.user, AT.unauthuser, AT.user_name, AT.xauthuser]
/** Who logs in to a tunnel: `user` is often the peer's address or certificate there. */
const TUNNEL_USERS = [AT.eapuser, AT.xauthuser, ...USERS]

function addNames(pivots: WritablePivots): void {
  const host = word(AT.devname)
  if (host !== undefined) pivots.host = host
  const user = firstWord(WANTED.values[AT.subtype] === 'vpn' ? TUNNEL_USERS : USERS)
  if (user !== undefined) pivots.user = accountName(user)
  const process = word(AT.srcprocess)
  if (process !== undefined) pivots.process = process
  const hash = word(AT.filehash) ?? word(AT.analyticscksum)
  if (hash !== undefined) pivots.hash = hash
}

function addWeb(fields: WritableFields, pivots: WritablePivots): void {
  const query = word(AT.qname)
  if (query !== undefined) {
    fields.query = query
    pivots.domain = query
    put(fields, 'record_type', word(AT.qtype))
    put(fields, 'answer', word(AT.ipaddr))
  }
  const host = word(AT.hostname) ?? word(AT.http_host)
  if (host !== undefined) pivots.domain ??= host
  const url = word(AT.url) ?? word(AT.http_url)
  if (url === undefined) return
  putUrl(pivots, url.startsWith('/') ? undefined : url)
  pivots.url = url
  const secure = word(AT.service) === 'HTTPS' || fields.dst_port === '443'
  const scheme = secure ? 'https' : 'http'
  fields['c-uri'] = url.startsWith('/') && host !== undefined ? `${scheme}://${host}${url}` : url
  put(fields, 'cs-host', host)
  put(fields, 'c-useragent', word(AT.agent) ?? word(AT.http_agent))
  put(fields, 'cs-method', word(AT.httpmethod) ?? word(AT.http_method))
  put(fields, 'cs-referrer', word(AT.referralurl))
}

const LOGON = /log(?:on|off|in|out)$/i
// Requests to its interface of programs have the status of HTTP.
const FAILED = /fail|denied|error|invalid|^[45]\d\d$/i
const LEVELS = [AT.severity, AT.crlevel, AT.level, AT.pri]

function addMeaning(pivots: WritablePivots): void {
  // Releases before 5 wrote the verdict of traffic as its status.
  const traffic = WANTED.values[AT.type] === 'traffic'
  const action = word(AT.action) ?? (traffic ? word(AT.status) : undefined)
  const event = WANTED.values[AT.type] === 'event'
  if (action !== undefined) pivots.action = (event ? undefined : verdictOf(action)) ?? action
  const result = word(AT.result) ?? word(AT.status)
  if (event && (FAILED.test(result ?? '') || action?.endsWith('-fail') === true)) {
    pivots.outcome = 'failure'
  } else if (
    event ? (result ?? LOGON.exec(action ?? '')?.[0]) !== undefined : action !== undefined
  ) {
    pivots.outcome = 'success'
  }
  const level = firstWord(LEVELS)
  const severity = level === undefined ? undefined : severityOf(level)
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
}

function logsourceOf(): EventLogSource {
  const type = word(AT.type) ?? ''
  const message = word(AT.msg)
  if (type === 'event' && message?.includes('sslvpnd') === true) return SSLVPND
  const bySubtype = LOGSOURCES.get(type)
  if (bySubtype === undefined) return OTHER
  return bySubtype.get(word(AT.subtype) ?? '') ?? bySubtype.get('') ?? OTHER
}

export const fortinet: Parser = {
  name: 'fortinet',
  title: 'Fortinet FortiGate (traffic, UTM, event)',
  aliases: ['fortigate', 'fortios', 'forti'],
  keys: [],
  recognise: ({ json, text }) => json === undefined && pairsStart(text) >= 0 && !isSophos(text),
  parse,
}
