// Gathers the columns of one group: the docs of each value, and for a column of too many values only the
// hash of each event's value.
import { createDocList, type DocList } from './doc-list.ts'
import { listDocs } from './slab.ts'
import { largerRows } from './tables.ts'
import { hashOfJson } from './value-hash.ts'
import {
  addValue,
  createValueTable,
  findValue,
  postValue,
  resetValues,
  V_NODE,
  VALUE,
  type ValueTable,
  valueBytes,
} from './value-table.ts'

/** A column of a group with more different values keeps only hashes. */
export const KEPT_VALUES_MAX = 16_384

/** Hashes of a column's values, an entry an event's value, in doc order. */
export interface Hashes {
  /** Pairs (hash, doc). */
  pairs: Int32Array<ArrayBuffer>
  length: number
}

export interface ColumnBuilder {
  readonly values: ValueTable
  /** Values known by node. */
  known: Int32Array<ArrayBuffer>
  /** Columns of too many values, by node. */
  readonly hashed: Map<number, Hashes>
  doc: number
}

export function createColumnBuilder(): ColumnBuilder {
  return {
    values: createValueTable(),
    known: new Int32Array(256),
    hashed: new Map(),
    doc: 0,
  }
}

export function resetColumns(columns: ColumnBuilder): void {
  resetValues(columns.values)
  columns.known.fill(0)
  columns.hashed.clear()
}

/** Adds a value, as JSON, to the column of `node` under the current doc. */
export function addToColumn(
  columns: ColumnBuilder,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (columns.hashed.size > 0) {
    const hashes = columns.hashed.get(node)
    if (hashes !== undefined) {
      addHash(hashes, hashOfJson(bytes, start, end), columns.doc)
      return
    }
  }
  const { values } = columns
  let value = findValue(values, node, bytes, start, end)
  if (value === 0) {
    value = addValue(values, node, bytes, start, end)
    while (node >= columns.known.length) columns.known = largerRows(columns.known)
    columns.known[node]!++
  }
  postValue(values, value, columns.doc)
  if (columns.known[node]! > KEPT_VALUES_MAX) columns.hashed.set(node, hashesOf(values, node))
}

function addHash(hashes: Hashes, hash: number, doc: number): void {
  if (hashes.length + 2 > hashes.pairs.length) hashes.pairs = largerRows(hashes.pairs)
  hashes.pairs[hashes.length++] = hash
  hashes.pairs[hashes.length++] = doc
}

/** Hashes of what was kept of a column so far. */
function hashesOf(values: ValueTable, node: number): Hashes {
  const found: { readonly hash: number; readonly doc: number }[] = []
  const docs: DocList = createDocList()
  for (let id = 1; id < values.count; id++) {
    if (values.rows[id * VALUE + V_NODE] !== node) continue
    docs.length = 0
    listDocs(values.slab, values.rows, id * VALUE, docs)
    const text = valueBytes(values, id)
    const hash = hashOfJson(text, 0, text.length)
    for (let i = 0; i < docs.length; i++) found.push({ hash, doc: docs.docs[i]! })
  }
  found.sort((a, b) => a.doc - b.doc)
  const hashes: Hashes = { pairs: new Int32Array(1 << 17), length: 0 }
  for (const { hash, doc } of found) addHash(hashes, hash, doc)
  return hashes
}
