// Zeek's logs, JSON and TSV: the columns under Zeek's own names, which Sigma's rules for Zeek use, and for
// DNS and HTTP also under Sigma's.
import type { Fields } from '../sigma/event.ts'
import type { Columns } from './columns.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { compileMapping, type Mapping } from './mapping/compile.ts'
import { applyMapping } from './mapping/parser.ts'
import type { Program } from './mapping/program.ts'
import table from './mappings/zeek.yml' with { type: 'yaml' }
import { isKnownKind, kindOf, zeekLogSource } from './zeek/kinds.ts'
import { narrowed } from './zeek/narrow.ts'
import { looksLikeTsv, readTsv } from './zeek/tsv.ts'

const own = compileMapping(table)
const byKind = new Map<string, Mapping>()

/** Our table for one log. */
function mappingOf(kind: string): Mapping {
  const known = byKind.get(kind)
  if (known !== undefined) return known
  // Senders may invent more.
  if (!isKnownKind(kind)) return own
  const made = compileMapping(narrowed(table, kind))
  byKind.set(kind, made)
  return made
}

function parse({ text, json }: ParserInput, context: ParseContext): Parsed | EventError {
  const line = json === undefined ? readTsv(text, context.columns) : undefined
  const record = json ?? line?.record
  if (record === undefined) {
    return { code: 'zeek-no-columns', message: 'no #fields line says what the columns are' }
  }
  const kind = kindOf(record)
  if (kind === undefined) {
    return { code: 'zeek-log-unknown', message: 'no _path, and columns of no known Zeek log' }
  }
  const fields: Fields = record._path === undefined ? { _path: kind, ...record } : record
  const mapping = context.mappings?.get('zeek') ?? mappingOf(kind)
  const utc = context.timeZone === 'UTC' ? context : { ...context, timeZone: 'UTC' }
  const program = line === undefined ? mapping.program : programOf(line.columns, mapping)
  return applyMapping(mapping, fields, utc, fields === json, zeekLogSource(kind), program)
}

/** What reads the lines below a header. */
interface Reader {
  readonly mapping: Mapping
  lines: number
  program: Program
}

const readers = new WeakMap<Columns, Reader>()
/** Lines below a header before a program is compiled for them. */
const LINES_MIN = 16

function programOf(columns: Columns, mapping: Mapping): Program {
  let reader = readers.get(columns)
  if (reader?.mapping !== mapping) {
    reader = { mapping, lines: 0, program: mapping.program }
    readers.set(columns, reader)
  }
  if (++reader.lines === LINES_MIN) reader.program = compiledFor(columns.names, mapping)
  return reader.program
}

const programs = new WeakMap<Mapping, Map<string, Program>>()
/** Headers whose programs are kept; files of one log have the same one. */
const PROGRAMS_MAX = 128

function compiledFor(names: readonly string[], mapping: Mapping): Program {
  let own = programs.get(mapping)
  if (own === undefined) {
    own = new Map()
    programs.set(mapping, own)
  }
  const header = names.join('\t')
  let program = own.get(header)
  if (program === undefined) {
    if (own.size >= PROGRAMS_MAX) own.clear()
    program = mapping.programFor(['_path', ...names])
    own.set(header, program)
  }
  return program
}

/** A connection's identifier and ends are Zeek's alone; without them `_path` or a log's own columns tell. */
function recognise({ text, json }: ParserInput, context: ParseContext): boolean {
  if (json === undefined) return looksLikeTsv(text, context.columns)
  if (json.ts === undefined) return false
  // Zeek's own `source` says what analyser a file or an oddity is from.
  const isOther = json.source !== undefined && json.fuid === undefined
  if (typeof json._path === 'string') return !isOther || kindOf(json) === 'weird'
  if (json['id.orig_h'] !== undefined || json.id_orig_h !== undefined || isEnds(json.id)) {
    return isOther ? kindOf(json) === 'weird' : kindOf(json) !== undefined
  }
  if (isOther) return false
  // Other programs call their time so too.
  if (typeof json.ts !== 'number') return isIso(json.ts) && SURE.has(kindOf(json) ?? '')
  return (
    (json.uid !== undefined || UNCONNECTED.has(kindOf(json) ?? '')) && kindOf(json) !== undefined
  )
}

/** Logs of no one connection. */
const UNCONNECTED: ReadonlySet<string> = new Set([
  ...['files', 'x509', 'pe', 'notice', 'dhcp', 'capture_loss', 'stats', 'traceroute', 'weird'],
  ...['software', 'known_certs', 'known_services', 'signatures', 'ocsp'],
])

/** Of these, those whose columns nobody else has. */
const SURE: ReadonlySet<string> = new Set([
  ...['files', 'x509', 'pe', 'dhcp', 'capture_loss', 'software', 'known_certs', 'known_services'],
])

function isIso(ts: Fields[string]): boolean {
  return typeof ts === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(ts)
}

function isEnds(id: Fields[string] | undefined): boolean {
  return typeof id === 'object' && id !== null && 'orig_h' in id
}

export const zeek: Parser = {
  name: 'zeek',
  title: 'Zeek logs, JSON and TSV',
  aliases: ['bro', 'corelight'],
  keys: ['ts'],
  recognise,
  parse,
}
