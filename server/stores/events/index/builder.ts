// Gathers one group in memory: for every (word, path) the docs that hold it. Whole values repeat in logs, so
// a value seen before under its path only notes the doc at the value; which words it is made of was learned
// the first time, and a word's posting is at last the union of its own docs and those of its values. Paths
// whose values seldom repeat are cut into words every time.
import { createKeys, type KeyPostings, resetKeys } from './keys.ts'
import { MAX_PATHS } from './paths.ts'
import { FOLDED, type WordSink } from './scan-text.ts'
import { createSlab, P_END, P_LAST, post, resetSlab, type Slab, startPosting } from './slab.ts'
import { createSlots, enter, largerBytes, largerRows, mix, type Slots } from './tables.ts'
import {
  addValue,
  createValueTable,
  findValue,
  postValue,
  resetValues,
  type ValueTable,
} from './value-table.ts'

/** Columns of a word's row, which is its first pair as well: the first four are that one's posting. */
const TERM = 10
const C_NODE = 4
/** First link. */
const C_LINKS = 5
/** The word's next pair, a row of `pairs`. */
const C_NEXT = 6
const T_OFFSET = 7
const T_LENGTH = 8
/** Columns of a further pair's row: up to `C_NEXT` as those of a word. */
const PAIR = 8
const P_TERM = 7

/** Columns of a link in `links`: a value that holds a pair's word. */
export const LINK = 2
export const L_VALUE = 0
export const L_NEXT = 1

/** A group closes when its tables hold this many pairs: about 100 MB. */
export const MAX_GROUP_PAIRS = 2_000_000
/** Values of a path are no longer looked for when so many are known and they are half of those seen. */
const RARELY_REPEATED = 8192
/** A path that was given up is tried again after so many groups. */
const GROUPS_UNTRIED = 16

/** The tables of one group. Row 0 of each stays empty. */
export interface GroupBuilder {
  /** Pairs of a word and a path beyond each word's first. */
  pairs: Int32Array<ArrayBuffer>
  readonly pairSlots: Slots
  pairCount: number
  links: Int32Array<ArrayBuffer>
  linkCount: number
  terms: Int32Array<ArrayBuffer>
  readonly termSlots: Slots
  termCount: number
  /** The words' folded bytes. */
  text: Uint8Array<ArrayBuffer>
  textUsed: number
  readonly slab: Slab
  readonly values: ValueTable
  /** By node: values seen and known, and 1 where they are not looked for. */
  seen: Int32Array<ArrayBuffer>
  known: Int32Array<ArrayBuffer>
  untried: Uint8Array<ArrayBuffer>
  groups: number
  /** The value whose words are being learned, 0 for none. */
  learning: number
  /** Values of which something is always proposed. */
  readonly alwaysValues: Set<number>
  readonly keys: KeyPostings
  doc: number
  /** Nodes that had an empty list. */
  readonly emptied: Set<number>
  /** By node: 1 where some value is not just one word. */
  composite: Uint8Array<ArrayBuffer>
  /** By column and node: events whose value in the column is the string there. */
  readonly sames: Map<number, number>
  /** By node: events whose message is also the value there. */
  readonly messages: Map<number, number>
  /** Docs that every search must look at, ascending. */
  always: number[]
}

/** An empty group. One builder serves many groups, one after another. */
export function createGroupBuilder(): GroupBuilder {
  return {
    pairs: new Int32Array(PAIR << 14),
    pairSlots: createSlots(1 << 16),
    pairCount: 1,
    links: new Int32Array(LINK << 14),
    linkCount: 1,
    terms: new Int32Array(TERM << 15),
    termSlots: createSlots(1 << 16),
    termCount: 1,
    text: new Uint8Array(1 << 20),
    textUsed: 0,
    slab: createSlab(),
    values: createValueTable(),
    seen: new Int32Array(1024),
    known: new Int32Array(1024),
    untried: new Uint8Array(1024),
    groups: 0,
    learning: 0,
    alwaysValues: new Set(),
    keys: createKeys(),
    doc: 0,
    emptied: new Set(),
    composite: new Uint8Array(1024),
    sames: new Map(),
    messages: new Map(),
    always: [],
  }
}

/** Empties the builder for the next group; `renumbered`: nodes no longer mean the same. */
export function resetBuilder(group: GroupBuilder, renumbered = false): void {
  group.pairSlots.pairs.fill(0)
  group.termSlots.pairs.fill(0)
  group.seen.fill(0)
  group.known.fill(0)
  if (renumbered || ++group.groups % GROUPS_UNTRIED === 0) group.untried.fill(0)
  group.pairCount = 1
  group.linkCount = 1
  group.termCount = 1
  group.textUsed = 0
  group.learning = 0
  group.always = []
  group.alwaysValues.clear()
  group.emptied.clear()
  group.messages.clear()
  group.sames.clear()
  group.composite.fill(0)
  resetSlab(group.slab)
  resetValues(group.values)
  resetKeys(group.keys)
}

/** What the scanner finds goes into the group under its `doc`; docs ascend. */
export function wordsInto(
  group: GroupBuilder,
): Omit<WordSink, 'value' | 'sameValue' | 'key' | 'emptyList'> {
  return {
    word: (node, bytes, start, end, hash) => addWord(group, node, bytes, start, end, hash),
    repeats: (node) => !isUntried(group, node),
    known: (node, bytes, start, end) => isKnown(group, node, bytes, start, end),
    learned: () => {
      group.learning = 0
    },
    composite: (node) => {
      while (node >= group.composite.length) group.composite = largerBytes(group.composite)
      group.composite[node] = 1
    },
    sameMessage: (node) => {
      group.messages.set(node, (group.messages.get(node) ?? 0) + 1)
    },
    always: () => {
      if (group.learning !== 0) group.alwaysValues.add(group.learning)
      noteAlways(group)
    },
  }
}

/** Notes that the column's value is the string at the node. */
export function noteSame(group: GroupBuilder, column: number, node: number): void {
  const key = column * MAX_PATHS + node
  group.sames.set(key, (group.sames.get(key) ?? 0) + 1)
}

/** True when values of the node are not looked for. */
export function isUntried(group: GroupBuilder, node: number): boolean {
  return group.untried[node] === 1
}

function noteAlways(group: GroupBuilder): void {
  if (group.always.at(-1) !== group.doc) group.always.push(group.doc)
}

/** Notes the doc at a value that was seen before; otherwise the words to come are the value's. */
function isKnown(
  group: GroupBuilder,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const { values } = group
  if (node >= group.seen.length) widen(group, node)
  const seen = group.seen[node]! + 1
  group.seen[node] = seen
  let value = findValue(values, node, bytes, start, end)
  const isNew = value === 0
  if (isNew) {
    value = addValue(values, node, bytes, start, end)
    const known = group.known[node]! + 1
    group.known[node] = known
    if (known >= RARELY_REPEATED && known * 2 > seen) group.untried[node] = 1
    group.learning = value
  } else if (group.alwaysValues.size > 0 && group.alwaysValues.has(value)) noteAlways(group)
  postValue(values, value, group.doc)
  return !isNew
}

function widen(group: GroupBuilder, node: number): void {
  while (node >= group.seen.length) {
    group.seen = largerRows(group.seen)
    group.known = largerRows(group.known)
    group.untried = largerBytes(group.untried)
  }
}

/** True when the group must close. */
export function isFull(group: GroupBuilder): boolean {
  return group.pairCount + group.termCount + group.linkCount > MAX_GROUP_PAIRS
}

function addWord(
  group: GroupBuilder,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  wordHash: number,
): void {
  const hash = mix(wordHash, 0)
  const { terms, text } = group
  const { pairs: slots, mask } = group.termSlots
  let slot = (hash & mask) << 1
  for (let term = slots[slot + 1]!; term !== 0; term = slots[slot + 1]!) {
    const row = term * TERM
    if (
      slots[slot] === hash &&
      terms[row + T_LENGTH] === end - start &&
      sameText(text, terms[row + T_OFFSET]!, bytes, start, end)
    ) {
      if (terms[row + C_NODE] === node) addDocTo(group, terms, row)
      else addFurther(group, term, node)
      return
    }
    slot = (slot + 2) & ((mask << 1) | 1)
  }
  const term = addTerm(group, node, bytes, start, end, hash)
  addDocTo(group, group.terms, term * TERM)
}

/** The current doc, or all of the value being learned, has the pair at `row`. */
function addDocTo(group: GroupBuilder, rows: Int32Array, row: number): void {
  if (group.learning === 0) {
    post(group.slab, rows, row, group.doc)
    return
  }
  const head = rows[row + C_LINKS]!
  if (head !== 0 && group.links[head * LINK + L_VALUE] === group.learning) return
  const id = group.linkCount++
  if ((id + 1) * LINK > group.links.length) group.links = largerRows(group.links)
  group.links[id * LINK + L_VALUE] = group.learning
  group.links[id * LINK + L_NEXT] = head
  rows[row + C_LINKS] = id
}

/** A known word under another path than its first. */
function addFurther(group: GroupBuilder, term: number, node: number): void {
  const hash = mix(term, node)
  const { pairs } = group
  const { pairs: slots, mask } = group.pairSlots
  let slot = (hash & mask) << 1
  for (let pair = slots[slot + 1]!; pair !== 0; pair = slots[slot + 1]!) {
    const row = pair * PAIR
    if (slots[slot] === hash && pairs[row + P_TERM] === term && pairs[row + C_NODE] === node) {
      addDocTo(group, pairs, row)
      return
    }
    slot = (slot + 2) & ((mask << 1) | 1)
  }
  const pair = addPair(group, hash, node, term)
  addDocTo(group, group.pairs, pair * PAIR)
}

function sameText(
  text: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const shift = offset - start
  for (let i = start; i < end; i++) if (text[shift + i] !== FOLDED[bytes[i]!]) return false
  return true
}

function addTerm(
  group: GroupBuilder,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  hash: number,
): number {
  const term = group.termCount++
  const row = term * TERM
  if (row + TERM > group.terms.length) group.terms = largerRows(group.terms)
  while (group.textUsed + end - start > group.text.length) group.text = largerBytes(group.text)
  const { terms, text } = group
  startPair(terms, row, node)
  terms[row + C_NEXT] = 0
  terms[row + T_OFFSET] = group.textUsed
  terms[row + T_LENGTH] = end - start
  let used = group.textUsed
  for (let i = start; i < end; i++) text[used++] = FOLDED[bytes[i]!]!
  group.textUsed = used
  enter(group.termSlots, hash, term)
  return term
}

function addPair(group: GroupBuilder, hash: number, node: number, term: number): number {
  const pair = group.pairCount++
  const row = pair * PAIR
  if (row + PAIR > group.pairs.length) group.pairs = largerRows(group.pairs)
  const { pairs, terms } = group
  startPair(pairs, row, node)
  pairs[row + C_NEXT] = terms[term * TERM + C_NEXT]!
  terms[term * TERM + C_NEXT] = pair
  pairs[row + P_TERM] = term
  enter(group.pairSlots, hash, pair)
  return pair
}

function startPair(rows: Int32Array, row: number, node: number): void {
  startPosting(rows, row)
  rows[row + C_NODE] = node
  rows[row + C_LINKS] = 0
}

/** Words of the group; they are numbered from 1. */
export function termTotal(group: GroupBuilder): number {
  return group.termCount - 1
}

/** Where a word's bytes start in `group.text`. */
export function termOffset(group: GroupBuilder, term: number): number {
  return group.terms[term * TERM + T_OFFSET]!
}

export function termLength(group: GroupBuilder, term: number): number {
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
export function readTermPair(group: GroupBuilder, term: number, pair: GatheredPair): void {
  readPairAt(group.terms, term * TERM, pair)
}

/** Reads the pair after one that is not the last. */
export function readNextPair(group: GroupBuilder, pair: GatheredPair): void {
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
export function pairsByNode(group: GroupBuilder): Map<number, number> {
  const counts = new Map<number, number>()
  const count = (node: number) => void counts.set(node, (counts.get(node) ?? 0) + 1)
  for (let term = 1; term < group.termCount; term++) count(group.terms[term * TERM + C_NODE]!)
  for (let pair = 1; pair < group.pairCount; pair++) count(group.pairs[pair * PAIR + C_NODE]!)
  return counts
}
