// From what a device's parser read to the event: header fields, address columns, severity.
import type { EventLogSource, FieldValue, Pivots } from '../../sigma/event.ts'
import type { Parsed } from '../event.ts'
import { syslogSeverity } from '../severity.ts'
import { addSyslogFields } from '../syslog/fields.ts'
import type { SyslogLine } from '../syslog-header.ts'
import { ipOf, portOf } from '../values.ts'

export type WritableFields = { [name: string]: FieldValue }
export type WritablePivots = { -readonly [name in keyof Pivots]: Pivots[name] }

/** What a parser read of a device's own text. */
export interface Reading {
  /** The device's own time, milliseconds; the header's where it has none. */
  readonly time?: number | undefined
  readonly logsource: EventLogSource
  readonly message: string
  /** Fresh. Addresses under `src_ip`, `src_port`, `dst_ip`, `dst_port`. */
  readonly fields: WritableFields
  /** Fresh. Columns that are not simply a field's value. */
  readonly pivots: WritablePivots
  /** Addresses of `fields` that the parser knows to be some, in the form of the columns. */
  readonly addresses?: Addresses
}

/** Columns of addresses. */
export interface Addresses {
  readonly src_ip: string | undefined
  readonly dst_ip: string | undefined
}

/** The event of a reading behind a header. */
export function deviceEvent(header: SyslogLine | undefined, reading: Reading): Parsed {
  const { addresses, fields, logsource, message } = reading
  const time = reading.time ?? header?.time
  const pivots = header === undefined ? reading.pivots : withHeader(header, reading)
  addAddress(pivots, fields, 'src_ip', addresses?.src_ip)
  addPort(pivots, fields, 'src_port')
  addAddress(pivots, fields, 'dst_ip', addresses?.dst_ip)
  addPort(pivots, fields, 'dst_port')
  return time === undefined
    ? { logsource, pivots, message, fields }
    : { time, logsource, pivots, message, fields }
}

function withHeader(header: SyslogLine, reading: Reading): WritablePivots {
  const { fields, pivots } = reading
  addSyslogFields(header, fields)
  if (pivots.host === undefined && header.host !== undefined) pivots.host = header.host
  if (pivots.process === undefined && header.program !== undefined) pivots.process = header.program
  if (pivots.severity === undefined && header.priority !== undefined) {
    // A notice or less says nothing about security: the patterns decide there.
    const severity = syslogSeverity(header.priority & 7)
    if (severity !== undefined && severity !== 'informational') pivots.severity = severity
  }
  return pivots
}

function addAddress(
  pivots: WritablePivots,
  fields: WritableFields,
  name: 'src_ip' | 'dst_ip',
  known: string | undefined,
): void {
  if (pivots[name] !== undefined) return
  const text = fields[name]
  const ip = known ?? (typeof text === 'string' ? ipOf(text) : undefined)
  if (ip !== undefined) pivots[name] = ip
}

function addPort(
  pivots: WritablePivots,
  fields: WritableFields,
  name: 'src_port' | 'dst_port',
): void {
  const value = fields[name]
  const number = portOf(value)
  if (number === undefined) return
  if (value !== number) fields[name] = number
  pivots[name] ??= number
}

/** Sets a field unless the value says nothing: empty, `-`, `N/A`, `(null)`. */
export function put(fields: WritableFields, name: string, value: string | undefined): void {
  if (value === undefined || name === '__proto__') return
  const { length } = value
  if (length === 0 || (length === 1 && value.charCodeAt(0) === 0x2d)) return
  if ((length === 3 && value === 'N/A') || (length === 6 && value === '(null)')) return
  fields[name] = value
}

/** Up to 15 digits: a number that loses none. */
export function isInteger(text: string): boolean {
  if (text.length === 0 || text.length > 15) return false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x30 || code > 0x39) return false
  }
  return text.length === 1 || text.charCodeAt(0) !== 0x30
}

/** `CORP\anna` without its domain: the form in which users are compared across sources. */
export function accountName(user: string): string {
  return user.slice(user.lastIndexOf('\\') + 1)
}

/** Fills the columns url and domain from an address of the web: `http://h/p`, `h:443`, `h/p`. */
export function putUrl(pivots: WritablePivots, url: string | undefined): void {
  if (url === undefined || url === '' || url === '-') return
  pivots.url = url
  const host = hostOfUrl(url)
  if (host !== undefined) pivots.domain ??= host
}

/** The host of `http://user@host:80/path`, `host:443` or `host/path`; undefined for a path alone. */
export function hostOfUrl(url: string): string | undefined {
  const scheme = url.indexOf('://')
  const start = scheme > 0 && scheme < 16 ? scheme + 3 : 0
  let end = url.length
  for (let index = start; index < url.length; index++) {
    const code = url.charCodeAt(index)
    if (code === 0x2f || code === 0x3f || code === 0x23) {
      end = index
      break
    }
  }
  const authority = url.slice(start, end)
  const named = authority.slice(authority.lastIndexOf('@') + 1)
  const colon = named.charCodeAt(0) === 0x5b ? named.indexOf(']:') + 1 : named.indexOf(':')
  const host = colon > 0 ? named.slice(0, colon) : named
  return host === '' || host.length > 255 ? undefined : host
}
