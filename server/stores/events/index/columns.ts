// The columns of a group: for each value the docs that have it. A column with few values keeps them with
// their counts, so that facets and any test of a value need nothing else; of a column with many only a
// hash of each folded text is kept, enough to find the docs that may equal one.
//   part 0       `kept`: values and counts, zstd JSON
//   part 1 + n   `kept`: postings of 256 values; `hashed`: the docs whose value's hash has the top bits n
//                (hashed.ts)
import type { Database } from 'bun:sqlite'
import type { FieldValue } from '../../../../sigma/event.ts'
import type { ColumnBuilder, Hashes } from './column-builder.ts'
import { createDocList } from './doc-list.ts'
import { writeHashed } from './hashed.ts'
import { columnRow, type GroupColumn } from './layout.ts'
import { append, createOutput, type Output, reserve } from './output.ts'
import type { PathTree } from './paths.ts'
import { type Cursor, countDocs, eachDoc, readVarint, writeVarint } from './postings.ts'
import { readBody } from './read.ts'
import { listDocs } from './slab.ts'
import { hashOfJson } from './value-hash.ts'
import { V_NODE, VALUE, valueBytes } from './value-table.ts'

const VALUES_A_PART = 256

/** One value's docs. */
export interface ColumnEntry {
  /** JSON of the value. */
  readonly text: string
  readonly posting: Uint8Array
}

/** Hashes of a column's values, and how many values they are of. */
export interface HashedColumn {
  readonly hashes: Hashes
  readonly values: number
}

/** A column as it was gathered: its values with their docs, or hashes. */
export type GatheredColumn = { readonly entries: ColumnEntry[] } | HashedColumn

/** What the builder gathered, by column. */
export function gatherColumns(
  columns: ColumnBuilder,
  paths: PathTree,
): Map<string, GatheredColumn> {
  const { values, hashed, known } = columns
  const found = new Map<string, GatheredColumn>()
  for (const [node, hashes] of hashed) {
    found.set(paths.nodes[node]!.path, { hashes, values: known[node]! })
  }
  const docs = createDocList()
  for (let id = 1; id < values.count; id++) {
    const node = values.rows[id * VALUE + V_NODE]!
    if (hashed.has(node)) continue
    docs.length = 0
    listDocs(values.slab, values.rows, id * VALUE, docs)
    const entry = {
      text: decoder.decode(valueBytes(values, id)),
      posting: gapsOf(docs.docs.subarray(0, docs.length)),
    }
    const column = found.getOrInsertComputed(paths.nodes[node]!.path, () => ({ entries: [] }))
    if ('entries' in column) column.entries.push(entry)
  }
  return found
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The varint gaps of docs. */
export function gapsOf(docs: Uint32Array): Uint8Array {
  const output: Output = { bytes: new Uint8Array(docs.length * 5), length: 0 }
  let last = 0
  for (let i = 0; i < docs.length; i++) {
    output.length = writeVarint(output.bytes, output.length, docs[i]! - last)
    last = docs[i]!
  }
  return output.bytes.slice(0, output.length)
}

/** Entries as the hashes of their values. */
export function hashedOf(entries: readonly ColumnEntry[]): HashedColumn {
  const found = entries.flatMap(({ text, posting }) => {
    const json = encoder.encode(text)
    const hash = hashOfJson(json, 0, json.length)
    const docs: { readonly doc: number; readonly hash: number }[] = []
    eachDoc(posting, 0, posting.length, (doc) => docs.push({ doc, hash }))
    return docs
  })
  found.sort((a, b) => a.doc - b.doc)
  const pairs = Int32Array.from(found.flatMap(({ hash, doc }) => [hash, doc]))
  return { hashes: { pairs, length: pairs.length }, values: entries.length }
}

/** Puts one row of `columns`. */
export type PutColumnPart = (column: number, part: number, body: Uint8Array) => void

/** Writes the columns; returns what the group's info says of them. */
export function writeColumns(
  columns: ReadonlyMap<string, GatheredColumn>,
  fields: {
    readonly same: ReadonlyMap<string, readonly number[]>
    readonly via: ReadonlyMap<string, readonly number[]>
  },
  put: PutColumnPart,
): GroupColumn[] {
  return [...columns].map(([name, gathered], column) => {
    const same = fields.same.get(name) ?? []
    const via = fields.via.get(name) ?? []
    if ('entries' in gathered) {
      writeKept(column, gathered.entries, put)
      return {
        name,
        values: gathered.entries.length,
        kind: 'kept',
        bits: 0,
        width: 0,
        same,
        via: [],
      }
    }
    const { bits, width } = writeHashed({ column, name }, gathered.hashes, put)
    return { name, values: gathered.values, kind: 'hashed', bits, width, same, via }
  })
}

/** Writes a column with its values. */
export function writeKept(column: number, entries: readonly ColumnEntry[], put: PutColumnPart) {
  const counts = entries.map(({ posting }) => countDocs(posting, 0, posting.length))
  const texts = entries.map(({ text }) => text).join(',')
  put(column, 0, encoder.encode(`{"values":[${texts}],"counts":${JSON.stringify(counts)}}`))
  const output = createOutput()
  for (const [at, { posting }] of entries.entries()) {
    putPosting(output, posting)
    if ((at + 1) % VALUES_A_PART === 0 || at === entries.length - 1) {
      put(column, 1 + Math.floor(at / VALUES_A_PART), output.bytes.subarray(0, output.length))
      output.length = 0
    }
  }
}

function putPosting(output: Output, posting: Uint8Array): void {
  reserve(output, posting.length + 8)
  output.length = writeVarint(output.bytes, output.length, posting.length)
  append(output, posting, 0, posting.length)
}

/** A kept column's values, with the events that have each. */
export interface KeptValues {
  readonly values: readonly FieldValue[]
  readonly counts: readonly number[]
}

/** Values and counts of a kept column. */
export function readKept(db: Database, group: number, column: number): KeptValues {
  const body = readBody(db, 'columns', columnRow(group, column, 0))!
  return JSON.parse(decoder.decode(body)) as KeptValues
}

/** Calls `visit` with the posting of each value of a kept column for which `wanted` holds. */
export function eachKeptPosting(
  db: Database,
  group: number,
  column: number,
  values: number,
  wanted: (value: number) => boolean,
  visit: (value: number, bytes: Uint8Array, start: number, end: number) => void,
): void {
  for (let first = 0; first < values; first += VALUES_A_PART) {
    const end = Math.min(values, first + VALUES_A_PART)
    let some = false
    for (let value = first; value < end && !some; value++) some = wanted(value)
    if (!some) continue
    const body = readBody(db, 'columns', columnRow(group, column, 1 + first / VALUES_A_PART))!
    const cursor: Cursor = { at: 0 }
    for (let value = first; value < end; value++) {
      const length = readVarint(body, cursor)
      if (wanted(value)) visit(value, body, cursor.at, cursor.at + length)
      cursor.at += length
    }
  }
}
