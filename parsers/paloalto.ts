// Palo Alto Networks PAN-OS: comma-separated columns whose order the log's type gives.

import type { Fields } from '../sigma/event.ts'
import { csvFields, splitCsv } from './device/csv.ts'
import {
  accountName,
  deviceEvent,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from './device/event.ts'
import { HEADER_UNITS_MAX, readHeader } from './device/header.ts'
import { verdictOf } from './device/verdict.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { panColumns, TYPES } from './paloalto/columns.ts'
import { isPanJson, panJsonFields } from './paloalto/json.ts'
import { panLogsource } from './paloalto/logsource.ts'
import { panPairFields, panPairsStart } from './paloalto/pairs.ts'
import { severityOf } from './severity.ts'
import { parseTime } from './time.ts'

/** Receive time, serial number and type: the columns that every line has. */
const START =
  /^,(\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?),([^,]{0,48}),(TRAFFIC|THREAT|URL|DATA|WILDFIRE|SYSTEM|CONFIG|HIP-?MATCH|USERID|GLOBALPROTECT|AUTH(?:ENTICATION)?|DECRYPTION|TUNNEL|START|END|GTP|SCTP|IPTAG|CORRELATION|AUDIT),/i
/** Audit logs have no column in front of the serial number: `0111,2024/04/11 20:06:15,audit,2561,gui-op,anna,"..."`. */
const AUDIT_START = /^,\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d,audit,\d{1,6},/
const GENERATED_SLACK_MS = 3_600_000

/** Where the first column starts, or -1. */
function columnsStart(text: string): number {
  const comma = text.indexOf(',')
  if (comma < 0 || comma > HEADER_UNITS_MAX || !isDigit(text.charCodeAt(comma + 1))) return -1
  const head = text.slice(comma, comma + 96)
  if (!START.test(head) && !AUDIT_START.test(head)) return -1
  return text.lastIndexOf(' ', comma) + 1
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { json, text } = input
  if (json !== undefined && isPanJson(json)) return jsonEvent(json, text, context)
  const start = json === undefined ? columnsStart(text) : -1
  const pairs = start < 0 && json === undefined ? panPairsStart(text) : -1
  if (pairs >= 0) return pairsEvent(text, pairs, context)
  if (start < 0) return { code: 'paloalto-no-columns', message: 'no PAN-OS columns' }
  const type = typeOf(text, start)
  // Which columns it has shows only in all of them.
  const names = panColumns(type, type === 'CONFIG' ? splitCsv(text, start) : [])
  if (names === undefined) return { code: 'paloalto-unknown-type', message: `unknown type ${type}` }
  const header = start === 0 ? undefined : readHeader(text.slice(0, start), context)
  const fields: WritableFields = {}
  csvFields(text, start, names, fields)
  const pivots = addColumnsMeaning(type, fields, header?.host === undefined)
  return deviceEvent(header, {
    time: timeOf(fields, context),
    logsource: panLogsource(type, fields),
    message: messageOf(fields) ?? text.slice(start),
    fields,
    pivots,
  })
}

function addColumnsMeaning(type: string, fields: WritableFields, alone: boolean): WritablePivots {
  const pivots: WritablePivots = {}
  addAddresses(type, fields)
  addSaid(type, fields)
  addNames(fields, pivots, alone)
  addWeb(type, fields, pivots)
  addMeaning(type, fields, pivots)
  return pivots
}

function jsonEvent(json: Fields, text: string, context: ParseContext): Parsed {
  const fields = panJsonFields(json)
  const type = String(fields.type).toUpperCase()
  const utc = context.timeZone === 'UTC' ? context : { ...context, timeZone: 'UTC' }
  const pivots = addColumnsMeaning(type, fields, true)
  return deviceEvent(undefined, {
    time: timeOf(fields, utc),
    logsource: panLogsource(type, fields),
    message: messageOf(fields) ?? text,
    fields,
    pivots,
  })
}

function pairsEvent(text: string, start: number, context: ParseContext): Parsed {
  const header = start === 0 ? undefined : readHeader(text.slice(0, start), context)
  const fields = panPairFields(text, start)
  const type = String(fields.type).toUpperCase()
  const pivots = addColumnsMeaning(type, fields, header?.host === undefined)
  const message = messageOf(fields) ?? text.slice(start)
  const time = timeOf(fields, context)
  return deviceEvent(header, {
    time,
    logsource: panLogsource(type, fields),
    message,
    fields,
    pivots,
  })
}

const QUOTE = 0x22

/** The fourth column, or `AUDIT-LOG` for those that have `audit` as the third. */
function typeOf(text: string, start: number): string {
  if (text.charCodeAt(start) === QUOTE) return (splitCsv(text, start)[3] ?? '').toUpperCase()
  const second = text.indexOf(',', text.indexOf(',', start) + 1) + 1
  const third = text.indexOf(',', second) + 1
  if (text.startsWith('audit,', second)) return 'AUDIT-LOG'
  const type = text.slice(third, text.indexOf(',', third))
  return TYPES.has(type) ? type : type.toUpperCase()
}

function word(fields: WritableFields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' ? value : undefined
}

/** The time with milliseconds and zone where it is the same moment, else the device's local one. */
function timeOf(fields: WritableFields, context: ParseContext): number | undefined {
  const local = parseTime(fields.generated_time ?? fields.receive_time, context)
  const exact = parseTime(fields.high_res_timestamp, context)
  if (exact === undefined || local === undefined) return local ?? exact
  const hours = Math.abs(exact - local) % GENERATED_SLACK_MS
  const near = Math.abs(exact - local) < 15 * GENERATED_SLACK_MS
  return near && (hours < 60_000 || hours > GENERATED_SLACK_MS - 60_000) ? exact : local
}

function messageOf(fields: WritableFields): string | undefined {
  return word(fields, 'opaque') ?? word(fields, 'path') ?? word(fields, 'desc')
}

function addAddresses(type: string, fields: WritableFields): void {
  const own = type === 'GLOBALPROTECT' ? addressOf(fields) : undefined
  put(fields, 'src_ip', own ?? word(fields, 'src') ?? word(fields, 'ip') ?? word(fields, 'host'))
  put(fields, 'dst_ip', word(fields, 'dst'))
  put(fields, 'src_port', word(fields, 'sport') ?? word(fields, 'beginport'))
  put(fields, 'dst_port', word(fields, 'dport') ?? word(fields, 'endport'))
}

/** The address in its own network where it has one yet, else the one it comes from. */
function addressOf(fields: WritableFields): string | undefined {
  const own = word(fields, 'private_ip')
  if (own !== undefined && own !== '0.0.0.0') return own
  const names = ['private_ipv6', 'public_ip', 'public_ipv6']
  return names.map((name) => word(fields, name)).find((ip) => ip !== undefined && ip !== '0.0.0.0')
}

/** `alone`: no header names the device, so that the portal or the client has to stand for it. */
const SAID_USER = /(?:[Uu]ser name: |[Uu]ser ')([^',]{1,256})/
const SAID_ADDRESS =
  /(?:[Ff]rom:? ?|Client IP: |Source IP: |Public IP: )((?:\d{1,3}\.){3}\d{1,3}|(?=[0-9A-Fa-f:]*::)[0-9A-Fa-f:]{3,45})/

/** What a message of the system log says in words. */
function addSaid(type: string, fields: WritableFields): void {
  const said = word(fields, 'opaque')?.slice(0, 2048)
  if (type !== 'SYSTEM' || said === undefined) return
  put(fields, 'user', SAID_USER.exec(said)?.[1])
  put(fields, 'src_ip', SAID_ADDRESS.exec(said)?.[1])
}

const USERS = ['srcuser', 'user', 'admin', 'normalize_user', 'dstuser']

function firstWord(fields: WritableFields, names: readonly string[]): string | undefined {
  for (let index = 0; index < names.length; index++) {
    const value = word(fields, names[index]!)
    if (value !== undefined) return value
  }
  return undefined
}

function addNames(fields: WritableFields, pivots: WritablePivots, alone: boolean): void {
  const substitute = alone ? (word(fields, 'portal') ?? word(fields, 'machinename')) : undefined
  const host = word(fields, 'device_name') ?? substitute
  if (host !== undefined) pivots.host = host
  const user = firstWord(fields, USERS)
  if (user !== undefined) {
    pivots.user = accountName(user)
    fields.user ??= user
  }
  if (fields.app !== undefined) fields.application = fields.app
  if (fields.proto !== undefined) fields.protocol = fields.proto
  const hash = word(fields, 'filedigest')
  if (hash !== undefined) pivots.hash = hash
}

const SPYWARE_DNS = /^(?:Suspicious DNS Query|DNS )/

function addWeb(type: string, fields: WritableFields, pivots: WritablePivots): void {
  const what = word(fields, 'misc')
  if (type !== 'THREAT' && type !== 'URL') return
  put(fields, 'c-useragent', word(fields, 'user_agent'))
  put(fields, 'cs-referrer', word(fields, 'referer'))
  put(fields, 'cs-method', word(fields, 'http_method')?.toUpperCase())
  if (what === undefined) return
  const subtype = word(fields, 'subtype')
  if (subtype === 'url' || type === 'URL' || what.includes('/')) {
    putUrl(pivots, what)
    fields['c-uri'] = what
    put(fields, 'cs-host', pivots.domain as string | undefined)
  } else if (SPYWARE_DNS.test(word(fields, 'threatid') ?? '')) {
    fields.query = what
    pivots.domain = what
  } else fields.file_name = what
}

const BY_SUBTYPE: ReadonlySet<string> = new Set(['USERID', 'IPTAG', 'AUDIT-LOG'])

const FAILED = /\bfail|\bdenied|\binvalid|\bnot allowed|\bunauthorized/i

function addMeaning(type: string, fields: WritableFields, pivots: WritablePivots): void {
  const own = word(fields, 'action') ?? word(fields, 'eventid') ?? word(fields, 'cmd')
  // A mapping's event is a number, and 0: what happened is the subtype.
  const action = BY_SUBTYPE.has(type) ? (word(fields, 'subtype') ?? own) : own
  // `override` of the configuration is no verdict.
  if (action !== undefined)
    pivots.action = (type === 'CONFIG' ? undefined : verdictOf(action)) ?? action
  const result = word(fields, 'status') ?? word(fields, 'result') ?? word(fields, 'event')
  const said = result ?? (type === 'SYSTEM' ? `${fields.eventid} ${fields.opaque}` : '')
  const isLate = type.startsWith('AUTH') && said.endsWith('Timeout')
  pivots.outcome =
    isLate || (said !== '' && FAILED.test(said.slice(0, 512))) ? 'failure' : 'success'
  const severity = severityOf(word(fields, 'severity') ?? '')
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
}

export const paloalto: Parser = {
  name: 'paloalto',
  title: 'Palo Alto Networks PAN-OS (traffic, threat, system, GlobalProtect, ...)',
  aliases: ['panos', 'pan', 'panw', 'palo_alto'],
  keys: ['LogType'],
  recognise: ({ json, text }) =>
    json === undefined ? columnsStart(text) >= 0 || panPairsStart(text) >= 0 : isPanJson(json),
  parse,
}
