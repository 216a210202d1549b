// W3C extended logs of IIS, its HTTP service (HTTPERR) and of whoever writes the same: columns named by
// `#Fields:`, or told by their shape where that line is lost. And the log files of IIS' own layout.
import type { EventLogSource } from '../sigma/event.ts'
import type { Columns } from './columns.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { isNative, nativeLine } from './iis/native.ts'
import { guessColumns } from './iis/shape.ts'
import { closedLogSource } from './logsource.ts'
import { isoAt, timeAt } from './time.ts'

const ACCESS = closedLogSource('windows', ['webserver'], ['iis'])
const ERRORS = closedLogSource('windows', [], ['iis', 'httperr'])
const EDGE: EventLogSource = closedLogSource('aws', ['webserver'], ['cloudfront'])
const COLUMNS_MAX = 128

/** The names that SigmaHQ's rules use for W3C's `cs(Header)`. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['cs(user-agent)', 'cs-user-agent'],
  ['cs(referer)', 'cs-referer'],
  ['cs(cookie)', 'cs-cookie'],
  ['cs(host)', 'cs-host'],
  ['cs(x-forwarded-for)', 'x-forwarded-for'],
  ['x-forwarded-for', 'x-forwarded-for'],
])
const NUMBERS: ReadonlySet<string> = new Set([
  ...['sc-status', 'sc-substatus', 'sc-win32-status', 'sc-bytes', 'cs-bytes', 'time-taken'],
  ...['s-port', 'c-port', 's-siteid'],
])
/** Headers, in which IIS writes blanks as `+`. */
const PLUSSED: ReadonlySet<string> = new Set(['cs-user-agent', 'cs-cookie'])

function valuesOf(text: string): readonly string[] {
  const separator = text.includes('\t') ? '\t' : ' '
  return text.trimEnd().split(separator, COLUMNS_MAX)
}

const columnsByHeader = new WeakMap<Columns, readonly Column[]>()

/** What the header above a line says of it; lines of another layout have more or fewer values by three or more: a
 * collector has mixed files. */
function columnsAbove(count: number, { columns }: ParseContext): readonly Column[] | undefined {
  if (columns?.format !== 'w3c' || columns.names.length === 0) return undefined
  if (Math.abs(columns.names.length - count) > 2) return undefined
  let own = columnsByHeader.get(columns)
  if (own === undefined) {
    own = columns.names.map(columnOf)
    columnsByHeader.set(columns, own)
  }
  return own
}

/** Adds a line's values by its header; false where it has none that fits. */
function addLine(fields: WritableFields, text: string, context: ParseContext): boolean {
  const separator = text.includes('\t') ? TAB : BLANK
  const last = text.charCodeAt(text.length - 1)
  const { length } = last > BLANK && last < 0x80 ? text : text.trimEnd()
  let count = 1
  for (let at = 0; at < length; at++) if (text.charCodeAt(at) === separator) count++
  const columns = columnsAbove(Math.min(count, COLUMNS_MAX), context)
  if (columns === undefined) return false
  const stop = Math.min(columns.length, count, COLUMNS_MAX)
  for (let index = 0, start = 0; index < stop; index++) {
    let end = start
    while (end < length && text.charCodeAt(end) !== separator) end++
    addCell(fields, columns[index]!, text, start, end)
    start = end + 1
  }
  return true
}

const TAB = 0x09
const BLANK = 0x20

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  if (input.json !== undefined) return { code: 'iis-no-line', message: 'JSON, no W3C line' }
  const native = nativeLine(text)
  const fields: WritableFields = {}
  if (native !== undefined || !addLine(fields, text, context)) {
    const values = native?.values ?? valuesOf(text)
    const names = native?.names ?? guessColumns(values)
    if (names === undefined)
      return { code: 'iis-no-fields', message: 'no #Fields: known for the line' }
    const count = Math.min(names.length, values.length)
    for (let index = 0; index < count; index++) {
      const value = values[index]!
      addCell(fields, columnOf(names[index]!), value, 0, value.length)
    }
  }
  const pivots: WritablePivots = {}
  const time =
    native === undefined ? timeOf(fields, context) : timeAt(native.clock, 0, context)?.time
  addEnds(fields, pivots)
  addMeaning(fields, pivots)
  const errors = fields['s-reason'] !== undefined && fields['cs-uri-stem'] === undefined
  const isEdge = fields['x-edge-location'] !== undefined
  if (isEdge) addEdge(fields, pivots)
  const logsource: EventLogSource = isEdge ? EDGE : errors ? ERRORS : ACCESS
  return deviceEvent(undefined, { time, logsource, message: text, fields, pivots })
}

/** CloudFront writes headers as it writes URLs. */
function addEdge(fields: WritableFields, pivots: WritablePivots): void {
  for (const name of ['cs-user-agent', 'cs-referer', 'cs-cookie']) {
    const value = fields[name]
    if (typeof value === 'string' && value.includes('%')) fields[name] = decoded(value)
  }
  const host = fields['x-host-header']
  if (typeof host === 'string') pivots.domain = host
}

function decoded(value: string): string {
  return value.replace(/%([2-7][0-9A-Fa-f])/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

interface Column {
  readonly name: string
  readonly number: boolean
  readonly plussed: boolean
}

/** Columns by the names that headers have for them. */
const known = new Map<string, Column>()
const KNOWN_MAX = 1024

function columnOf(name: string): Column {
  const found = known.get(name)
  if (found !== undefined) return found
  const lower = name.toLowerCase()
  const own = NAMES.get(lower) ?? lower
  const column = { name: own, number: NUMBERS.has(own), plussed: PLUSSED.has(own) }
  if (name.length > 64) return column
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(name, column)
  return column
}

/** One to fifteen digits as a number; -1 for any other text. */
function integerAt(text: string, start: number, end: number): number {
  if (end === start || end - start > 15) return -1
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

function addCell(
  fields: WritableFields,
  { name, number, plussed }: Column,
  text: string,
  start: number,
  end: number,
): void {
  if (end === start || (end - start === 1 && text.charCodeAt(start) === DASH)) return
  const value = number ? integerAt(text, start, end) : -1
  if (value >= 0) fields[name] = value
  else if (plussed) put(fields, name, text.slice(start, end).replace(PLUS, ' '))
  else put(fields, name, text.slice(start, end))
}

const DASH = 0x2d
/** A pattern: by far the fastest way to replace that many. */
const PLUS = /\+/g

/** Dates and times of W3C logs are UTC, whatever the server's zone. */
function timeOf(fields: WritableFields, context: ParseContext): number | undefined {
  const date = fields.date ?? context.columns?.date?.split(' ', 1)[0]
  const { time } = fields
  if (typeof date !== 'string' || typeof time !== 'string') return undefined
  const day = date.length === 10 ? isoAt(date, 0, UTC) : undefined
  const clock = clockOf(time)
  if (day?.end === 10 && clock >= 0) return day.time + clock
  return timeAt(`${date} ${time}Z`, 0, context)?.time
}

const UTC: ParseContext = { now: 0, timeZone: 'UTC' }

/** Milliseconds of `10:11:12`; -1 for any other text. */
function clockOf(time: string): number {
  if (time.length !== 8 || time.charCodeAt(2) !== 0x3a || time.charCodeAt(5) !== 0x3a) return -1
  const hour = integerAt(time, 0, 2)
  const minute = integerAt(time, 3, 5)
  const second = integerAt(time, 6, 8)
  const isClock = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60
  return isClock ? ((hour * 60 + minute) * 60 + second) * 1000 : -1
}

/** An address without its scope, port or the link that a mail program made of it. */
function addressOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const linked = (value.charCodeAt(0) === 0x5b ? LINKED.exec(value)?.[1] : undefined) ?? value
  const scope = linked.indexOf('%')
  return scope > 0 ? linked.slice(0, scope) : linked
}

const LINKED = /^\[([^\]]{2,64})\]\(http/

function addEnds(fields: WritableFields, pivots: WritablePivots): void {
  put(fields, 'src_ip', addressOf(fields['c-ip']))
  put(fields, 'dst_ip', addressOf(fields['s-ip']))
  if (fields['c-port'] !== undefined) fields.src_port = fields['c-port']
  if (fields['s-port'] !== undefined) fields.dst_port = fields['s-port']
  const host = fields['s-computername']
  if (typeof host === 'string') pivots.host = host
  const domain = fields['cs-host']
  if (typeof domain === 'string') {
    pivots.domain = domain.includes(':') ? domain.replace(/:\d{1,5}$/, '') : domain
  }
}

/** Some write the query with its question mark. */
function withQuery(stem: string, query: string): string {
  return query.startsWith('?') ? stem + query : `${stem}?${query}`
}

function addMeaning(fields: WritableFields, pivots: WritablePivots): void {
  const user = fields['cs-username']
  if (typeof user === 'string') pivots.user = user.slice(user.lastIndexOf('\\') + 1)
  const stem = fields['cs-uri-stem'] ?? fields['cs-uri']
  const query = fields['cs-uri-query']
  if (typeof stem === 'string') {
    pivots.url = typeof query === 'string' ? withQuery(stem, query) : stem
    // Rules of web servers look for paths in the query's field too: it holds the whole request target.
    if (typeof query === 'string') fields['c-uri-query'] = query
    fields['cs-uri-query'] = pivots.url
  }
  const method = fields['cs-method']
  if (typeof method === 'string') pivots.action = method
  const status = fields['sc-status']
  if (typeof status === 'number') pivots.outcome = status < 400 ? 'success' : 'failure'
}

export const iis: Parser = {
  name: 'iis',
  title: 'Microsoft IIS and other W3C extended logs',
  aliases: ['w3c', 'httperr'],
  keys: [],
  recognise(input) {
    const { text } = input
    if (input.json !== undefined) return false
    if (!/^\d{4}-\d\d-\d\d[ \t]\d\d:\d\d:\d\d[ \t]/.test(text.slice(0, 24))) return isNative(text)
    return guessColumns(valuesOf(text)) !== undefined
  },
  parse,
}
