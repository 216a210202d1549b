// W3C extended logs of IIS, its HTTP service (HTTPERR) and of whoever writes the same: columns named by
// `#Fields:`, or told by their shape where that line is lost. And the log files of IIS' own layout.
import type { EventLogSource } from '../sigma/event.ts'
import type { Columns } from './columns.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { isNative, nativeLine } from './iis/native.ts'
import { guessColumns } from './iis/shape.ts'
import { closedLogSource } from './logsource.ts'
import { timeAt } from './time.ts'

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

function namesOf(values: readonly string[], context: ParseContext): readonly string[] | undefined {
  const { columns } = context
  if (columns?.format === 'w3c' && columns.names.length > 0 && fits(columns, values)) {
    return columns.names
  }
  return guessColumns(values)
}

/** Lines of another layout below the same header: a collector has mixed files. */
function fits(columns: Columns, values: readonly string[]): boolean {
  return Math.abs(columns.names.length - values.length) <= 2
}

function valuesOf(text: string): readonly string[] {
  const separator = text.includes('\t') ? '\t' : ' '
  return text.trimEnd().split(separator, COLUMNS_MAX)
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  if (input.json !== undefined) return { code: 'iis-no-line', message: 'JSON, no W3C line' }
  const native = nativeLine(text)
  const values = native?.values ?? valuesOf(text)
  const names = native?.names ?? namesOf(values, context)
  if (names === undefined)
    return { code: 'iis-no-fields', message: 'no #Fields: known for the line' }
  const fields: WritableFields = {}
  const count = Math.min(names.length, values.length)
  for (let index = 0; index < count; index++) addColumn(fields, names[index]!, values[index]!)
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

/** One to fifteen digits. */
function isInteger(text: string): boolean {
  const { length } = text
  if (length === 0 || length > 15) return false
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (!(code >= 0x30 && code <= 0x39)) return false
  }
  return true
}

function addColumn(fields: WritableFields, name: string, value: string): void {
  const column = columnOf(name)
  if (column.number && isInteger(value)) fields[column.name] = Number(value)
  else put(fields, column.name, column.plussed ? value.replaceAll('+', ' ') : value)
}

/** Dates and times of W3C logs are UTC, whatever the server's zone. */
function timeOf(fields: WritableFields, context: ParseContext): number | undefined {
  const date = fields.date ?? context.columns?.date?.split(' ', 1)[0]
  const { time } = fields
  if (typeof date !== 'string' || typeof time !== 'string') return undefined
  return timeAt(`${date} ${time}Z`, 0, context)?.time
}

/** An address without its scope, port or the link that a mail program made of it. */
function addressOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const linked = /^\[([^\]]{2,64})\]\(http/.exec(value)?.[1] ?? value
  const scope = linked.indexOf('%')
  return scope > 0 ? linked.slice(0, scope) : linked
}

function addEnds(fields: WritableFields, pivots: WritablePivots): void {
  put(fields, 'src_ip', addressOf(fields['c-ip']))
  put(fields, 'dst_ip', addressOf(fields['s-ip']))
  if (fields['c-port'] !== undefined) fields.src_port = fields['c-port']
  if (fields['s-port'] !== undefined) fields.dst_port = fields['s-port']
  const host = fields['s-computername']
  if (typeof host === 'string') pivots.host = host
  const domain = fields['cs-host']
  if (typeof domain === 'string') pivots.domain = domain.replace(/:\d{1,5}$/, '')
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
