// Writes a group that a builder gathered into the index file, in one transaction.
import type { Database } from 'bun:sqlite'
import {
  eachKey,
  eachPair,
  type GroupBuilder,
  termLength,
  termOffset,
  termTotal,
} from './builder.ts'
import { gatherColumns, type PutColumnPart, writeColumns } from './columns.ts'
import {
  BUCKET_TERMS,
  bucketHash,
  bucketOf,
  bucketRow,
  CLASSES,
  columnRow,
  type GroupField,
  type GroupInfo,
  type GroupSegment,
  keyRow,
  LARGE_POSTING_BYTES,
  largeRow,
  PAIR_DOC,
  PAIR_INLINE,
  PAIR_LARGE,
  packInfo,
  takeGroup,
  wordClass,
} from './layout.ts'
import { append, createOutput, type Output, reserve } from './output.ts'
import { MESSAGE, type PathTree, RAW } from './paths.ts'
import { countDocs, lastDoc, writeVarint } from './postings.ts'

const NEWLINE = 0x0a
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
  let larges = 0
  return {
    bucket(kind, bucket, terms, postings) {
      const row = bucketRow(group, kind, bucket)
      putTerms.run(row, Bun.zstdCompressSync(terms, ZSTD_FAST))
      putPostings.run(row, Bun.zstdCompressSync(postings, ZSTD_FAST))
    },
    large(posting) {
      putLarge.run(largeRow(group, larges), Bun.zstdCompressSync(posting, ZSTD_FAST))
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

/** Appends one pair of a word's entry: its field and its posting, wherever that is kept best. */
export function putPair(
  entry: Output,
  rows: GroupRows,
  field: number,
  posting: Uint8Array,
  length: number,
): void {
  reserve(entry, length + 32)
  if (length > LARGE_POSTING_BYTES) {
    const body = posting.subarray(0, length)
    entry.length = writeVarint(entry.bytes, entry.length, (field << 2) | PAIR_LARGE)
    entry.length = writeVarint(entry.bytes, entry.length, rows.large(body))
    entry.length = writeVarint(entry.bytes, entry.length, countDocs(body, 0, length))
    entry.length = writeVarint(entry.bytes, entry.length, lastDoc(body, 0, length))
    return
  }
  const single = posting[length - 1]! < 0x80 && countDocs(posting, 0, length) === 1
  entry.length = writeVarint(
    entry.bytes,
    entry.length,
    (field << 2) | (single ? PAIR_DOC : PAIR_INLINE),
  )
  if (!single) entry.length = writeVarint(entry.bytes, entry.length, length)
  append(entry, posting, 0, length)
}

/** A bucket being put together. */
export interface BucketOutput {
  readonly terms: Output
  readonly postings: Output
}

export function createBucket(): BucketOutput {
  return { terms: createOutput(), postings: createOutput() }
}

/** Adds a word and its entry. */
export function putTerm(
  bucket: BucketOutput,
  text: Uint8Array,
  offset: number,
  length: number,
  entry: Output,
): void {
  const { terms, postings } = bucket
  reserve(terms, length + 2)
  if (terms.length === 0) terms.bytes[terms.length++] = NEWLINE
  append(terms, text, offset, length)
  terms.bytes[terms.length++] = NEWLINE
  reserve(postings, entry.length + 8)
  postings.length = writeVarint(postings.bytes, postings.length, entry.length)
  append(postings, entry.bytes, 0, entry.length)
}

/** Writes the bucket unless it is empty, and empties it. */
export function flushBucket(
  rows: GroupRows,
  kind: number,
  bucket: number,
  output: BucketOutput,
): void {
  const { terms, postings } = output
  if (terms.length > 0)
    rows.bucket(
      kind,
      bucket,
      terms.bytes.subarray(0, terms.length),
      postings.bytes.subarray(0, postings.length),
    )
  terms.length = 0
  postings.length = 0
}

/** Power of two of the buckets that `terms` words need. */
export function bucketBits(terms: number): number {
  return terms <= BUCKET_TERMS ? 0 : Math.ceil(Math.log2(terms / BUCKET_TERMS))
}

/** Terms sorted by class and bucket: counting sort over what `builder` holds. */
function orderTerms(builder: GroupBuilder) {
  const count = termTotal(builder)
  const text = builder.text
  const classes = new Uint8Array(count + 1)
  const hashes = new Uint32Array(count + 1)
  const perClass = new Uint32Array(CLASSES)
  for (let term = 1; term <= count; term++) {
    const start = termOffset(builder, term)
    const end = start + termLength(builder, term)
    const kind = wordClass(text, start, end)
    classes[term] = kind
    hashes[term] = bucketHash(text, start, end)
    perClass[kind]!++
  }
  const bits = [...perClass].map(bucketBits)
  const bases = [0]
  for (const bit of bits) bases.push(bases[bases.length - 1]! + 2 ** bit)
  const total = bases[CLASSES]!
  const starts = new Uint32Array(total + 1)
  const bucketAt = (term: number) =>
    bases[classes[term]!]! + bucketOf(hashes[term]!, bits[classes[term]!]!)
  for (let term = 1; term <= count; term++) starts[bucketAt(term) + 1]!++
  for (let i = 0; i < total; i++) starts[i + 1]! += starts[i]!
  const order = new Uint32Array(count)
  const next = starts.slice()
  for (let term = 1; term <= count; term++) order[next[bucketAt(term)]!++] = term
  return { perClass: [...perClass], bits, bases, starts, order }
}

/** The group's fields, and the field of each node of the path tree. */
function groupFields(builder: GroupBuilder, paths: PathTree, rows: GroupRows, events: number) {
  const fields: GroupField[] = [
    { path: '', keyWords: [], inRaw: false, events: 0, emptied: false },
    { path: '', keyWords: [], inRaw: false, events: 0, emptied: false },
  ]
  const fieldOf = new Uint32Array(paths.nodes.length)
  fieldOf[MESSAGE] = 0
  fieldOf[RAW] = 1
  eachKey(builder, (node, posting, length) => {
    const { path, keyWords, inRaw } = paths.nodes[node]!
    const count = countDocs(posting, 0, length)
    fieldOf[node] = fields.length
    if (count < events) rows.key(fields.length, posting.subarray(0, length))
    fields.push({ path, keyWords, inRaw, events: count, emptied: builder.emptied.has(node) })
  })
  return { fields, fieldOf }
}

/** Writes the group of words and values over `segments`; call it inside a transaction. */
export function writeGroup(
  db: Database,
  builder: GroupBuilder,
  values: GroupBuilder,
  paths: PathTree,
  segments: readonly GroupSegment[],
  docs: number,
): number {
  const group = takeGroup(db)
  const rows = groupRows(db, group)
  const events = segments.reduce((sum, segment) => sum + segment.count, 0)
  const { fields, fieldOf } = groupFields(builder, paths, rows, events)
  const { perClass, bits, bases, starts, order } = orderTerms(builder)
  const text = builder.text
  const output = createBucket()
  const entry = createOutput()
  const put = (node: number, posting: Uint8Array, length: number) =>
    putPair(entry, rows, fieldOf[node]!, posting, length)
  for (let kind = 0; kind < CLASSES; kind++) {
    for (let bucket = bases[kind]!; bucket < bases[kind + 1]!; bucket++) {
      for (let i = starts[bucket]!; i < starts[bucket + 1]!; i++) {
        const term = order[i]!
        entry.length = 0
        eachPair(builder, term, put)
        putTerm(output, text, termOffset(builder, term), termLength(builder, term), entry)
      }
      flushBucket(rows, kind, bucket - bases[kind]!, output)
    }
  }
  const columns = writeColumns(gatherColumns(values, paths), rows.column)
  rows.finish({
    segments,
    docs,
    events,
    fields,
    columns,
    terms: perClass,
    bits,
    always: builder.always,
  })
  return group
}
