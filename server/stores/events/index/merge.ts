// Merges groups of one index file into one, word by word in the order of their bucket hash, so that only
// one bucket of each group is in memory.
import type { Database } from 'bun:sqlite'
import {
  bucketHash,
  bucketOf,
  bucketRow,
  CLASSES,
  dropGroup,
  type GroupField,
  type GroupInfo,
  keyRow,
  largeRow,
  PAIR_DOC,
  PAIR_INLINE,
  takeGroup,
} from './layout.ts'
import { mergeColumns } from './merge-columns.ts'
import { appendPosting, type Posting, startPosting } from './merge-postings.ts'
import { createOutput, reserve } from './output.ts'
import { type Cursor, readVarint, writeVarint } from './postings.ts'
import { type GroupReader, openGroup, readBody } from './read.ts'
import {
  bucketBits,
  createBucket,
  flushBucket,
  type GroupRows,
  groupRows,
  putPair,
  putTerm,
} from './write.ts'

const NEWLINE = 0x0a
/** Hash and ordinal share a double: 32 and 21 bits. */
const ORDINALS = 2 ** 21

/** A group being merged: its docs move up by `base`, its fields get new ordinals. */
interface Source {
  readonly group: GroupReader
  readonly base: number
  readonly fieldOf: readonly number[]
}

/** The words of one class of a group, in hash order, one bucket at a time. */
interface Stream {
  readonly source: Source
  readonly wordClass: number
  bucket: number
  terms: Uint8Array
  postings: Uint8Array
  /** Hash and ordinal of each word, ascending. */
  order: Float64Array
  /** Where each word and its entry start and end. */
  spans: Uint32Array
  at: number
  hash: number
}

/** Replaces groups by one that covers the same segments; call it inside a transaction. */
export function mergeGroups(db: Database, ids: readonly number[]): number {
  const groups = ids.map((id) => openGroup(db, id))
  const fields = mergeFields(groups)
  const target = takeGroup(db)
  const rows = groupRows(db, target)
  let base = 0
  const sources = groups.map((group, at): Source => {
    const source = { group, base, fieldOf: fields.fieldOf[at]! }
    base += group.info.docs
    return source
  })
  const info: GroupInfo = {
    segments: sources.flatMap(({ group, base }) =>
      group.info.segments.map((run) => ({ ...run, doc: run.doc + base })),
    ),
    docs: base,
    events: groups.reduce((sum, { info }) => sum + info.events, 0),
    fields: fields.merged,
    columns: mergeColumns(db, sources, rows.column),
    terms: Array.from({ length: CLASSES }, (_, wordClass) =>
      groups.reduce((sum, { info }) => sum + info.terms[wordClass]!, 0),
    ),
    bits: [],
    always: sources.flatMap(({ group, base }) => group.info.always.map((doc) => doc + base)),
  }
  const bits = info.terms.map(bucketBits)
  mergeKeys(db, sources, info, rows)
  const terms = bits.map((bit, wordClass) => mergeClass(db, sources, wordClass, bit, rows))
  rows.finish({ ...info, bits, terms })
  for (const id of ids) dropGroup(db, id)
  return target
}

function mergeFields(groups: readonly GroupReader[]) {
  const merged: GroupField[] = []
  const ordinals = new Map<string, number>()
  const fieldOf = groups.map(({ info }) => {
    const seen = new Map<string, number>()
    return info.fields.map((field, at) => {
      // The message and the raw text come first and have no key. Two keys of one group may spell the
      // same path (`a.b` and `a` over `b`): they stay two, an event can have both.
      const like = at < 2 ? `${at}` : JSON.stringify([field.path, field.inRaw, field.keyWords])
      const nth = seen.get(like) ?? 0
      seen.set(like, nth + 1)
      const key = `${nth} ${like}`
      const known = ordinals.get(key)
      if (known === undefined) {
        ordinals.set(key, merged.length)
        return merged.push(field) - 1
      }
      const before = merged[known]!
      merged[known] = {
        ...field,
        events: before.events + field.events,
        emptied: before.emptied || field.emptied,
      }
      return known
    })
  })
  return { merged, fieldOf }
}

/** Docs that have each field; none is stored for fields that every event has. */
function mergeKeys(
  db: Database,
  sources: readonly Source[],
  info: GroupInfo,
  rows: GroupRows,
): void {
  const outputs = info.fields.map(() => undefined as Posting | undefined)
  for (const { group, base, fieldOf } of sources) {
    for (const [at, field] of fieldOf.entries()) {
      if (at < 2 || info.fields[field]!.events === info.events) continue
      outputs[field] ??= startPosting()
      const stored = readBody(db, 'keys', keyRow(group.id, at))
      const posting = stored ?? allDocs(group.info)
      appendPosting(outputs[field], posting, 0, posting.length, base)
    }
  }
  for (const [field, posting] of outputs.entries()) {
    if (posting !== undefined) {
      rows.key(field, posting.output.bytes.subarray(0, posting.output.length))
    }
  }
}

function allDocs(info: GroupInfo): Uint8Array {
  const output = createOutput()
  reserve(output, info.events * 5)
  let last = 0
  for (const { doc, count } of info.segments) {
    for (let i = doc; i < doc + count; i++) {
      output.length = writeVarint(output.bytes, output.length, i - last)
      last = i
    }
  }
  return output.bytes.subarray(0, output.length)
}

function openStream(db: Database, source: Source, wordClass: number): Stream {
  const stream: Stream = {
    source,
    wordClass,
    bucket: -1,
    terms: new Uint8Array(0),
    postings: new Uint8Array(0),
    order: new Float64Array(0),
    spans: new Uint32Array(0),
    at: -1,
    hash: 0,
  }
  advance(db, stream)
  return stream
}

/** Moves to the next word; `hash` is infinite after the last. */
function advance(db: Database, stream: Stream): void {
  stream.at++
  while (stream.at >= stream.order.length) {
    const { info, id } = stream.source.group
    if (++stream.bucket >= 2 ** info.bits[stream.wordClass]!) {
      stream.hash = Number.POSITIVE_INFINITY
      return
    }
    loadBucket(db, stream, bucketRow(id, stream.wordClass, stream.bucket))
  }
  stream.hash = Math.floor(stream.order[stream.at]! / ORDINALS)
}

function loadBucket(db: Database, stream: Stream, row: number): void {
  stream.at = 0
  stream.terms = readBody(db, 'terms', row) ?? new Uint8Array(0)
  stream.postings = readBody(db, 'postings', row) ?? new Uint8Array(0)
  const { terms, postings } = stream
  let count = -1
  for (let i = 0; i < terms.length; i++) if (terms[i] === NEWLINE) count++
  stream.order = new Float64Array(Math.max(0, count))
  stream.spans = new Uint32Array(Math.max(0, count) * 4)
  const cursor: Cursor = { at: 0 }
  let start = 1
  for (let ordinal = 0; ordinal < count; ordinal++) {
    let end = start
    while (terms[end] !== NEWLINE) end++
    const length = readVarint(postings, cursor)
    stream.spans.set([start, end, cursor.at, cursor.at + length], ordinal * 4)
    stream.order[ordinal] = bucketHash(terms, start, end) * ORDINALS + ordinal
    cursor.at += length
    start = end + 1
  }
  stream.order.sort()
}

/** Start of the current word's row in `spans`. */
function spanOf(stream: Stream): number {
  return (stream.order[stream.at]! % ORDINALS) * 4
}

function sameWord(a: Stream, b: Stream): boolean {
  const x = spanOf(a)
  const y = spanOf(b)
  const length = a.spans[x + 1]! - a.spans[x]!
  if (length !== b.spans[y + 1]! - b.spans[y]!) return false
  const shift = b.spans[y]! - a.spans[x]!
  for (let i = a.spans[x]!; i < a.spans[x + 1]!; i++) {
    if (a.terms[i] !== b.terms[i + shift]) return false
  }
  return true
}

/** Merges the words of one class; returns how many there are. */
function mergeClass(
  db: Database,
  sources: readonly Source[],
  wordClass: number,
  bits: number,
  rows: GroupRows,
): number {
  const streams = sources.map((source) => openStream(db, source, wordClass))
  const output = createBucket()
  const entry = createOutput()
  const postings = new Map<number, Posting>()
  let bucket = 0
  let total = 0
  for (;;) {
    let least = streams[0]!
    for (const stream of streams) if (stream.hash < least.hash) least = stream
    if (least.hash === Number.POSITIVE_INFINITY) break
    const target = bucketOf(least.hash, bits)
    if (target !== bucket) {
      flushBucket(rows, wordClass, bucket, output)
      bucket = target
    }
    const same = streams.filter(
      (stream) => stream === least || (stream.hash === least.hash && sameWord(stream, least)),
    )
    for (const stream of same) gatherPairs(db, stream, postings)
    entry.length = 0
    for (const [field, { output }] of postings) {
      putPair(entry, rows, field, output.bytes, output.length)
    }
    postings.clear()
    const span = spanOf(least)
    const start = least.spans[span]!
    putTerm(output, least.terms, start, least.spans[span + 1]! - start, entry)
    total++
    for (const stream of same) advance(db, stream)
  }
  flushBucket(rows, wordClass, bucket, output)
  return total
}

/** Appends the current word's postings to those of their fields. */
function gatherPairs(db: Database, stream: Stream, postings: Map<number, Posting>): void {
  const { group, base, fieldOf } = stream.source
  const bytes = stream.postings
  const span = spanOf(stream)
  const end = stream.spans[span + 3]!
  const cursor: Cursor = { at: stream.spans[span + 2]! }
  while (cursor.at < end) {
    const head = readVarint(bytes, cursor)
    const field = fieldOf[head >>> 2]!
    let posting = postings.get(field)
    if (posting === undefined) {
      posting = startPosting()
      postings.set(field, posting)
    }
    const kind = head & 3
    if (kind === PAIR_DOC) {
      const start = cursor.at
      readVarint(bytes, cursor)
      appendPosting(posting, bytes, start, cursor.at, base)
    } else if (kind === PAIR_INLINE) {
      const length = readVarint(bytes, cursor)
      appendPosting(posting, bytes, cursor.at, cursor.at + length, base)
      cursor.at += length
    } else {
      const large = readBody(db, 'large', largeRow(group.id, readVarint(bytes, cursor)))!
      readVarint(bytes, cursor)
      readVarint(bytes, cursor)
      appendPosting(posting, large, 0, large.length, base)
    }
  }
}
