// Zeek's TSV: a line's columns by the header above it, or for the commonest logs by the columns that Zeek
// writes when nobody changed them.
import type { FieldValue } from '../../sigma/event.ts'
import type { Columns } from '../columns.ts'
import { internedAt, standsAt } from '../names.ts'
import { isIpv4, isIpv6 } from '../values.ts'
import { unescapeBytes } from './escapes.ts'

/** Longest line that is split, in columns. */
const COLUMNS_MAX = 512
const CONNECTION = ['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p']

/** A line's values by column, `_path` among them where the header or the columns tell it. */
export type ZeekRecord = { [name: string]: FieldValue }

/** A line's record and the columns by which it was read. */
export interface ZeekLine {
  readonly record: ZeekRecord
  readonly columns: Columns
}

/** What a line says; undefined where it does not fit its header, or has none and is of no known log. */
export function readTsv(text: string, columns: Columns | undefined): ZeekLine | undefined {
  if (columns?.format === 'zeek') {
    const record = recordOf(text, columns, true)
    if (record !== undefined) return { record, columns }
  }
  const separator = columns?.format === 'zeek' ? columns.separator : '\t'
  const guessed = guess(text.split(separator, COLUMNS_MAX))
  const record = guessed === undefined ? undefined : recordOf(text, guessed, false)
  return record && { record, columns: guessed! }
}

/** Whether a line looks like Zeek's: a time, an identifier, two addresses with ports. */
export function looksLikeTsv(text: string, columns: Columns | undefined): boolean {
  if (columns?.format === 'zeek' && columns.names.length > 0) {
    return text.split(columns.separator, COLUMNS_MAX).length === columns.names.length
  }
  return /^\d{9,10}\.\d{1,6}\t/.test(text) && guess(text.split('\t', COLUMNS_MAX)) !== undefined
}

/** The values of a line; `exact`: undefined where it has more or fewer cells than there are columns. */
function recordOf(text: string, columns: Columns, exact: boolean): ZeekRecord | undefined {
  const { separator, unset, empty } = columns
  const types = typesOf(columns)
  const escaped = text.includes('\\')
  const last = types.length - 1
  if (last < 0 || separator === '') return undefined
  const record: ZeekRecord = {}
  if (columns.path !== undefined) record._path = columns.path
  for (let index = 0, start = 0; index <= last; index++) {
    const found = separatorAt(text, start, separator)
    if (exact && (found < 0 ? index < last : index === last)) return undefined
    const end = found < 0 ? text.length : found
    if (!isCell(text, start, end, unset)) {
      const type = types[index]!
      record[type.name] =
        type.element === undefined && !escaped && !isCell(text, start, end, empty)
          ? plainValue(text, start, end, type.kind)
          : cellValue(text.slice(start, end), type, columns)
    }
    if (found < 0) break
    start = end + separator.length
  }
  return record
}

/** Where the next separator stands, or -1. Cells are short: looking at each character is faster than a search. */
function separatorAt(text: string, start: number, separator: string): number {
  if (separator.length !== 1) return text.indexOf(separator, start)
  const mark = separator.charCodeAt(0)
  for (let at = start; at < text.length; at++) if (text.charCodeAt(at) === mark) return at
  return -1
}

/** Whether a cell is a text that stands for something; most are unset, and need not be cut out. */
function isCell(text: string, start: number, end: number, wanted: string): boolean {
  return end - start === wanted.length && standsAt(text, start, wanted)
}

/** A cell without escapes that is neither unset nor empty. */
function plainValue(text: string, start: number, end: number, kind: Kind): FieldValue {
  if (kind === 'number') {
    const number = decimalAt(text, start, end)
    if (number !== undefined) return number
  } else if (kind === 'bool' && end - start === 1) {
    const code = text.charCodeAt(start)
    if (code === CAPITAL_T || code === CAPITAL_F) return code === CAPITAL_T
  }
  const cell = text.slice(start, end)
  return kind === 'text' ? cell : scalarOf(cell, kind)
}

const CAPITAL_T = 0x54
const CAPITAL_F = 0x46

/** A time in microseconds: sixteen digits and a point. */
const NUMBER_UNITS_MAX = 17
const ZERO = 0x30
const POWERS = Array.from({ length: NUMBER_UNITS_MAX }, (_, power) => 10 ** power)

/** A number in digits with at most one point; undefined for any other text. Digits and power of ten are exact, so
 * their quotient is the number that the text stands for. */
function decimalAt(text: string, start: number, end: number): number | undefined {
  if (end - start > NUMBER_UNITS_MAX || end === start) return undefined
  let digits = 0
  let point = -1
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code >= ZERO && code <= ZERO + 9) digits = digits * 10 + code - ZERO
    else if (code === 0x2e && point < 0 && index > start && index < end - 1) point = index
    else return undefined
  }
  if (digits > Number.MAX_SAFE_INTEGER) return undefined
  return point < 0 ? digits : digits / POWERS[end - point - 1]!
}

/** What a cell becomes. */
type Kind = 'number' | 'bool' | 'text'

/** A column's name and kind, and the kind of the elements of a set or vector. */
interface CellType {
  readonly name: string
  readonly kind: Kind
  readonly element: Kind | undefined
}

const typesByColumns = new WeakMap<Columns, readonly CellType[]>()

function typesOf(columns: Columns): readonly CellType[] {
  const known = typesByColumns.get(columns)
  if (known !== undefined) return known
  const types = columns.names.map((given, index): CellType => {
    const type = columns.types?.[index] ?? ''
    const element = /^(?:set|vector)\[(.*)\]$/.exec(type)?.[1]
    return {
      name: internedAt(given, 0, given.length),
      kind: kindOf(type),
      element: element === undefined ? undefined : kindOf(element),
    }
  })
  typesByColumns.set(columns, types)
  return types
}

const NUMBERS: ReadonlySet<string> = new Set(['count', 'int', 'port', 'time', 'interval', 'double'])

function kindOf(type: string): Kind {
  if (type === 'bool') return type
  return NUMBERS.has(type) ? 'number' : 'text'
}

function cellValue(cell: string, { kind, element }: CellType, columns: Columns): FieldValue {
  const { empty } = columns
  const isEmpty = cell.length === empty.length && cell === empty
  if (element === undefined) return isEmpty ? '' : scalarOf(cell, kind)
  if (isEmpty || cell === '') return []
  const elements = cell.split(columns.setSeparator, COLUMNS_MAX)
  return elements.map((part) => scalarOf(part, element))
}

function scalarOf(cell: string, kind: Kind): FieldValue {
  if (kind === 'text') return cell.includes('\\') ? unescapeBytes(cell) : cell
  if (kind === 'bool') return cell === 'T' ? true : cell === 'F' ? false : cell
  const number = Number(cell)
  const isExact =
    cell !== '' && Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER
  return isExact ? number : cell
}

const TYPES: Readonly<Record<string, string>> = {
  ts: 'time',
  'id.orig_p': 'port',
  'id.resp_p': 'port',
  trans_depth: 'count',
  status_code: 'count',
  answers: 'vector[string]',
  TTLs: 'vector[interval]',
  resp_mime_types: 'vector[string]',
  orig_mime_types: 'vector[string]',
  resp_fuids: 'vector[string]',
  orig_fuids: 'vector[string]',
  tags: 'set[string]',
  tunnel_parents: 'set[string]',
  ...columnsOf('bool', 'AA TC RD RA rejected local_orig local_resp resumed established'),
  ...columnsOf('interval', 'duration rtt'),
  ...columnsOf('count', 'trans_id qclass qtype rcode Z request_body_len response_body_len'),
  ...columnsOf('count', 'orig_bytes resp_bytes missed_bytes orig_pkts resp_pkts ip_proto'),
  ...columnsOf('count', 'orig_ip_bytes resp_ip_bytes info_code size'),
}

function columnsOf(type: string, names: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]))
}

const STATES = new Set([
  ...['S0', 'S1', 'SF', 'REJ', 'S2', 'S3', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH', 'SH', 'SHR', 'OTH'],
])

/** Columns of logs as Zeek ships them, and what tells a line of theirs. */
const SHIPPED: readonly {
  readonly path: string
  readonly names: string
  fits(cells: readonly string[]): boolean
}[] = [
  {
    path: 'conn',
    names:
      'proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents ip_proto',
    fits: (cells) =>
      STATES.has(cells[11] ?? '') && /^(?:tcp|udp|icmp|unknown)/.test(cells[6] ?? ''),
  },
  {
    path: 'dns',
    names:
      'proto trans_id rtt query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers TTLs rejected',
    fits: (cells) =>
      /^(?:tcp|udp)$/.test(cells[6] ?? '') && /^\d+$/.test(cells[7] ?? '') && cells.length >= 24,
  },
  // Bro before 2.5 had no round-trip time.
  {
    path: 'dns',
    names:
      'proto trans_id query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers TTLs rejected',
    fits: (cells) =>
      /^(?:tcp|udp)$/.test(cells[6] ?? '') &&
      /^(?:\d+|-)$/.test(cells[7] ?? '') &&
      /^(?:[TF]|-)$/.test(cells[15] ?? '') &&
      cells.length === 23,
  },
  {
    path: 'http',
    names:
      'trans_depth method host uri referrer version user_agent origin request_body_len response_body_len status_code status_msg info_code info_msg tags username password proxied orig_fuids orig_filenames orig_mime_types resp_fuids resp_filenames resp_mime_types',
    fits: (cells) =>
      /^\d+$/.test(cells[6] ?? '') &&
      /^(?:[A-Z]{3,}|-)$/.test(cells[7] ?? '') &&
      cells.length >= 29,
  },
  // Bro before 2.5 had neither version nor origin, and one file name.
  {
    path: 'http',
    names:
      'trans_depth method host uri referrer user_agent request_body_len response_body_len status_code status_msg info_code info_msg filename tags username password proxied orig_fuids orig_mime_types resp_fuids resp_mime_types',
    fits: (cells) =>
      /^\d+$/.test(cells[6] ?? '') &&
      /^(?:[A-Z]{3,}|-)$/.test(cells[7] ?? '') &&
      /^(?:\d{3}|-)$/.test(cells[14] ?? '') &&
      cells.length === 27,
  },
  {
    path: 'ssl',
    names:
      'version cipher curve server_name resumed last_alert next_protocol established ssl_history cert_chain_fps client_cert_chain_fps sni_matches_cert',
    fits: (cells) =>
      /^(?:SSL|TLS|DTLS)v?\d/.test(cells[6] ?? '') && /^(?:[TF])$/.test(cells[13] ?? ''),
  },
  {
    path: 'smb_files',
    names:
      'fuid action path name size prev_name times.modified times.accessed times.created times.changed',
    fits: (cells) => (cells[7] ?? '').startsWith('SMB::'),
  },
  {
    path: 'dce_rpc',
    names: 'rtt named_pipe endpoint operation',
    fits: (cells) => cells.length === 10 && /^(?:[\d.]+|-)$/.test(cells[6] ?? ''),
  },
]

const shippedColumns = new Map<string, Columns>(
  SHIPPED.map(({ path, names }) => {
    const all = [...CONNECTION, ...names.split(' ')]
    return [
      names,
      {
        format: 'zeek',
        names: all,
        types: all.map((name) => TYPES[name] ?? 'string'),
        separator: '\t',
        setSeparator: ',',
        unset: '-',
        empty: '(empty)',
        path,
      },
    ]
  }),
)

function guess(cells: readonly string[]): Columns | undefined {
  if (cells.length < CONNECTION.length || !/^\d{9,10}\.\d{1,6}$/.test(cells[0]!)) return undefined
  if (!/^(?:[A-Za-z0-9]{8,24}|-)$/.test(cells[1]!)) return undefined
  if (!isAddress(cells[2]!) || !isAddress(cells[4]!)) return undefined
  if (!/^\d{1,5}$/.test(cells[3]!) || !/^\d{1,5}$/.test(cells[5]!)) return undefined
  const shipped = SHIPPED.find(({ fits }) => fits(cells))
  return shipped === undefined ? undefined : shippedColumns.get(shipped.names)
}

function isAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text)
}
