// What the columns of a segment are built from: the value of each row by column, gathered as events come.
// Their dictionaries are made when the segment is sealed, by the thread that writes it: rows cross to it
// packed, since a message of thousands of strings costs more than all the rest.
import type { Event } from '../../../parsers/event.ts'
import type { FieldValue } from '../../../sigma/event.ts'
import { eachColumnValue } from './columns.ts'

/** The value of each row, undefined for none, by column. */
export type ColumnRows = Map<string, (FieldValue | undefined)[]>

/** Adds the values of the event at `row`, which is above those before. */
export function addRow(columns: ColumnRows, row: number, event: Event): void {
  eachColumnValue(event, (name, value) => {
    let rows = columns.get(name)
    if (rows === undefined) {
      rows = []
      columns.set(name, rows)
    }
    while (rows.length < row) rows.push(undefined)
    rows[row] = value
  })
}

/** A column's rows in few pieces. Rows behind the last have no value. */
export type PackedRows =
  /** All rows have this value. */
  | { readonly kind: 'same'; readonly value: FieldValue; readonly rows: number }
  /** One after another; length of each in UTF-16 units, `NO_TEXT` for none. */
  | { readonly kind: 'texts'; readonly text: string; readonly lengths: Int32Array }
  /** NaN for none. */
  | { readonly kind: 'numbers'; readonly numbers: Float64Array }
  /** JSON of a list: `[value]`, or 0 for none. */
  | { readonly kind: 'mixed'; readonly json: string }

/** A column of a segment that gets no more events. */
export interface PackedColumn {
  readonly name: string
  readonly packed: PackedRows
}

const NO_TEXT = -1

export function packColumns(columns: ColumnRows): PackedColumn[] {
  return [...columns].map(([name, rows]) => ({ name, packed: packRows(rows) }))
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
    case 'texts': {
      const { text, lengths } = packed
      let at = 0
      return Array.from(lengths, (length) => {
        if (length === NO_TEXT) return undefined
        at += length
        return text.slice(at - length, at)
      })
    }
    case 'mixed': {
      const rows = JSON.parse(packed.json) as (0 | [FieldValue])[]
      return rows.map((row) => (row === 0 ? undefined : row[0]))
    }
  }
}
