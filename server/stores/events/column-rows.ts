// What the columns of a segment are built from: the value of each row by column, gathered as events come.
// Their dictionaries are made when the segment is sealed, by the thread that writes it: rows cross to it
// packed, since a message of thousands of strings costs more than all the rest.
import type { Event } from '../../../parsers/event.ts'
import { spanText } from '../../../parsers/line-text.ts'
import { asciiText } from '../../../sigma/eval/unescape.ts'
import type { FieldValue } from '../../../sigma/event.ts'
import {
  addText,
  createTextRows,
  cutText,
  isTextRows,
  NO_TEXT,
  sameText,
  type TextRows,
  textRows,
} from './column-texts.ts'
import { eachColumnValue, eachLineColumn } from './columns.ts'

/** By column the value of each row, undefined for none, or texts of lines. */
export type ColumnRows = Map<string, (FieldValue | undefined)[] | TextRows>

/** Adds the values of the event at `row`, which is above those before. */
export function addRow(columns: ColumnRows, row: number, event: Event): void {
  const put = (name: string, value: FieldValue): void => {
    let rows = columns.get(name)
    if (rows === undefined || isTextRows(rows)) {
      rows = rows === undefined ? [] : textRows(rows)
      columns.set(name, rows)
    }
    while (rows.length < row) rows.push(undefined)
    rows[row] = value
  }
  const { line } = event
  if (line === undefined) {
    eachColumnValue(event, put)
    return
  }
  const { bytes } = line
  eachLineColumn(event, line, put, (name, start, end) => {
    let rows = columns.get(name)
    if (rows === undefined) {
      rows = createTextRows()
      columns.set(name, rows)
    }
    if (isTextRows(rows)) addText(rows, row, bytes, start, end)
    else put(name, spanText(bytes, viewOf(bytes), start, end))
  })
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** A column's rows in few pieces. Rows behind the last have no value. */
export type PackedRows =
  /** All rows have this value. */
  | { readonly kind: 'same'; readonly value: FieldValue; readonly rows: number }
  /** One after another; length of each in UTF-16 units, `NO_TEXT` for none. */
  | { readonly kind: 'texts'; readonly text: string; readonly lengths: Int32Array }
  /** As `texts`, of ASCII. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly lengths: Int32Array }
  /** NaN for none. */
  | { readonly kind: 'numbers'; readonly numbers: Float64Array }
  /** JSON of a list: `[value]`, or 0 for none. */
  | { readonly kind: 'mixed'; readonly json: string }

/** A column of a segment that gets no more events. */
export interface PackedColumn {
  readonly name: string
  readonly packed: PackedRows
}

export function packColumns(columns: ColumnRows): PackedColumn[] {
  return [...columns].map(([name, rows]) => ({
    name,
    packed: isTextRows(rows) ? packBytes(rows) : packRows(rows),
  }))
}

function packBytes(rows: TextRows): PackedRows {
  const value = sameText(rows)
  if (value !== undefined) return { kind: 'same', value, rows: rows.count }
  const { bytes, used, lengths, count } = rows
  return { kind: 'bytes', bytes: bytes.slice(0, used), lengths: lengths.slice(0, count) }
}

function packRows(rows: readonly (FieldValue | undefined)[]): PackedRows {
  const [first] = rows
  if (first !== undefined && rows.every((value) => value === first)) {
    return { kind: 'same', value: first, rows: rows.length }
  }
  const sample = rows.find((value) => value !== undefined)
  const packed = typeof sample === 'number' ? packNumbers(rows) : packTexts(rows)
  if (packed !== undefined) return packed
  const json = JSON.stringify(rows.map((value) => (value === undefined ? 0 : [value])))
  return { kind: 'mixed', json }
}

function packNumbers(rows: readonly (FieldValue | undefined)[]): PackedRows | undefined {
  const numbers = new Float64Array(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row]
    if (typeof value === 'number' && !Number.isNaN(value)) numbers[row] = value
    else if (value === undefined) numbers[row] = Number.NaN
    else return undefined
  }
  return { kind: 'numbers', numbers }
}

function packTexts(rows: readonly (FieldValue | undefined)[]): PackedRows | undefined {
  const lengths = new Int32Array(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row]
    if (typeof value === 'string') lengths[row] = value.length
    else if (value === undefined) lengths[row] = NO_TEXT
    else return undefined
  }
  return { kind: 'texts', text: rows.join(''), lengths }
}

/** What was packed. */
export function unpackRows(packed: PackedRows): (FieldValue | undefined)[] {
  switch (packed.kind) {
    case 'same':
      return new Array<FieldValue>(packed.rows).fill(packed.value)
    case 'numbers':
      return Array.from(packed.numbers, (value) => (Number.isNaN(value) ? undefined : value))
    case 'texts':
      return cutText(packed.text, packed.lengths)
    case 'bytes':
      return cutText(asciiText(packed.bytes, 0, packed.bytes.length), packed.lengths)
    case 'mixed': {
      const rows = JSON.parse(packed.json) as (0 | [FieldValue])[]
      return rows.map((row) => (row === 0 ? undefined : row[0]))
    }
  }
}
