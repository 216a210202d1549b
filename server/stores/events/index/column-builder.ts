// Gathers the columns of one group: the docs of each value, and for a column of too many values only the
// hash of each event's value.
import { fold } from '../../../../sigma/text/fold.ts'
import { createDocList, type DocList } from './doc-list.ts'
import { bucketHash } from './layout.ts'
import { listDocs } from './slab.ts'
import { largerRows } from './tables.ts'
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

const QUOTE = 0x22
const BACKSLASH = 0x5c
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
/** Integers of at most so many digits are their own text. */
const PLAIN_DIGITS_MAX = 15

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte,
)
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const scratch = { bytes: new Uint8Array(1 << 10) }

/** Hash that equal texts share, whatever their case. */
export function valueHash(text: string): number {
  const bytes = encoder.encode(fold(text))
  return bucketHash(bytes, 0, bytes.length)
}

/** `valueHash` of the text of a JSON value. */
export function hashOfJson(bytes: Uint8Array, start: number, end: number): number {
  const isText = bytes[start] === QUOTE
  const from = isText ? start + 1 : start
  const to = isText ? end - 1 : end
  const length = to - from
  if (length <= scratch.bytes.length && (isText || length <= PLAIN_DIGITS_MAX)) {
    const folded = scratch.bytes
    let i = from
    for (; i < to; i++) {
      const byte = bytes[i]!
      if (isText ? byte >= 0x80 || byte === BACKSLASH : byte < DIGIT_0 || byte > DIGIT_9) break
      folded[i - from] = LOWER[byte]!
    }
    if (i === to) return bucketHash(folded, 0, length)
  }
  return valueHash(String(JSON.parse(decoder.decode(bytes.subarray(start, end)))))
}
