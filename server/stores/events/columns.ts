// Columns of a segment: a dictionary of the values in order of first appearance and a code an event, one
// zstd blob a (segment, column). In a column of values that hardly repeat a value may be in it twice. Code 0: the event has no value; code k: `values[k - 1]`. The values keep
// their JSON type, so that 80 and "80" are two. A column of long values that seldom repeat (hashes) would
// double what the lines take: it is left out, its blob is empty, and readers look at the lines. Times are zigzag deltas in byte planes.
import { type Event, type EventLine, NO_SPAN } from '../../../parsers/event.ts'
import { type Fields, type FieldValue, PIVOTS, type Pivots } from '../../../sigma/event.ts'
import { pack, unpack } from './block.ts'
import { decodeValues, encodeValues, JSON_FORM } from './column-values.ts'

/** Fields kept as a column beside the pivots, for substring scans: exactly `fields[name]`, any JSON. */
export const TEXT_FIELDS = ['CommandLine'] as const
/** Name of a field's column. */
const FIELD_PREFIX = 'field:'
export const fieldColumn = (name: string): string => FIELD_PREFIX + name

const FIELD_COLUMN_OF = { CommandLine: fieldColumn('CommandLine') } as const satisfies Record<
  (typeof TEXT_FIELDS)[number],
  string
>

/** Every column a segment may have. `category` and `service` hold arrays of text. */
export const COLUMNS: readonly string[] = [
  ...PIVOTS,
  'source',
  'product',
  'category',
  'service',
  ...TEXT_FIELDS.map(fieldColumn),
]

const HEADER_BYTES = 8
const CODES_U8_MAX = 255
/** Rows a new column has room for. */
const CODES_INITIAL = 32
/** After so many values it is decided whether a column is left out: by the share of values that are new and
 * by their length, UTF-16 units. */
const TRIAL_VALUES = 512
const LEFT_OUT_SHARE_MIN = 0.9
/** Of a column with at least this share of new values each value is taken as new from then on: looking it up
 * costs more than what a second mention takes. */
const ALL_NEW_SHARE_MIN = 0.97
const LEFT_OUT_UNITS_MIN = 24

/** A decoded column. */
export interface Column {
  /** A value may stand here more than once. */
  readonly values: readonly FieldValue[]
  /** One an event of the segment, in number order. */
  readonly codes: Uint8Array | Uint16Array
}

/** A column under construction. */
interface OpenColumn {
  readonly values: FieldValue[]
  readonly codeOf: Map<FieldValue, number>
  /** Codes of arrays and objects, which are equal by content, by their JSON. */
  readonly codeOfJson: Map<string, number>
  /** Grows with the rows; those past its end have no value. */
  codes: Uint16Array<ArrayBuffer>
  /** Value and code of the row before: many columns seldom change. */
  last: FieldValue | undefined
  lastCode: number
  /** Values to come until the decision. */
  trial: number
  readonly mayBeLeftOut: boolean
  isLeftOut: boolean
  /** Values are not looked up: `values` may have one more than once. */
  isAllNew: boolean
}

/** Columns under construction. */
export type ColumnBuilder = Map<string, OpenColumn>

export function createColumns(): ColumnBuilder {
  return new Map()
}

/** Adds the values of the event at `row`. Rows may be left out, they have no value. */
export function addToColumns(builder: ColumnBuilder, row: number, event: Event): void {
  eachColumnValue(event, (name, value) => setAny(openColumnOf(builder, name), row, value))
}

/** Hears of a column and the event's value in it. */
type PutValue = (name: string, value: FieldValue) => void

/** Calls `put` with each column that the event has a value in. */
export function eachColumnValue(event: Event, put: PutValue): void {
  eachPivot(event.pivots, put)
  eachLabel(event, put)
  for (const name of TEXT_FIELDS) {
    const value = fieldOf(event.fields, name)
    if (value !== undefined) put(FIELD_COLUMN_OF[name], value)
  }
}

/** As `eachColumnValue`, of an event that was not decoded: texts of its line go to `putText` where they stand. */
export function eachLineColumn(
  event: Event,
  { texts, spans, at, others, kept }: EventLine,
  put: PutValue,
  putText: (name: string, start: number, end: number) => void,
): void {
  for (let i = 0; i < texts.length; i++) {
    const start = spans[at + 2 * i]!
    if (start !== NO_SPAN) putText(texts[i]!, start, spans[at + 2 * i + 1]!)
  }
  eachPivot(others, put)
  eachLabel(event, put)
  for (let i = 0; i < TEXT_FIELDS.length; i++) {
    const name = FIELD_COLUMN_OF[TEXT_FIELDS[i]!]
    const own = at + 2 * (texts.length + i)
    const value = kept[i]
    if (spans[own] !== NO_SPAN) putText(name, spans[own]!, spans[own + 1]!)
    else if (value !== undefined) put(name, value)
  }
}

function eachPivot(pivots: Pivots, put: PutValue): void {
  for (const name in pivots) {
    const value = pivots[name as keyof Pivots]
    if (value !== undefined) put(name, value)
  }
}

function eachLabel({ source, logsource }: Event, put: PutValue): void {
  put('source', source)
  const { product, category, service } = logsource
  if (product !== undefined) put('product', product)
  if (category.length > 0) put('category', category)
  if (service.length > 0) put('service', service)
}

function fieldOf(fields: Fields, name: string): FieldValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function openColumnOf(builder: ColumnBuilder, name: string): OpenColumn {
  let column = builder.get(name)
  if (column === undefined) {
    column = newColumn(TRIAL_VALUES, !name.startsWith(FIELD_PREFIX))
    builder.set(name, column)
  }
  return column
}

function newColumn(trial: number, mayBeLeftOut: boolean): OpenColumn {
  return {
    values: [],
    codeOf: new Map(),
    codeOfJson: new Map(),
    codes: new Uint16Array(CODES_INITIAL),
    last: undefined,
    lastCode: 0,
    trial,
    mayBeLeftOut,
    isLeftOut: false,
    isAllNew: false,
  }
}

function setAny(column: OpenColumn, row: number, value: FieldValue): void {
  if (typeof value === 'object' && value !== null) setList(column, row, value)
  else setValue(column, row, value)
}

function setValue(column: OpenColumn, row: number, value: FieldValue): void {
  if (column.isLeftOut) return
  if (--column.trial === 0) endTrial(column)
  if (value !== column.last) {
    let code = column.isAllNew ? undefined : column.codeOf.get(value)
    if (code === undefined) {
      code = column.values.push(value)
      if (!column.isAllNew) column.codeOf.set(value, code)
    }
    column.last = value
    column.lastCode = code
  }
  setCode(column, row, column.lastCode)
}

function endTrial(column: OpenColumn): void {
  column.isAllNew = column.values.length >= TRIAL_VALUES * ALL_NEW_SHARE_MIN
  column.isLeftOut = column.mayBeLeftOut && isWide(column)
}

function isWide({ values }: OpenColumn): boolean {
  if (values.length < TRIAL_VALUES * LEFT_OUT_SHARE_MIN) return false
  const units = values.reduce<number>((sum, v) => sum + (typeof v === 'string' ? v.length : 0), 0)
  return units >= values.length * LEFT_OUT_UNITS_MIN
}

/** Lists are often the very same array: log sources come from tables. */
function setList(column: OpenColumn, row: number, value: FieldValue): void {
  if (value !== column.last) {
    const key = JSON.stringify(value)
    let code = column.codeOfJson.get(key)
    if (code === undefined) {
      code = column.values.push(value)
      column.codeOfJson.set(key, code)
    }
    column.last = value
    column.lastCode = code
  }
  setCode(column, row, column.lastCode)
}

function setCode(column: OpenColumn, row: number, code: number): void {
  if (row >= column.codes.length) {
    const grown = new Uint16Array(Math.max(row + 1, column.codes.length * 4))
    grown.set(column.codes)
    column.codes = grown
  }
  column.codes[row] = code
}

/** The blob of a column by the values of a segment's rows, empty where it is left out. */
export function encodeRows(
  name: string,
  rows: readonly (FieldValue | undefined)[],
  count: number,
): Uint8Array<ArrayBuffer> {
  const column = newColumn(TRIAL_VALUES, !name.startsWith(FIELD_PREFIX))
  for (let row = 0; row < rows.length && !column.isLeftOut; row++) {
    const value = rows[row]
    if (value !== undefined) setAny(column, row, value)
  }
  if (column.isLeftOut) return new Uint8Array(0)
  return encodeColumn({ values: column.values, codes: rowsOf(column.codes, count) })
}

/** A column made from the events themselves, rows in their order; for columns that were left out. */
export function columnOf(events: Iterable<Event>, name: string): Column {
  const column = newColumn(Number.POSITIVE_INFINITY, false)
  let rows = 0
  for (const event of events) {
    const value = columnValue(event, name)
    if (value !== undefined) setAny(column, rows, value)
    rows++
  }
  return { values: column.values, codes: rowsOf(column.codes, rows) }
}

function columnValue({ pivots, logsource, source, fields }: Event, name: string) {
  if (name === 'source') return source
  if (name === 'product') return logsource.product
  if (name === 'category' || name === 'service') {
    return logsource[name].length > 0 ? logsource[name] : undefined
  }
  if (!name.startsWith(FIELD_PREFIX)) return pivots[name as keyof typeof pivots]
  const field = name.slice(FIELD_PREFIX.length)
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}

/** A column as built so far, for the first `count` rows; undefined where no row has a value. */
export function builtColumn(
  builder: ColumnBuilder,
  name: string,
  count: number,
): Column | undefined {
  const column = builder.get(name)
  return column === undefined
    ? undefined
    : { values: column.values, codes: rowsOf(column.codes, count) }
}

function rowsOf(codes: Uint16Array<ArrayBuffer>, count: number): Uint16Array {
  if (codes.length >= count) return codes.subarray(0, count)
  const rows = new Uint16Array(count)
  rows.set(codes)
  return rows
}

/** Marks the layout of the second number of a column's header: `FRESH | width | form << FORM_SHIFT`. */
const FRESH = 0x100
const FORM_SHIFT = 16
/** Codes as stored: the first appearance of the next value, no value, or the code raised by this. */
const NEXT_VALUE = 0
const NO_VALUE = 1
const RAISED = 1

/** The blob of a column: rows, layout, a plane of bytes or two for the codes, values (column-values.ts). */
export function encodeColumn(column: Column): Uint8Array<ArrayBuffer> {
  const { codes, values } = column
  const rows = codes.length
  const width = values.length + RAISED <= CODES_U8_MAX ? 1 : 2
  const { form, bytes: dictionary } = encodeValues(values)
  const head = HEADER_BYTES + rows * width
  const bytes = new Uint8Array(head + dictionary.length)
  new Uint32Array(bytes.buffer, 0, 2).set([rows, FRESH | width | (form << FORM_SHIFT)])
  let seen = 0
  for (let row = 0; row < rows; row++) {
    const code = codes[row]!
    const isNext = code === seen + 1
    if (isNext) seen++
    const stored = isNext ? NEXT_VALUE : code === 0 ? NO_VALUE : code + RAISED
    bytes[HEADER_BYTES + row] = stored
    if (width === 2) bytes[HEADER_BYTES + rows + row] = stored >>> 8
  }
  bytes.set(dictionary, head)
  return pack(bytes)
}

/** Decodes a column's blob that is not empty. */
export function openColumn(data: Uint8Array): Column {
  const bytes = aligned(unpack(data))
  const [rows, layout] = new Uint32Array(bytes.buffer, bytes.byteOffset, 2) as unknown as [
    number,
    number,
  ]
  if ((layout & FRESH) === 0) return openFormat1(bytes, rows, layout)
  const width = layout & 0xff
  const head = HEADER_BYTES + rows * width
  const values = decodeValues(layout >>> FORM_SHIFT, bytes.subarray(head))
  const codes = width === 1 ? new Uint8Array(rows) : new Uint16Array(rows)
  let seen = 0
  for (let row = 0; row < rows; row++) {
    const high = width === 2 ? bytes[HEADER_BYTES + rows + row]! << 8 : 0
    const stored = bytes[HEADER_BYTES + row]! | high
    codes[row] = stored === NEXT_VALUE ? ++seen : stored === NO_VALUE ? 0 : stored - RAISED
  }
  return { values, codes }
}

/** As intakes of format 1 wrote columns: codes as they are, values as JSON. */
function openFormat1(bytes: Uint8Array<ArrayBuffer>, rows: number, width: number): Column {
  const at = bytes.byteOffset + HEADER_BYTES
  const codes =
    width === 1 ? new Uint8Array(bytes.buffer, at, rows) : new Uint16Array(bytes.buffer, at, rows)
  const dictionary = bytes.subarray(HEADER_BYTES + rows * width)
  return { values: decodeValues(JSON_FORM, dictionary), codes }
}

/** The blob of event times, milliseconds of one day, in number order. */
export function encodeTimes(times: ArrayLike<number>, oldest: number): Uint8Array<ArrayBuffer> {
  const count = times.length
  const bytes = new Uint8Array(4 * count)
  let before = oldest
  for (let i = 0; i < count; i++) {
    const delta = times[i]! - before
    const zigzag = delta < 0 ? -2 * delta - 1 : 2 * delta
    bytes[i] = zigzag
    bytes[count + i] = zigzag >>> 8
    bytes[2 * count + i] = zigzag >>> 16
    bytes[3 * count + i] = zigzag >>> 24
    before = times[i]!
  }
  return pack(bytes)
}

/** Event times in number order; `oldest` as in the segment's row. */
export function decodeTimes(data: Uint8Array, oldest: number): Float64Array {
  const bytes = unpack(data)
  const count = bytes.length / 4
  const times = new Float64Array(count)
  let time = oldest
  for (let i = 0; i < count; i++) {
    const zigzag =
      bytes[i]! |
      (bytes[count + i]! << 8) |
      (bytes[2 * count + i]! << 16) |
      (bytes[3 * count + i]! << 24)
    time += (zigzag & 1) === 0 ? zigzag >>> 1 : -1 - (zigzag >>> 1)
    times[i] = time
  }
  return times
}

function aligned(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
}
