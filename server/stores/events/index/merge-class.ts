// Merges the words of one class: for each bucket of the new group the words of the sources' buckets that
// fall into it, equal ones as one.
import type { Database } from 'bun:sqlite'
import { addDoc, addGaps } from './doc-list.ts'
import { bucketHash, bucketOf, bucketRow, largeRow } from './layout.ts'
import type { Source } from './merge.ts'
import { createUnion, type PostingUnion, putUnions, unionAt } from './merge-union.ts'
import { createPair, markLarge, PAIR_LARGE, type Pair, readPair } from './pairs.ts'
import { readBody, readTerms } from './read.ts'
import { unpackTerms } from './term-text.ts'
import { createBucket, flushBucket, type GroupRows, putTerm } from './write.ts'

const NEWLINE = 0x0a
const EMPTY = new Uint8Array(0)

/** Columns of a word's row in `words`: its text, where its pairs begin, and the doc before them. */
const WORD = 5
const W_START = 0
const W_END = 1
const W_PAIRS = 2
const W_BEFORE = 3
const W_HASH = 4

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

/** Merges the words of one class into 2^bits buckets; returns how many there are. */
export function mergeClass(
  db: Database,
  sources: readonly Source[],
  wordClass: number,
  bits: number,
  docs: number,
  rows: GroupRows,
): number {
  const loaded = sources.map(
    (source): Loaded => ({
      source,
      bucket: -1,
      terms: EMPTY,
      postings: EMPTY,
      words: new Uint32Array(0),
      order: new Uint32Array(0),
      starts: new Uint32Array(2),
    }),
  )
  const output = createBucket(rows)
  const union = createUnion(docs)
  const table = createWordTable()
  let total = 0
  for (let bucket = 0; bucket < 2 ** bits; bucket++) {
    resetWordTable(table)
    for (const [at, one] of loaded.entries()) {
      const shift = bits - one.source.group.info.bits[wordClass]!
      const own = bucket >>> shift
      if (own !== one.bucket) load(db, one, wordClass, own, bits, shift)
      const part = bucket & (2 ** shift - 1)
      for (let i = one.starts[part]!; i < one.starts[part + 1]!; i++) {
        addOccurrence(table, loaded, at, one.order[i]!)
      }
    }
    for (const first of table.firsts) {
      for (let at = first; at >= 0; at = table.nexts[at]!) {
        gatherPairs(db, union, loaded[table.sources[at]!]!, table.ordinals[at]!)
      }
      const one = loaded[table.sources[first]!]!
      const word = table.ordinals[first]! * WORD
      const start = one.words[word + W_START]!
      putTerm(output, one.terms, start, one.words[word + W_END]! - start)
      putUnions(union, output.pairs)
      total++
    }
    flushBucket(rows, wordClass, bucket, output)
  }
  return total
}

const pair = createPair()

function load(
  db: Database,
  one: Loaded,
  wordClass: number,
  bucket: number,
  bits: number,
  shift: number,
): void {
  const row = bucketRow(one.source.group.id, wordClass, bucket)
  const body = readTerms(db, row)
  const terms = body === undefined ? EMPTY : unpackTerms(body)
  const postings = readBody(db, 'postings', row) ?? EMPTY
  // Now, so that the new group's rows take their pages.
  db.query('DELETE FROM terms WHERE id = ?').run(row)
  db.query('DELETE FROM postings WHERE id = ?').run(row)
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

/** The words of one bucket of the new group, each with its occurrences in the order of the sources. */
interface WordTable {
  slots: Int32Array
  /** First occurrences, in order. */
  readonly firsts: number[]
  readonly sources: number[]
  readonly ordinals: number[]
  /** Next and last occurrence of the same word; -1 for none. */
  readonly nexts: number[]
  readonly lasts: number[]
}

function createWordTable(): WordTable {
  return {
    slots: new Int32Array(1 << 12),
    firsts: [],
    sources: [],
    ordinals: [],
    nexts: [],
    lasts: [],
  }
}

function resetWordTable(table: WordTable): void {
  table.slots.fill(0)
  for (const list of [table.firsts, table.sources, table.ordinals, table.nexts, table.lasts]) {
    list.length = 0
  }
}

function addOccurrence(
  table: WordTable,
  loaded: readonly Loaded[],
  source: number,
  ordinal: number,
): void {
  const hash = loaded[source]!.words[ordinal * WORD + W_HASH]!
  const id = table.sources.length
  table.sources.push(source)
  table.ordinals.push(ordinal)
  table.nexts.push(-1)
  table.lasts.push(id)
  const mask = table.slots.length - 1
  let slot = hash & mask
  for (let found = table.slots[slot]!; found !== 0; found = table.slots[slot]!) {
    const first = found - 1
    if (isSameWord(table, loaded, first, id)) {
      table.nexts[table.lasts[first]!] = id
      table.lasts[first] = id
      return
    }
    slot = (slot + 1) & mask
  }
  table.slots[slot] = id + 1
  table.firsts.push(id)
  if (table.firsts.length * 2 > table.slots.length) rehash(table, loaded)
}

function rehash(table: WordTable, loaded: readonly Loaded[]): void {
  table.slots = new Int32Array(table.slots.length * 2)
  const mask = table.slots.length - 1
  for (const id of table.firsts) {
    let slot = loaded[table.sources[id]!]!.words[table.ordinals[id]! * WORD + W_HASH]! & mask
    while (table.slots[slot] !== 0) slot = (slot + 1) & mask
    table.slots[slot] = id + 1
  }
}

function isSameWord(table: WordTable, loaded: readonly Loaded[], a: number, b: number): boolean {
  const x = loaded[table.sources[a]!]!
  const y = loaded[table.sources[b]!]!
  const u = table.ordinals[a]! * WORD
  const v = table.ordinals[b]! * WORD
  if (x.words[u + W_HASH] !== y.words[v + W_HASH]) return false
  const start = x.words[u + W_START]!
  const end = x.words[u + W_END]!
  const shift = y.words[v + W_START]! - start
  if (y.words[v + W_END]! - shift !== end) return false
  for (let i = start; i < end; i++) if (x.terms[i] !== y.terms[i + shift]) return false
  return true
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
