// FortiGate and its kin: `name=value` pairs, from `date=` on, in the order of their log reference.
import {
  accountName,
  deviceEvent,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from './device/event.ts'
import { HEADER_UNITS_MAX, headerBefore } from './device/header.ts'
import { pairFields } from './device/pairs.ts'
import { verdictOf } from './device/verdict.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { addAddresses } from './fortinet/addresses.ts'
import { fortiLine, isFortiJson } from './fortinet/json.ts'
import { logsourceOf } from './fortinet/logsource.ts'
import { AT, firstWord, WANTED, word } from './fortinet/pairs.ts'
import { joinClock, timeOf } from './fortinet/time.ts'
import { severityOf } from './severity.ts'

const DATED = /date="?\d{4}-\d\d-\d\d"?[ ,]time="?\d\d: ?\d\d/y

function isDatedAt(text: string, at: number): boolean {
  DATED.lastIndex = at
  return DATED.test(text)
}

/** Where the pairs start, or -1: the first of the names that every such line begins with. */
function pairsStart(text: string): number {
  const date = text.indexOf('date=')
  if (date >= 0 && date <= HEADER_UNITS_MAX && isDatedAt(text, date)) {
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
  const { json } = input
  const isJson = json !== undefined && isFortiJson(json)
  const text = isJson ? fortiLine(json) : input.text
  const start = json === undefined ? pairsStart(text) : isJson ? 0 : -1
  if (start < 0)
    return { code: 'fortinet-no-pairs', message: 'no FortiGate date= and logid= pairs' }
  const header = headerBefore(text, start, context)
  const clock = clockStart(text, start)
  const fields = pairFields(text, start, text.startsWith(',', clock - 1) ? COMMA : BLANK, WANTED)
  if (WANTED.values[AT.time]?.length === 3) joinClock(text, clock, fields)
  const pivots: WritablePivots = {}
  const addresses = addAddresses(text, fields)
  addNames(pivots)
  addWeb(fields, pivots)
  addMeaning(pivots)
  return deviceEvent(header, {
    time: timeOf(text, context),
    logsource: logsourceOf(),
    message: word(AT.msg) ?? word(AT.logdesc) ?? text.slice(start),
    fields,
    pivots,
    addresses,
  })
}

const COMMA = 0x2c
const BLANK = 0x20
const DATE_PAIR_UNITS = 'date=2026-11-20 '.length

/** Where the pair of the time starts, or -1. */
function clockStart(text: string, start: number): number {
  const next = start + DATE_PAIR_UNITS
  const isNext = text.startsWith('date=', start) && text.startsWith('time=', next)
  return isNext ? next : text.indexOf('time=', start)
}

const USERS = [AT.user, AT.unauthuser, AT.user_name, AT.xauthuser, AT.login]
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
  const secure =
    word(AT.service) === 'HTTPS' || fields.dst_port === 443 || fields.dst_port === '443'
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

export const fortinet: Parser = {
  name: 'fortinet',
  title: 'Fortinet FortiGate (traffic, UTM, event)',
  aliases: ['fortigate', 'fortios', 'forti'],
  keys: ['logid', 'log_id', 'logdesc'],
  recognise: ({ json, text }) =>
    json === undefined ? pairsStart(text) >= 0 && !isSophos(text) : isFortiJson(json),
  parse,
}
