// ArcSight's Common Event Format: `CEF:0|vendor|product|version|class|name|severity|key=value key2=value`.
import type { EventLogSource } from '../sigma/event.ts'
import { readExtension, splitPipes } from './cef/extension.ts'
import { addExtensionMeaning } from './cef/meaning.ts'
import { addOwnNames, ownTime, vendorLogsource } from './cef/vendors.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import { HEADER_UNITS_MAX, readHeader } from './device/header.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { overWindows, windowsOfCef } from './windows/cef.ts'

const HEADER_PARTS = 7

/** Where `CEF:<digit>|` stands, or -1. */
function markAt(text: string): number {
  const at = text.indexOf('CEF:')
  if (at < 0 || at > HEADER_UNITS_MAX) return -1
  return /^CEF: ?\d{1,2}(?:\.\d)?\|/.test(text.slice(at, at + 12)) ? at : -1
}

/** A header whose `CEF:` a collector took for the name of a program. */
const BARE =
  /^[01]\|(?:[^|\\]|\\.){1,64}\|(?:(?:[^|\\]|\\.){0,128}\|){4}(?:\d{1,2}|unknown|low|medium|high|very-high)\|\s?\w{1,64}=/i

/** Where a header begins: at its mark, or at the start of a text whose mark is gone; else -1. */
function headerAt(text: string): number {
  const mark = markAt(text)
  if (mark >= 0) return mark
  const code = text.charCodeAt(0)
  const isBare = (code === 0x30 || code === 0x31) && text.charCodeAt(1) === 0x7c
  return isBare && BARE.test(text.slice(0, HEADER_UNITS_MAX)) ? 0 : -1
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  const start = input.json === undefined ? headerAt(text) : -1
  const parts = start < 0 ? undefined : splitPipes(text, start, HEADER_PARTS)
  if (parts === undefined) return { code: 'cef-no-header', message: 'no complete CEF header' }
  const [, vendor = '', product = '', version, id, name = '', severity = ''] = parts.values
  const fields: WritableFields = {}
  put(fields, 'device_vendor', vendor)
  put(fields, 'device_product', product)
  put(fields, 'device_version', version)
  put(fields, 'device_event_class_id', id)
  put(fields, 'name', name)
  put(fields, 'cef_severity', severity)
  readExtension(text, parts.end, fields)
  const pivots: WritablePivots = {}
  const said = addExtensionMeaning(fields, pivots, severity, context)
  addOwnNames(vendor, fields, pivots)
  const time = said ?? ownTime(vendor, fields)
  // Some collectors part time and host by bars.
  const prefix = text.slice(0, start).replaceAll('|', ' ')
  const header = start === 0 ? undefined : readHeader(prefix, context)
  const logsource: EventLogSource = vendorLogsource(vendor, product)
  const { msg } = fields
  const message = typeof msg === 'string' ? (name === '' ? msg : `${name}: ${msg}`) : name
  const event = deviceEvent(header, { time, logsource, message, fields, pivots })
  const json = windowsOfCef(vendor, product, id ?? '', fields)
  return json === undefined ? event : overWindows(event, json, context)
}

export const cef: Parser = {
  name: 'cef',
  title: 'CEF (Common Event Format)',
  aliases: ['arcsight'],
  keys: [],
  recognise: (input) => input.json === undefined && headerAt(input.text) >= 0,
  parse,
}
