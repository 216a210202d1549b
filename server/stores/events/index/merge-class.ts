// Merges the words of one class: for each bucket of the new group the words of the sources' buckets that
// fall into it, equal ones as one. Most words are in one group only: their pairs are copied.
import type { Database } from 'bun:sqlite'
import { addDoc, addGaps } from './doc-list.ts'
import { bucketHash, bucketOf, bucketRow, largeRow } from './layout.ts'
import type { Source } from './merge.ts'
import { createUnion, type PostingUnion, putUnions, unionAt } from './merge-union.ts'
import {
  addOccurrence,
  createWordTable,
  resetWordTable,
  W_BEFORE,
  W_END,
  W_HASH,
  W_PAIRS,
  W_START,
  WORD,
  type WordTable,
} from './merge-words.ts'
import {
  createPair,
  markLarge,
  PAIR_DOC,
  PAIR_LARGE,
  type Pair,
  putBits,
  putDoc,
  putInline,
  readPair,
} from './pairs.ts'
import { readBody, readTerms } from './read.ts'
import { unpackTerms } from './term-text.ts'
import { type BucketOutput, createBucket, flushBucket, type GroupRows, putTerm } from './write.ts'

const NEWLINE = 0x0a
const EMPTY = new Uint8Array(0)

/** One bucket of a source. */
interface Loaded {
  readonly source: Source
  bucket: number
  terms: Uint8Array
  postings: Uint8Array
  words: Uint32Array
  /** Words by bucket of the new group: `order[starts[n], starts[n + 1])`. */
  order: Uint32Array
  starts: Uint32Array
}

/** A class being merged. */
interface ClassMerge {
  readonly db: Database
  readonly wordClass: number
  readonly bits: number
  readonly loaded: readonly Loaded[]
  readonly output: BucketOutput
  readonly union: PostingUnion
  readonly table: WordTable
}

/** Merges the words of one class into 2^bits buckets, one a step; returns how many words there are. */
export function* mergeClass(
  db: Database,
  sources: readonly Source[],
  wordClass: number,
  bits: number,
  docs: number,
  rows: GroupRows,
): Generator<void, number> {
  const merge: ClassMerge = {
    db,
    wordClass,
    bits,
    loaded: sources.map(
      (source): Loaded => ({
        source,
        bucket: -1,
        terms: EMPTY,
        postings: EMPTY,
        words: new Uint32Array(0),
        order: new Uint32Array(0),
        starts: new Uint32Array(2),
      }),
    ),
    output: createBucket(rows),
    union: createUnion(docs),
    table: createWordTable(),
  }
  let total = 0
  for (let bucket = 0; bucket < 2 ** bits; bucket++) {
    total += mergeBucket(merge, bucket)
    flushBucket(rows, wordClass, bucket, merge.output)
    yield
  }
  return total
}

/** Puts together one bucket of the new group; returns its words. */
function mergeBucket(merge: ClassMerge, bucket: number): number {
  const { loaded, table, output, union, db } = merge
  findWords(merge, bucket)
  for (let n = 0; n < table.firstCount; n++) {
    const first = table.firsts[n]!
    const one = loaded[table.sources[first]!]!
    const ordinal = table.ordinals[first]!
    const start = one.words[ordinal * WORD + W_START]!
    putTerm(output, one.terms, start, one.words[ordinal * WORD + W_END]! - start)
    if (table.nexts[first]! < 0) {
      copyPairs(merge, one, ordinal)
      continue
    }
    for (let at = first; at >= 0; at = table.nexts[at]!) {
      gatherPairs(db, union, loaded[table.sources[at]!]!, table.ordinals[at]!)
    }
    putUnions(union, output.pairs)
  }
  return table.firstCount
}

/** Fills the table with the words of one bucket of the new group. */
function findWords(merge: ClassMerge, bucket: number): void {
  const { loaded, table, bits, wordClass } = merge
  let occurrences = 0
  for (const one of loaded) {
    const shift = bits - one.source.group.info.bits[wordClass]!
    const own = bucket >>> shift
    if (own !== one.bucket) load(merge, one, own, shift)
    const part = bucket & (2 ** shift - 1)
    occurrences += one.starts[part + 1]! - one.starts[part]!
  }
  resetWordTable(table, occurrences)
  for (let at = 0; at < loaded.length; at++) {
    const { source, starts, order } = loaded[at]!
    const part = bucket & (2 ** (bits - source.group.info.bits[wordClass]!) - 1)
    const end = starts[part + 1]!
    for (let i = starts[part]!; i < end; i++) addOccurrence(table, loaded, at, order[i]!)
  }
}

const pair = createPair()

function load(merge: ClassMerge, one: Loaded, bucket: number, shift: number): void {
  const { db, bits, wordClass } = merge
  const row = bucketRow(one.source.group.id, wordClass, bucket)
  const body = readTerms(db, row)
  const terms = body === undefined ? EMPTY : unpackTerms(body)
  const postings = readBody(db, 'postings', row) ?? EMPTY
  let count = -1
  for (let i = 0; i < terms.length; i++) if (terms[i] === NEWLINE) count++
  count = Math.max(0, count)
  const words = new Uint32Array(count * WORD)
  const parts = 2 ** shift
  const starts = new Uint32Array(parts + 1)
  Object.assign(pair, { at: 0, before: 0 })
  let start = 1
  for (let word = 0; word < words.length; word += WORD) {
    let end = start
    while (terms[end] !== NEWLINE) end++
    const hash = bucketHash(terms, start, end)
    words[word + W_START] = start
    words[word + W_END] = end
    words[word + W_PAIRS] = pair.at
    words[word + W_BEFORE] = pair.before
    words[word + W_HASH] = hash
    starts[(bucketOf(hash, bits) & (parts - 1)) + 1]!++
    do readPair(postings, pair)
    while (!pair.isLast)
    start = end + 1
  }
  for (let part = 0; part < parts; part++) starts[part + 1]! += starts[part]!
  const next = starts.slice()
  const order = new Uint32Array(count)
  for (let ordinal = 0; ordinal < count; ordinal++) {
    order[next[bucketOf(words[ordinal * WORD + W_HASH]!, bits) & (parts - 1)]!++] = ordinal
  }
  Object.assign(one, { bucket, terms, postings, words, order, starts })
}

const reading: Pair = createPair()

/** Adds a word's postings to those of their fields. */
function gatherPairs(db: Database, union: PostingUnion, one: Loaded, ordinal: number): void {
  const { group, base, fieldOf } = one.source
  reading.at = one.words[ordinal * WORD + W_PAIRS]!
  reading.before = one.words[ordinal * WORD + W_BEFORE]!
  do {
    readPair(one.postings, reading)
    const into = unionAt(union, fieldOf[reading.field]!)
    if (reading.kind === PAIR_LARGE) {
      const body = readBody(db, 'large', largeRow(group.id, reading.first))!
      into.bits ??= new Uint32Array((union.docs >>> 5) + 1)
      markLarge(body, into.bits, base)
      continue
    }
    addDoc(into.list, reading.first + base)
    addGaps(into.list, one.postings, reading.start, reading.end, reading.first + base)
  } while (!reading.isLast)
}

/** Writes the pairs of a word that is in one group only: gaps stay as they are. */
function copyPairs({ db, union, output }: ClassMerge, one: Loaded, ordinal: number): void {
  const { group, base, fieldOf } = one.source
  const { pairs } = output
  reading.at = one.words[ordinal * WORD + W_PAIRS]!
  reading.before = one.words[ordinal * WORD + W_BEFORE]!
  do {
    readPair(one.postings, reading)
    const { isLast, kind, start, end } = reading
    const field = fieldOf[reading.field]!
    const first = reading.first + base
    if (kind === PAIR_DOC) putDoc(pairs, field, isLast, first)
    else if (kind !== PAIR_LARGE) putInline(pairs, field, isLast, first, one.postings, start, end)
    else {
      const bits = new Uint32Array((union.docs >>> 5) + 1)
      markLarge(readBody(db, 'large', largeRow(group.id, reading.first))!, bits, base)
      putBits(pairs, field, isLast, bits)
    }
  } while (!reading.isLast)
}
