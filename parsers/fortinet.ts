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
import { pairFields } from './device/pairs.ts'
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

const DATED = /^date="?\d{4}-\d\d-\d\d"?[ ,]time="?\d\d:\d\d/

/** Where the pairs start, or -1: the first of the names that every such line begins with. */
function pairsStart(text: string): number {
  const date = text.indexOf('date=')
  if (date >= 0 && date <= HEADER_UNITS_MAX && DATED.test(text.slice(date, date + 40))) {
    const named = text.lastIndexOf('devname=', date)
    return named < 0 ? date : named
  }
  const device = text.indexOf('devname=')
  const start = device >= 0 ? device : text.indexOf('logver=')
  if (start < 0 || start > HEADER_UNITS_MAX) return -1
  const known = text.includes('logid=') || text.includes('devid=') || text.includes('log_id=')
  return known && text.includes('type=') ? start : -1
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  const start = input.json === undefined ? pairsStart(text) : -1
  if (start < 0)
    return { code: 'fortinet-no-pairs', message: 'no FortiGate date= and logid= pairs' }
  const header = start === 0 ? undefined : readHeader(text.slice(0, start), context)
  const comma = text.startsWith(',', text.indexOf('time=', start) - 1)
  const fields = pairFields(text, start, comma ? 0x2c : 0x20)
  const pivots: WritablePivots = {}
  addAddresses(fields)
  addNames(fields, pivots)
  addWeb(fields, pivots)
  addMeaning(fields, pivots)
  return deviceEvent(header, {
    time: timeOf(fields, context),
    logsource: logsourceOf(fields),
    message: word(fields, 'msg') ?? word(fields, 'logdesc') ?? text.slice(start),
    fields,
    pivots,
  })
}

function word(fields: WritableFields, name: string): string | undefined {
  const value = fields[name]
  if (typeof value !== 'string' || value.length === 0) return undefined
  return value.length === 3 && value === 'N/A' ? undefined : value
}

function firstWord(fields: WritableFields, names: readonly string[]): string | undefined {
  for (let index = 0; index < names.length; index++) {
    const value = word(fields, names[index]!)
    if (value !== undefined) return value
  }
  return undefined
}

function timeOf(fields: WritableFields, context: ParseContext): number | undefined {
  const { date, time } = fields
  const zone = offsetOf(word(fields, 'tz') ?? '')
  const local = date === undefined ? undefined : parseTime(`${date} ${time}${zone}`, context)
  if (local !== undefined) return local
  const event = word(fields, 'eventtime')
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
const ADDRESSES: readonly (readonly [string, readonly string[]])[] = [
  ['src_ip', ['srcip', 'locip', 'src', 'client_ip', 'ip']],
  ['dst_ip', ['dstip', 'remip', 'dst']],
  ['src_port', ['srcport', 'locport']],
  ['dst_port', ['dstport', 'remport']],
]

function addAddresses(fields: WritableFields): void {
  for (const [name, own] of ADDRESSES) put(fields, name, firstWord(fields, own))
  if (fields.src_ip === undefined) put(fields, 'src_ip', consoleAddress(fields))
}

/** `ui="GUI(192.0.2.9)"`: where an administrator works from. */
function consoleAddress(fields: WritableFields): string | undefined {
  const console = word(fields, 'ui')
  if (console?.endsWith(')') !== true) return undefined
  return /\(([\dA-Fa-f.:]{3,45})\)$/.exec(console.slice(-48))?.[1]
}

function addNames(fields: WritableFields, pivots: WritablePivots): void {
  const host = word(fields, 'devname')
  if (host !== undefined) pivots.host = host
  const user =
    (fields.subtype === 'vpn' ? vpnUser(fields) : undefined) ??
    word(fields, 'user') ??
    word(fields, 'unauthuser') ??
    word(fields, 'user_name') ??
    word(fields, 'xauthuser')
  if (user !== undefined) pivots.user = accountName(user)
  const process = word(fields, 'srcprocess')
  if (process !== undefined) pivots.process = process
  const hash = word(fields, 'filehash') ?? word(fields, 'analyticscksum')
  if (hash !== undefined) pivots.hash = hash
}

/** Who logs in to a tunnel: `user` is often the peer's address or certificate there. */
function vpnUser(fields: WritableFields): string | undefined {
  return word(fields, 'eapuser') ?? word(fields, 'xauthuser')
}

function addWeb(fields: WritableFields, pivots: WritablePivots): void {
  const query = word(fields, 'qname')
  if (query !== undefined) {
    fields.query = query
    pivots.domain = query
    put(fields, 'record_type', word(fields, 'qtype'))
    put(fields, 'answer', word(fields, 'ipaddr'))
  }
  const host = word(fields, 'hostname') ?? word(fields, 'http_host')
  if (host !== undefined) pivots.domain ??= host
  const url = word(fields, 'url') ?? word(fields, 'http_url')
  if (url === undefined) return
  putUrl(pivots, url.startsWith('/') ? undefined : url)
  pivots.url = url
  const scheme = fields.service === 'HTTPS' || fields.dst_port === '443' ? 'https' : 'http'
  fields['c-uri'] = url.startsWith('/') && host !== undefined ? `${scheme}://${host}${url}` : url
  put(fields, 'cs-host', host)
  put(fields, 'c-useragent', word(fields, 'agent') ?? word(fields, 'http_agent'))
  put(fields, 'cs-method', word(fields, 'httpmethod') ?? word(fields, 'http_method'))
  put(fields, 'cs-referrer', word(fields, 'referralurl'))
}

const LOGON = /log(?:on|off|in|out)$/i
const FAILED = /fail|denied|error|invalid/i

function addMeaning(fields: WritableFields, pivots: WritablePivots): void {
  const action = word(fields, 'action')
  const event = fields.type === 'event'
  if (action !== undefined) pivots.action = (event ? undefined : verdictOf(action)) ?? action
  const result = word(fields, 'result') ?? word(fields, 'status')
  if (event && (FAILED.test(result ?? '') || action?.endsWith('-fail') === true)) {
    pivots.outcome = 'failure'
  } else if (
    event ? (result ?? LOGON.exec(action ?? '')?.[0]) !== undefined : action !== undefined
  ) {
    pivots.outcome = 'success'
  }
  const level =
    word(fields, 'severity') ??
    word(fields, 'crlevel') ??
    word(fields, 'level') ??
    word(fields, 'pri')
  const severity = level === undefined ? undefined : severityOf(level)
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
}

function logsourceOf(fields: WritableFields): EventLogSource {
  const type = word(fields, 'type') ?? ''
  const message = word(fields, 'msg')
  if (type === 'event' && message?.includes('sslvpnd') === true) return SSLVPND
  const bySubtype = LOGSOURCES.get(type)
  if (bySubtype === undefined) return OTHER
  return bySubtype.get(word(fields, 'subtype') ?? '') ?? bySubtype.get('') ?? OTHER
}

export const fortinet: Parser = {
  name: 'fortinet',
  title: 'Fortinet FortiGate (traffic, UTM, event)',
  aliases: ['fortigate', 'fortios', 'forti'],
  keys: [],
  recognise: (input) => input.json === undefined && pairsStart(input.text) >= 0,
  parse,
}
