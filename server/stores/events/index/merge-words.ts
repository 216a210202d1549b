// Which words of the groups being merged are the same: an occurrence is a word of one group, and those of
// the same word are linked in the order of the groups.
import { largerRows } from './tables.ts'

/** What the occurrences of one source are compared by. */
export interface WordSource {
  readonly terms: Uint8Array
  /** Rows of `WORD` numbers, one a word. */
  readonly words: Uint32Array
}

/** Columns of a word's row: its text, where its pairs begin, the doc before them, and its hash. */
export const WORD = 5
export const W_START = 0
export const W_END = 1
export const W_PAIRS = 2
export const W_BEFORE = 3
export const W_HASH = 4

/** The words of one bucket of the new group. */
export interface WordTable {
  slots: Int32Array<ArrayBuffer>
  /** Occurrences, and those of them that are the first of their word. */
  count: number
  firstCount: number
  firsts: Int32Array<ArrayBuffer>
  sources: Int32Array<ArrayBuffer>
  ordinals: Int32Array<ArrayBuffer>
  hashes: Int32Array<ArrayBuffer>
  /** Next and last occurrence of the same word; -1 for none. */
  nexts: Int32Array<ArrayBuffer>
  lasts: Int32Array<ArrayBuffer>
}

const FIRST_SIZE = 1 << 12

export function createWordTable(): WordTable {
  const rows = () => new Int32Array(FIRST_SIZE)
  return {
    slots: new Int32Array(FIRST_SIZE * 2),
    count: 0,
    firstCount: 0,
    firsts: rows(),
    sources: rows(),
    ordinals: rows(),
    hashes: rows(),
    nexts: rows(),
    lasts: rows(),
  }
}

/** Empties the table and makes room for so many occurrences. */
export function resetWordTable(table: WordTable, occurrences: number): void {
  while (table.firsts.length < occurrences) {
    table.firsts = largerRows(table.firsts)
    table.sources = largerRows(table.sources)
    table.ordinals = largerRows(table.ordinals)
    table.hashes = largerRows(table.hashes)
    table.nexts = largerRows(table.nexts)
    table.lasts = largerRows(table.lasts)
  }
  if (table.slots.length < table.firsts.length * 2) {
    table.slots = new Int32Array(table.firsts.length * 2)
  } else table.slots.fill(0)
  table.count = 0
  table.firstCount = 0
}

/** Adds word `ordinal` of source `at`; there must be room for it. */
export function addOccurrence(
  table: WordTable,
  all: readonly WordSource[],
  at: number,
  ordinal: number,
): void {
  const { slots, hashes, nexts, lasts } = table
  const source = all[at]!
  const hash = source.words[ordinal * WORD + W_HASH]! | 0
  const id = table.count++
  table.sources[id] = at
  table.ordinals[id] = ordinal
  hashes[id] = hash
  nexts[id] = -1
  lasts[id] = id
  const mask = slots.length - 1
  let slot = hash & mask
  for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
    const first = found - 1
    const isSame =
      hashes[first] === hash &&
      isSameWord(all[table.sources[first]!]!, table.ordinals[first]!, source, ordinal)
    if (isSame) {
      nexts[lasts[first]!] = id
      lasts[first] = id
      return
    }
    slot = (slot + 1) & mask
  }
  slots[slot] = id + 1
  table.firsts[table.firstCount++] = id
}

function isSameWord(x: WordSource, a: number, y: WordSource, b: number): boolean {
  const start = x.words[a * WORD + W_START]!
  const end = x.words[a * WORD + W_END]!
  const shift = y.words[b * WORD + W_START]! - start
  if (y.words[b * WORD + W_END]! - shift !== end) return false
  for (let i = start; i < end; i++) if (x.terms[i] !== y.terms[i + shift]) return false
  return true
}
