// Values under their node as the bytes they have, each with the docs that hold it.
import { createSlab, post, resetSlab, type Slab, startPosting } from './slab.ts'
import { enter, hashBytes, largerBytes, largerRows, largerSlots, mix } from './tables.ts'

/** Columns of a value's row; the first four are its posting. */
export const VALUE = 8
const V_HASH = 4
export const V_NODE = 5
const V_OFFSET = 6
const V_LENGTH = 7

export interface ValueTable {
  rows: Int32Array<ArrayBuffer>
  slots: Int32Array<ArrayBuffer>
  /** The next value's number; they begin at 1. */
  count: number
  text: Uint8Array<ArrayBuffer>
  textUsed: number
  readonly slab: Slab
}

export function createValueTable(): ValueTable {
  return {
    rows: new Int32Array(VALUE << 12),
    slots: new Int32Array(1 << 14),
    count: 1,
    text: new Uint8Array(1 << 18),
    textUsed: 0,
    slab: createSlab(),
  }
}

export function resetValues(table: ValueTable): void {
  table.slots.fill(0)
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
  const { rows, slots, text } = table
  const hash = mix(hashBytes(bytes, start, end), node)
  lastHash = hash
  const mask = slots.length - 1
  let slot = hash & mask
  for (let id = slots[slot]!; id !== 0; id = slots[slot]!) {
    const row = id * VALUE
    if (
      rows[row + V_HASH] === hash &&
      rows[row + V_NODE] === node &&
      rows[row + V_LENGTH] === end - start
    ) {
      const shift = rows[row + V_OFFSET]! - start
      let i = start
      while (i < end && text[shift + i] === bytes[i]) i++
      if (i === end) return id
    }
    slot = (slot + 1) & mask
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
  rows[row + V_HASH] = lastHash
  rows[row + V_NODE] = node
  rows[row + V_OFFSET] = table.textUsed
  rows[row + V_LENGTH] = end - start
  let used = table.textUsed
  for (let i = start; i < end; i++) text[used++] = bytes[i]!
  table.textUsed = used
  if (id * 2 >= table.slots.length) {
    table.slots = largerSlots(table.slots, rows, VALUE, V_HASH, id)
  }
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
