// Writes a group that a builder gathered into the index file, in one transaction.
import type { Database } from 'bun:sqlite'
import type { GroupBuilder } from './builder.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { gapsOf, gatherColumns, type PutColumnPart, writeColumns } from './columns.ts'
import type { DerivedColumns } from './derived.ts'
import { addDerived } from './derived-columns.ts'
import { createGather, groupFields, putPairs, sameFields } from './gather.ts'
import { addGrams, createGrams, packGrams } from './grams.ts'
import {
  BUCKET_TERMS,
  bucketOf,
  bucketRow,
  CLASSES,
  columnRow,
  type GroupInfo,
  type GroupSegment,
  keyRow,
  largeRow,
  packInfo,
  placeOf,
  takeGroup,
} from './layout.ts'
import { append, createOutput, type Output, reserve } from './output.ts'
import type { PairOutput } from './pairs.ts'
import type { PathTree } from './paths.ts'
import { packTerms } from './term-text.ts'
import { termLength, termOffset, termTotal } from './word-pairs.ts'

const NEWLINE = 0x0a
/** What a bucket's outputs begin with, bytes. */
const BUCKET_BYTES = 16_384
/** Large postings that are remembered so that equal ones are written once, bytes. */
const SAME_BYTES_MAX = 64 * 1_048_576
const ZSTD_FAST = { level: 1 } as const

/** Statements that put rows of one group. */
export interface GroupRows {
  bucket(wordClass: number, bucket: number, terms: Uint8Array, postings: Uint8Array): void
  /** Returns the ordinal to refer to. */
  large(posting: Uint8Array): number
  key(field: number, posting: Uint8Array): void
  column: PutColumnPart
  finish(info: GroupInfo): void
}

/** Rows of group `group`; compresses what it is given. */
export function groupRows(db: Database, group: number): GroupRows {
  const putTerms = db.prepare('INSERT INTO terms (id, body) VALUES (?, ?)')
  const putPostings = db.prepare('INSERT INTO postings (id, body) VALUES (?, ?)')
  const putLarge = db.prepare('INSERT INTO large (id, body) VALUES (?, ?)')
  const putKeys = db.prepare('INSERT INTO keys (id, body) VALUES (?, ?)')
  const putColumns = db.prepare('INSERT INTO columns (id, body) VALUES (?, ?)')
  const putGroup = db.prepare('INSERT INTO groups (id, events, info) VALUES (?, ?, ?)')
  // Words that always come together have the same docs.
  const written = new Map<number | bigint, { readonly ordinal: number; readonly body: Buffer }[]>()
  let bytes = 0
  let larges = 0
  return {
    bucket(kind, bucket, terms, postings) {
      const row = bucketRow(group, kind, bucket)
      putTerms.run(row, packTerms(terms))
      putPostings.run(row, Bun.zstdCompressSync(postings, ZSTD_FAST))
    },
    large(posting) {
      const hash = Bun.hash(posting)
      const same = written.get(hash)?.find(({ body }) => body.equals(posting))
      if (same !== undefined) return same.ordinal
      putLarge.run(largeRow(group, larges), Bun.zstdCompressSync(posting, ZSTD_FAST))
      if (bytes < SAME_BYTES_MAX) {
        bytes += posting.length
        written
          .getOrInsertComputed(hash, () => [])
          .push({ ordinal: larges, body: Buffer.from(posting) })
      }
      return larges++
    },
    key(field, posting) {
      putKeys.run(keyRow(group, field), Bun.zstdCompressSync(posting, ZSTD_FAST))
    },
    column(column, part, body) {
      putColumns.run(
        columnRow(group, column, part),
        Bun.zstdCompressSync(body as Uint8Array<ArrayBuffer>, ZSTD_FAST),
      )
    },
    finish(info) {
      putGroup.run(group, info.events, packInfo(info))
    },
  }
}

/** A bucket being put together. */
export interface BucketOutput {
  readonly terms: Output
  readonly pairs: PairOutput
}

export function createBucket(rows: GroupRows): BucketOutput {
  const bytes = createOutput(BUCKET_BYTES)
  return { terms: createOutput(BUCKET_BYTES), pairs: { bytes, before: 0, large: rows.large } }
}

/** Adds a word; its pairs go to `bucket.pairs`. */
export function putTerm(
  bucket: BucketOutput,
  text: Uint8Array,
  offset: number,
  length: number,
): void {
  const { terms } = bucket
  reserve(terms, length + 2)
  if (terms.length === 0) terms.bytes[terms.length++] = NEWLINE
  append(terms, text, offset, length)
  terms.bytes[terms.length++] = NEWLINE
}

/** Writes the bucket unless it is empty, and empties it. */
export function flushBucket(
  rows: GroupRows,
  kind: number,
  bucket: number,
  output: BucketOutput,
): void {
  const { terms, pairs } = output
  if (terms.length > 0)
    rows.bucket(
      kind,
      bucket,
      terms.bytes.subarray(0, terms.length),
      pairs.bytes.bytes.subarray(0, pairs.bytes.length),
    )
  terms.length = 0
  pairs.bytes.length = 0
  pairs.before = 0
}

/** Power of two of the buckets that `terms` words need. */
export function bucketBits(terms: number): number {
  return terms <= BUCKET_TERMS ? 0 : Math.ceil(Math.log2(terms / BUCKET_TERMS))
}

/** The class and bucket of each word, and how many there are of each. */
function placeTerms(builder: GroupBuilder) {
  const count = termTotal(builder)
  const { text } = builder
  const classes = new Uint8Array(count + 1)
  const hashes = new Uint32Array(count + 1)
  const perClass = new Uint32Array(CLASSES)
  for (let term = 1; term <= count; term++) {
    const start = termOffset(builder, term)
    const end = start + termLength(builder, term)
    const { hash, wordClass: kind } = placeOf(text, start, end)
    classes[term] = kind
    hashes[term] = hash
    perClass[kind]!++
  }
  const bits = [...perClass].map(bucketBits)
  const bases = [0]
  for (const bit of bits) bases.push(bases.at(-1)! + 2 ** bit)
  return { perClass: [...perClass], bits, bases, classes, hashes }
}

/** What was gathered of a group. */
export interface Gathered {
  readonly builder: GroupBuilder
  readonly values: ColumnBuilder
  readonly derived: DerivedColumns
  readonly paths: PathTree
}

/** Writes the group of words and values over `segments`; call it inside a transaction. */
export function writeGroup(
  db: Database,
  { builder, values, derived, paths }: Gathered,
  segments: readonly GroupSegment[],
  docs: number,
): number {
  const group = takeGroup(db)
  const rows = groupRows(db, group)
  const events = segments.reduce((sum, segment) => sum + segment.count, 0)
  const { fields, fieldOf, message } = groupFields(builder, paths, events, (field, list) => {
    rows.key(field, gapsOf(list.docs.subarray(0, list.length)))
  })
  const { perClass, bits, bases, classes, hashes } = placeTerms(builder)
  // All buckets are put together at the same time: words are read in the order in which they lie.
  const buckets = Array.from({ length: bases[CLASSES]! }, () => createBucket(rows))
  const gather = createGather(builder, fieldOf, docs)
  const grams = createGrams()
  for (let term = 1; term <= termTotal(builder); term++) {
    const kind = classes[term]!
    const bucket = buckets[bases[kind]! + bucketOf(hashes[term]!, bits[kind]!)]!
    const start = termOffset(builder, term)
    const length = termLength(builder, term)
    putTerm(bucket, builder.text, start, length)
    addGrams(grams, kind, builder.text, start, start + length)
    putPairs(gather, term, bucket.pairs)
  }
  for (let kind = 0; kind < CLASSES; kind++) {
    const first = bases[kind]!
    for (let at = first; at < bases[kind + 1]!; at++)
      flushBucket(rows, kind, at - first, buckets[at]!)
  }
  const gathered = gatherColumns(values, paths)
  const via = addDerived(gathered, { builder, values, derived, paths }, fieldOf)
  const same = sameFields(builder, paths, fieldOf)
  const columns = writeColumns(gathered, { same, via }, rows.column)
  rows.finish({
    segments,
    docs,
    events,
    fields,
    columns,
    message,
    terms: perClass,
    bits,
    always: builder.always,
    grams: packGrams(grams),
  })
  return group
}
