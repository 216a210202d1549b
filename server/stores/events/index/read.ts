// Looks words up in one group of an index file. Everything answers by setting bits of docs.
import type { Database } from 'bun:sqlite'
import { type GramSets, mayHoldGrams, unpackGrams } from './grams.ts'
import {
  bucketHash,
  bucketOf,
  bucketRow,
  CLASSES,
  type GroupInfo,
  keyRow,
  largeRow,
  unpackInfo,
  wordClass,
} from './layout.ts'
import { createPair, markLarge, PAIR_LARGE, type Pair, readPair } from './pairs.ts'
import { markDocs } from './postings.ts'
import { findWord, mayHold, termPart } from './term-find.ts'
import { unpackTerms } from './term-text.ts'

/** A part of a word that is in more words than this proposes everything. */
export const MAX_TERMS = 4096

export type WordMode = 'word' | 'prefix' | 'suffix' | 'inner'

/** Fields whose postings count, by ordinal; undefined for all. */
export type FieldFilter = Uint8Array | undefined

export interface GroupReader {
  readonly db: Database
  readonly id: number
  readonly info: GroupInfo
  /**
   * Sets the bits of docs with a word that is, begins with, ends with or holds one of `texts` (folded), in
   * one of `fields`. False when there are too many such words: then every doc is proposed.
   */
  markWords(
    mode: WordMode,
    texts: readonly Uint8Array[],
    fields: FieldFilter,
    bits: Uint32Array,
  ): boolean
  /** Sets the bits of docs that have the field. */
  markKey(field: number, bits: Uint32Array): void
}

const NEWLINE = 0x0a

/** The groups of an index file, in order. */
export function readGroups(db: Database): { readonly id: number; readonly events: number }[] {
  return db.query('SELECT id, events FROM groups ORDER BY id').all() as {
    id: number
    events: number
  }[]
}

/** The words of a bucket as they are stored (term-text.ts); undefined where it has none. */
export function readTerms(db: Database, row: number): Uint8Array<ArrayBuffer> | undefined {
  const found = db.query('SELECT body FROM terms WHERE id = ?').get(row)
  return (found as { body: Uint8Array<ArrayBuffer> } | null)?.body
}

/** The content of a row, decompressed; undefined where there is none. */
export function readBody(
  db: Database,
  table: 'postings' | 'large' | 'columns' | 'keys',
  row: number,
): Buffer | undefined {
  const found = db.query(`SELECT body FROM ${table} WHERE id = ?`).get(row) as {
    body: Uint8Array<ArrayBuffer>
  } | null
  return found === null ? undefined : Bun.zstdDecompressSync(found.body)
}

/** Opens one group. */
export function openGroup(db: Database, id: number): GroupReader {
  const row = db.query('SELECT info FROM groups WHERE id = ?').get(id) as { info: Uint8Array }
  const info = unpackInfo(row.info)
  let grams: GramSets | undefined
  const gramsOf = (wordClass: number) => {
    grams ??= unpackGrams(info)
    return grams[wordClass]
  }
  return {
    db,
    id,
    info,
    markWords: (mode, texts, fields, bits) =>
      markWords({ db, id, info, gramsOf, fields, bits }, mode, texts),
    markKey(field, bits) {
      const posting = readBody(db, 'keys', keyRow(id, field))
      if (posting !== undefined) markDocs(posting, 0, posting.length, bits)
      else markAll(info, bits)
    },
  }
}

interface WordSearch {
  readonly db: Database
  readonly id: number
  readonly info: GroupInfo
  readonly gramsOf: (wordClass: number) => Uint8Array | undefined
  readonly fields: FieldFilter
  readonly bits: Uint32Array
}

function markWords(search: WordSearch, mode: WordMode, texts: readonly Uint8Array[]): boolean {
  const { id, info } = search
  const needles = texts.map((text) => ({
    text,
    needle: needleOf(mode, text),
    part: termPart(text),
    kind: wordClass(text, 0, text.length),
    hash: bucketHash(text, 0, text.length),
  }))
  if (mode === 'word') {
    for (const { text, kind, hash } of needles) {
      markWord(search, bucketRow(id, kind, bucketOf(hash, info.bits[kind]!)), text)
    }
    return true
  }
  let left = MAX_TERMS
  for (let kind = 0; kind < CLASSES; kind++) {
    const some = needles.filter(
      (one) => one.kind <= kind && mayHoldGrams(search.gramsOf(kind), one.text),
    )
    if (some.length === 0) continue
    const wanted = some.map(({ needle }) => needle)
    const parts = some.map(({ part }) => part)
    for (let bucket = 0; bucket < 2 ** info.bits[kind]!; bucket++) {
      const row = bucketRow(id, kind, bucket)
      const body = readTerms(search.db, row)
      if (body === undefined || !mayHold(body, parts)) continue
      left -= markBucket(search, wanted, row, body, left)
      if (left < 0) return false
    }
  }
  return true
}

/** Marks the entry of a word in the one bucket that may have it. */
function markWord(search: WordSearch, row: number, text: Uint8Array): void {
  const body = readTerms(search.db, row)
  const ordinal = body === undefined ? -1 : findWord(body, text)
  if (ordinal < 0) return
  const postings = readBody(search.db, 'postings', row)!
  const pair = createPair()
  for (let n = 0; n < ordinal; n++) skipEntry(postings, pair)
  markPairs(search, postings, pair)
}

/** Marks the entries of one bucket whose words stand at hits of the needles; returns how many hits. */
function markBucket(
  search: WordSearch,
  needles: readonly Buffer[],
  row: number,
  body: Uint8Array<ArrayBuffer>,
  limit: number,
): number {
  const terms = unpackTerms(body)
  let postings: Buffer | undefined
  let found = 0
  for (const needle of needles) {
    if (terms.indexOf(needle) < 0) continue
    postings ??= readBody(search.db, 'postings', row)!
    found += markHits(search, needle, terms, postings, limit - found)
    if (found > limit) break
  }
  return found
}

function markHits(
  search: WordSearch,
  needle: Buffer,
  terms: Buffer,
  postings: Buffer,
  limit: number,
): number {
  const anchored = needle[0] === NEWLINE
  const pair = createPair()
  let hit = terms.indexOf(needle)
  let start = 0
  let found = 0
  while (hit >= 0) {
    if (++found > limit) return found
    const begins = anchored ? hit : terms.lastIndexOf(NEWLINE, hit)
    // Entries before the hit's word: one a newline that ends a word.
    for (; start < begins; start = terms.indexOf(NEWLINE, start + 1)) skipEntry(postings, pair)
    markPairs(search, postings, pair)
    start = terms.indexOf(NEWLINE, begins + 1)
    hit = terms.indexOf(needle, anchored ? start : start + 1)
  }
  return found
}

function skipEntry(postings: Uint8Array, pair: Pair): void {
  do readPair(postings, pair)
  while (!pair.isLast)
}

/** Marks the docs of the entry at `pair`, which moves on. */
function markPairs(search: WordSearch, postings: Uint8Array, pair: Pair): void {
  const { db, id, fields, bits } = search
  do {
    readPair(postings, pair)
    if (fields !== undefined && fields[pair.field] !== 1) continue
    if (pair.kind === PAIR_LARGE) {
      markLarge(readBody(db, 'large', largeRow(id, pair.first))!, bits)
      continue
    }
    bits[pair.first >>> 5]! |= 1 << (pair.first & 31)
    markDocs(postings, pair.start, pair.end, bits, pair.first)
  } while (!pair.isLast)
}

/** Words stand between newlines in a bucket. */
function needleOf(mode: WordMode, text: Uint8Array): Buffer {
  const start = mode === 'prefix' ? '\n' : ''
  const end = mode === 'suffix' ? '\n' : ''
  return Buffer.concat([Buffer.from(start), text, Buffer.from(end)])
}

/** Sets the bits of all docs of a group. */
export function markAll(info: GroupInfo, bits: Uint32Array): void {
  for (const { doc, count } of info.segments) {
    for (let i = doc; i < doc + count; i += 32) {
      const left = doc + count - i
      bits[i >>> 5]! |= left >= 32 ? 0xffffffff : 2 ** left - 1
    }
  }
}
