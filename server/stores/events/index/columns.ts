// The columns of a group: for each value the docs that have it. A column with few values keeps them with
// their counts, so that facets and any test of a value need nothing else; of a column with many only a
// hash of each folded text is kept, enough to find the docs that may equal one.
//   part 0       `kept`: values and counts, zstd JSON
//   part 1 + n   `kept`: postings of 256 values; `hashed`: entries whose hash has the top bits n
import type { Database } from 'bun:sqlite'
import type { FieldValue } from '../../../../sigma/event.ts'
import { fold } from '../../../../sigma/text/fold.ts'
import { eachPair, type GroupBuilder, termLength, termOffset, termTotal } from './builder.ts'
import { bucketHash, bucketOf, columnRow, type GroupColumn } from './layout.ts'
import { append, createOutput, type Output, reserve } from './output.ts'
import type { PathTree } from './paths.ts'
import { type Cursor, countDocs, markDocs, readVarint, writeVarint } from './postings.ts'
import { readBody } from './read.ts'

/** A column of a group with more different values keeps only hashes. */
export const KEPT_VALUES_MAX = 16_384
const VALUES_A_PART = 256
/** Entries of a part of a hashed column, on average at most. */
const HASHES_A_PART = 2048

/** One value's docs. */
export interface ColumnEntry {
  /** JSON of the value. */
  readonly text: string
  readonly posting: Uint8Array
}

/** A column's values with their docs, as they are gathered. */
export type ColumnEntries = Map<string, ColumnEntry[]>

/** What the builder of values gathered, by column. */
export function gatherColumns(values: GroupBuilder, paths: PathTree): ColumnEntries {
  const columns: ColumnEntries = new Map()
  const decoder = new TextDecoder()
  for (let term = 1; term <= termTotal(values); term++) {
    const start = termOffset(values, term)
    const text = decoder.decode(values.text.subarray(start, start + termLength(values, term)))
    eachPair(values, term, (node, posting, length) => {
      const { path } = paths.nodes[node]!
      columns.getOrInsert(path, []).push({ text, posting: posting.slice(0, length) })
    })
  }
  return columns
}

/** Hash that equal texts share, whatever their case. */
export function valueHash(text: string): number {
  const bytes = encoder.encode(fold(text))
  return bucketHash(bytes, 0, bytes.length)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Text of a value as tests compare it. */
function textOfJson(json: string): string {
  return String(JSON.parse(json) as string | number)
}

/** Puts one row of `columns`. */
export type PutColumnPart = (column: number, part: number, body: Uint8Array) => void

/** Writes the columns; returns what the group's info says of them. */
export function writeColumns(columns: ColumnEntries, put: PutColumnPart): GroupColumn[] {
  return [...columns].map(([name, entries], column) => {
    if (entries.length <= KEPT_VALUES_MAX) {
      writeKept(column, entries, put)
      return { name, values: entries.length, kind: 'kept', bits: 0 }
    }
    const hashed = entries.map(({ text, posting }) => ({
      hash: valueHash(textOfJson(text)),
      posting,
    }))
    return { name, ...writeHashed(column, hashed, put) }
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

export interface HashedEntry {
  readonly hash: number
  readonly posting: Uint8Array
}

/** Writes a column by hashes; entries need no order. */
export function writeHashed(
  column: number,
  entries: readonly HashedEntry[],
  put: PutColumnPart,
): Omit<GroupColumn, 'name'> {
  const bits = Math.max(0, Math.ceil(Math.log2(entries.length / HASHES_A_PART)))
  const order = Float64Array.from(entries, ({ hash }, at) => hash * 2 ** 21 + at).sort()
  const output = createOutput()
  let part = 0
  let last = 0
  const flush = (next: number) => {
    if (output.length > 0) put(column, 1 + part, output.bytes.subarray(0, output.length))
    output.length = 0
    part = next
    last = 0
  }
  for (const key of order) {
    const { hash, posting } = entries[key % 2 ** 21]!
    const target = bucketOf(hash, bits)
    if (target !== part) flush(target)
    reserve(output, 8)
    output.length = writeVarint(output.bytes, output.length, hash - last)
    last = hash
    putPosting(output, posting)
  }
  flush(0)
  return { values: entries.length, kind: 'hashed', bits }
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

/** Sets the bits of docs whose value in a hashed column may equal one of the texts. */
export function markHashed(
  db: Database,
  group: number,
  column: number,
  bits: number,
  texts: readonly string[],
  into: Uint32Array,
): void {
  for (const hash of new Set(texts.map(valueHash))) {
    const row = columnRow(group, column, 1 + bucketOf(hash, bits))
    const body = readBody(db, 'columns', row)
    if (body === undefined) continue
    eachHashed(body, (found, start, end) => {
      if (found === hash) markDocs(body, start, end, into)
      return found <= hash
    })
  }
}

/** Visits the entries of one part of a hashed column, by hash, until `visit` answers false. */
export function eachHashed(
  body: Uint8Array,
  visit: (hash: number, start: number, end: number) => boolean,
): void {
  const cursor: Cursor = { at: 0 }
  let hash = 0
  while (cursor.at < body.length) {
    hash += readVarint(body, cursor)
    const length = readVarint(body, cursor)
    if (!visit(hash, cursor.at, cursor.at + length)) return
    cursor.at += length
  }
}
