// IBM's Log Event Extended Format: `LEEF:2.0|vendor|product|version|event|^|key=value^key2=value`.

import { splitPipes } from './cef/extension.ts'
import { addExtensionMeaning } from './cef/meaning.ts'
import { addOwnNames, vendorLogsource } from './cef/vendors.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import { deviceTimeAt, HEADER_UNITS_MAX, readHeader } from './device/header.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { parseTime } from './time.ts'
import { overWindows, windowsOfLeef } from './windows/cef.ts'

const HEADER_PARTS = 5
const PAIRS_MAX = 512
const TAB = '\t'
/** Where blanks part attributes, values have some as well. */
const BLANK = / (?=[\w.-]{1,64}=)/

function markAt(text: string): number {
  const at = text.indexOf('LEEF:')
  if (at < 0 || at > HEADER_UNITS_MAX) return -1
  return /^LEEF: ?[12](?:\.\d)?\|/.test(text.slice(at, at + 12)) ? at : -1
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  const start = input.json === undefined ? markAt(text) : -1
  const parts = start < 0 ? undefined : splitPipes(text, start, HEADER_PARTS)
  if (parts === undefined) return { code: 'leef-no-header', message: 'no complete LEEF header' }
  const [version = '', vendor = '', product = '', productVersion, id = ''] = parts.values
  const fields: WritableFields = {}
  put(fields, 'device_vendor', vendor)
  put(fields, 'device_product', product)
  put(fields, 'device_version', productVersion)
  put(fields, 'event_id', id)
  const body = bodyOf(
    text,
    parts.end,
    version.startsWith('LEEF:2') || version.startsWith('LEEF: 2'),
  )
  readAttributes(body.text, body.delimiter, fields)
  const pivots: WritablePivots = {}
  addNames(fields)
  const severity = fields.sev
  addExtensionMeaning(fields, pivots, typeof severity === 'string' ? severity : '', context)
  if (typeof fields.user === 'string') pivots.user ??= fields.user
  addOwnNames(vendor, fields, pivots)
  const header = start === 0 ? undefined : readHeader(text.slice(0, start), context)
  const { msg } = fields
  const event = deviceEvent(header, {
    time: timeOf(fields, context),
    logsource: vendorLogsource(vendor, product),
    message: typeof msg === 'string' ? msg : text.slice(start),
    fields,
    pivots,
  })
  const json = windowsOfLeef(vendor, product, id, fields)
  return json === undefined ? event : overWindows(event, json, context)
}

/** LEEF 2.0 may name the delimiter: `^`, `x5E`, `0x5E`; some leave its field out. */
function bodyOf(text: string, start: number, second: boolean): { text: string; delimiter: string } {
  const rest = text.slice(start)
  if (second) {
    const named = /^(0?x[0-9A-Fa-f]{1,4}|[^=|]?)\|/.exec(rest.slice(0, 12))
    if (named !== null) {
      return { text: rest.slice(named[0].length), delimiter: delimiterOf(named[1] ?? '') }
    }
  }
  if (rest.includes(TAB)) return { text: rest, delimiter: TAB }
  return { text: rest, delimiter: /\|\w{1,64}=/.test(rest.slice(0, 4096)) ? '|' : TAB }
}

function delimiterOf(name: string): string {
  if (name === '') return TAB
  const hex = /^0?x([0-9A-Fa-f]{1,4})$/.exec(name)?.[1]
  return hex === undefined ? name : String.fromCharCode(Number.parseInt(hex, 16))
}

function readAttributes(text: string, delimiter: string, fields: WritableFields): void {
  const between = delimiter === ' ' ? BLANK : delimiter
  for (const part of text.split(between, PAIRS_MAX)) {
    const equals = part.indexOf('=')
    if (equals > 0) put(fields, part.slice(0, equals).trim(), part.slice(equals + 1).trim())
  }
}

const NAMES = [
  ['src_port', 'srcPort'],
  ['dst_port', 'dstPort'],
  ['user', 'usrName'],
  ['user', 'accountName'],
  ['user', 'identUser'],
  ['c-uri', 'url'],
  ['dvchost', 'identHostName'],
] as const

function addNames(fields: WritableFields): void {
  for (const [name, own] of NAMES) {
    const value = fields[own]
    if (typeof value === 'string' && fields[name] === undefined) fields[name] = value
  }
}

function timeOf(fields: WritableFields, context: ParseContext): number | undefined {
  const { devTime } = fields
  if (typeof devTime !== 'string') return undefined
  return parseTime(devTime, context) ?? deviceTimeAt(devTime, 0, context)?.time
}

export const leef: Parser = {
  name: 'leef',
  title: 'LEEF (Log Event Extended Format)',
  aliases: ['qradar'],
  keys: [],
  recognise: (input) => input.json === undefined && markAt(input.text) >= 0,
  parse,
}
