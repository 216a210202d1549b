// Gathers one group in memory: for every (word, path) the docs that hold it. Whole values repeat in logs, so
// a value seen before under its path only notes the doc at the value; which words it is made of was learned
// the first time, and a word's posting is at last the union of its own docs and those of its values. Paths
// whose values seldom repeat are cut into words every time.
import { createKeys, type KeyPostings, resetKeys } from './keys.ts'
import { FOLDED, type WordSink } from './scan.ts'
import { createSlab, P_LAST, post, resetSlab, type Slab, startPosting } from './slab.ts'
import { enter, largerBytes, largerRows, largerSlots, mix } from './tables.ts'
import {
  addValue,
  createValueTable,
  findValue,
  postValue,
  resetValues,
  type ValueTable,
} from './value-table.ts'

/** Columns of a pair's row; the first four are its posting. */
export const PAIR = 8
const P_HASH = 4
export const P_NODE = 5
const P_TERM = 6
export const P_NEXT = 7

/** Columns of a word's row in `terms`. */
const TERM = 4
const T_HASH = 0
const T_OFFSET = 1
const T_LENGTH = 2
const T_PAIRS = 3

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
  pairs: Int32Array<ArrayBuffer>
  pairSlots: Int32Array<ArrayBuffer>
  pairCount: number
  /** First link of each pair. */
  pairLinks: Int32Array<ArrayBuffer>
  links: Int32Array<ArrayBuffer>
  linkCount: number
  terms: Int32Array<ArrayBuffer>
  termSlots: Int32Array<ArrayBuffer>
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
  /** By node: events whose message is also the value there. */
  readonly messages: Map<number, number>
  /** Docs that every search must look at, ascending. */
  always: number[]
}

/** An empty group. One builder serves many groups, one after another. */
export function createGroupBuilder(): GroupBuilder {
  return {
    pairs: new Int32Array(PAIR << 16),
    pairSlots: new Int32Array(1 << 18),
    pairCount: 1,
    pairLinks: new Int32Array(1 << 16),
    links: new Int32Array(LINK << 14),
    linkCount: 1,
    terms: new Int32Array(TERM << 15),
    termSlots: new Int32Array(1 << 17),
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
    messages: new Map(),
    always: [],
  }
}

/** Empties the builder for the next group; `renumbered`: nodes no longer mean the same. */
export function resetBuilder(group: GroupBuilder, renumbered = false): void {
  group.pairSlots.fill(0)
  group.termSlots.fill(0)
  group.pairLinks.fill(0, 0, group.pairCount)
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
  resetSlab(group.slab)
  resetValues(group.values)
  resetKeys(group.keys)
}

/** What the scanner finds goes into the group under its `doc`; docs ascend. */
export function wordsInto(group: GroupBuilder): Omit<WordSink, 'value' | 'key' | 'emptyList'> {
  return {
    word: (node, bytes, start, end, hash) => addWord(group, node, bytes, start, end, hash),
    repeats: (node) => node >= group.untried.length || group.untried[node] === 0,
    known: (node, bytes, start, end) => isKnown(group, node, bytes, start, end),
    learned: () => {
      group.learning = 0
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
  return group.pairCount > MAX_GROUP_PAIRS || group.linkCount > MAX_GROUP_PAIRS
}

function addWord(
  group: GroupBuilder,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  wordHash: number,
): void {
  const { pairs, pairSlots, terms } = group
  const hash = mix(wordHash, node)
  const mask = pairSlots.length - 1
  let slot = hash & mask
  let pair = pairSlots[slot]!
  for (; pair !== 0; pair = pairSlots[slot]!) {
    const row = pair * PAIR
    if (pairs[row + P_HASH] === hash && pairs[row + P_NODE] === node) {
      const term = pairs[row + P_TERM]! * TERM
      if (
        terms[term + T_LENGTH] === end - start &&
        sameText(group.text, terms[term + T_OFFSET]!, bytes, start, end)
      )
        break
    }
    slot = (slot + 1) & mask
  }
  if (pair === 0) {
    pair = addPair(group, hash, node, findTerm(group, bytes, start, end, mix(wordHash, 0)))
  }
  if (group.learning !== 0) link(group, pair, group.learning)
  else post(group.slab, group.pairs, pair * PAIR, group.doc)
}

function link(group: GroupBuilder, pair: number, value: number): void {
  const head = group.pairLinks[pair]!
  if (head !== 0 && group.links[head * LINK + L_VALUE] === value) return
  const id = group.linkCount++
  if ((id + 1) * LINK > group.links.length) group.links = largerRows(group.links)
  group.links[id * LINK + L_VALUE] = value
  group.links[id * LINK + L_NEXT] = head
  group.pairLinks[pair] = id
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

function findTerm(
  group: GroupBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  hash: number,
): number {
  const { terms, termSlots } = group
  const mask = termSlots.length - 1
  let slot = hash & mask
  for (let term = termSlots[slot]!; term !== 0; term = termSlots[slot]!) {
    const row = term * TERM
    if (
      terms[row + T_HASH] === hash &&
      terms[row + T_LENGTH] === end - start &&
      sameText(group.text, terms[row + T_OFFSET]!, bytes, start, end)
    )
      return term
    slot = (slot + 1) & mask
  }
  return addTerm(group, bytes, start, end, hash)
}

function addTerm(
  group: GroupBuilder,
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
  terms[row + T_HASH] = hash
  terms[row + T_OFFSET] = group.textUsed
  terms[row + T_LENGTH] = end - start
  terms[row + T_PAIRS] = 0
  let used = group.textUsed
  for (let i = start; i < end; i++) text[used++] = FOLDED[bytes[i]!]!
  group.textUsed = used
  if (term * 2 >= group.termSlots.length) {
    group.termSlots = largerSlots(group.termSlots, terms, TERM, T_HASH, term)
  }
  enter(group.termSlots, hash, term)
  return term
}

function addPair(group: GroupBuilder, hash: number, node: number, term: number): number {
  const pair = group.pairCount++
  const row = pair * PAIR
  if (row + PAIR > group.pairs.length) group.pairs = largerRows(group.pairs)
  while (pair >= group.pairLinks.length) group.pairLinks = largerRows(group.pairLinks)
  const { pairs, terms } = group
  startPosting(pairs, row)
  pairs[row + P_HASH] = hash
  pairs[row + P_NODE] = node
  pairs[row + P_TERM] = term
  pairs[row + P_NEXT] = terms[term * TERM + T_PAIRS]!
  terms[term * TERM + T_PAIRS] = pair
  if (pair * 2 >= group.pairSlots.length) {
    group.pairSlots = largerSlots(group.pairSlots, pairs, PAIR, P_HASH, pair)
  }
  enter(group.pairSlots, hash, pair)
  return pair
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

/** First pair of a word; the others follow by `P_NEXT`. */
export function firstPair(group: GroupBuilder, term: number): number {
  return group.terms[term * TERM + T_PAIRS]!
}

/** The only doc of a pair that came from no value; -1 when it has others. */
export function onlyDoc(group: GroupBuilder, pair: number): number {
  const row = pair * PAIR
  const { pairs } = group
  return group.pairLinks[pair] === 0 && pairs[row + P_LAST + 2] === 0 ? pairs[row + P_LAST]! : -1
}
