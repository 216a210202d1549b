// Values under their node as the bytes they have, each with the docs that hold it.
import { createSlab, post, resetSlab, type Slab, startPosting } from './slab.ts'
import {
  createSlots,
  enter,
  hashBytes,
  largerBytes,
  largerRows,
  mix,
  type Slots,
} from './tables.ts'

/** Columns of a value's row; the first four are its posting. */
export const VALUE = 7
export const V_NODE = 4
const V_OFFSET = 5
const V_LENGTH = 6

export interface ValueTable {
  rows: Int32Array<ArrayBuffer>
  readonly slots: Slots
  /** The next value's number; they begin at 1. */
  count: number
  text: Uint8Array<ArrayBuffer>
  textUsed: number
  readonly slab: Slab
}

export function createValueTable(): ValueTable {
  return {
    rows: new Int32Array(VALUE << 12),
    slots: createSlots(1 << 13),
    count: 1,
    text: new Uint8Array(1 << 18),
    textUsed: 0,
    slab: createSlab(),
  }
}

export function resetValues(table: ValueTable): void {
  table.slots.pairs.fill(0)
  table.count = 1
  table.textUsed = 0
  resetSlab(table.slab)
}

/** Number of the value `bytes[start, end)` under `node`; 0 when it is new, `lastHash` is then its hash. */
export function findValue(
  table: ValueTable,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const { rows, text } = table
  const { pairs, mask } = table.slots
  const hash = mix(hashBytes(bytes, start, end), node)
  lastHash = hash
  let slot = (hash & mask) << 1
  for (let id = pairs[slot + 1]!; id !== 0; id = pairs[slot + 1]!) {
    const row = id * VALUE
    if (
      pairs[slot] === hash &&
      rows[row + V_NODE] === node &&
      rows[row + V_LENGTH] === end - start
    ) {
      const shift = rows[row + V_OFFSET]! - start
      let i = start
      while (i < end && text[shift + i] === bytes[i]) i++
      if (i === end) return id
    }
    slot = (slot + 2) & ((mask << 1) | 1)
  }
  return 0
}

/** Hash of the value that `findValue` looked for last. */
let lastHash = 0

/** Adds the value that `findValue` did not find just now; returns its number. */
export function addValue(
  table: ValueTable,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const id = table.count++
  const row = id * VALUE
  if (row + VALUE > table.rows.length) table.rows = largerRows(table.rows)
  while (table.textUsed + end - start > table.text.length) table.text = largerBytes(table.text)
  const { rows, text } = table
  startPosting(rows, row)
  rows[row + V_NODE] = node
  rows[row + V_OFFSET] = table.textUsed
  rows[row + V_LENGTH] = end - start
  let used = table.textUsed
  for (let i = start; i < end; i++) text[used++] = bytes[i]!
  table.textUsed = used
  enter(table.slots, lastHash, id)
  return id
}

/** Adds a doc to the value's posting. */
export function postValue(table: ValueTable, id: number, doc: number): void {
  post(table.slab, table.rows, id * VALUE, doc)
}

/** The value's bytes. */
export function valueBytes(table: ValueTable, id: number): Uint8Array<ArrayBuffer> {
  const offset = table.rows[id * VALUE + V_OFFSET]!
  return table.text.subarray(offset, offset + table.rows[id * VALUE + V_LENGTH]!)
}
