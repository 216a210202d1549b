// Reads the words and pairs of a table that is complete.
import { P_END, P_LAST } from './slab.ts'
import {
  C_LINKS,
  C_NEXT,
  C_NODE,
  PAIR,
  T_LENGTH,
  T_OFFSET,
  TERM,
  type WordTable,
} from './word-table.ts'

/** Words of the group; they are numbered from 1. */
export function termTotal(group: WordTable): number {
  return group.termCount - 1
}

/** Where a word's bytes start in `group.text`. */
export function termOffset(group: WordTable, term: number): number {
  return group.terms[term * TERM + T_OFFSET]!
}

export function termLength(group: WordTable, term: number): number {
  return group.terms[term * TERM + T_LENGTH]!
}

/** A pair of a word: the docs that came one by one, and those of the values that hold the word. */
export interface GatheredPair {
  rows: Int32Array
  row: number
  node: number
  /** First link, 0 for none. */
  link: number
  /** The only doc of a pair that came from no value; -1 when it has others. */
  doc: number
  /** The next one in `pairs`. */
  next: number
  isLast: boolean
}

/** Reads a word's first pair. */
export function readTermPair(group: WordTable, term: number, pair: GatheredPair): void {
  readPairAt(group.terms, term * TERM, pair)
}

/** Reads the pair after one that is not the last. */
export function readNextPair(group: WordTable, pair: GatheredPair): void {
  readPairAt(group.pairs, pair.next * PAIR, pair)
}

function readPairAt(rows: Int32Array, row: number, pair: GatheredPair): void {
  const link = rows[row + C_LINKS]!
  pair.rows = rows
  pair.row = row
  pair.node = rows[row + C_NODE]!
  pair.link = link
  pair.doc = link === 0 && rows[row + P_END] === 0 ? rows[row + P_LAST]! : -1
  pair.next = rows[row + C_NEXT]!
  pair.isLast = pair.next === 0
}

/** Adds up how many pairs each node has. */
export function pairsByNode(group: WordTable): Map<number, number> {
  const counts = new Map<number, number>()
  const count = (node: number) => void counts.set(node, (counts.get(node) ?? 0) + 1)
  for (let term = 1; term < group.termCount; term++) count(group.terms[term * TERM + C_NODE]!)
  for (let pair = 1; pair < group.pairCount; pair++) count(group.pairs[pair * PAIR + C_NODE]!)
  return counts
}
