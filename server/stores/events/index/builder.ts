// Gathers the postings of one group in memory: for every (word, path) the docs that hold it. Words and
// pairs live in open-addressing tables over typed arrays; docs go as varint gaps into slices of one slab
// that double as a posting grows (each ends with a pointer to the next), so nothing here makes objects.
import { writeVarint } from './postings.ts'
import { FOLDED, HASH_START, HASH_STEP, type WordSink } from './scan.ts'

/** Columns of a pair's row in `pairs`; `LAST` is `NO_DOC` at first. A single doc needs no slice. */
const PAIR = 8
const P_HASH = 0
const P_NODE = 1
const P_TERM = 2
const P_LAST = 3
const P_AT = 4
const P_END = 5
const P_HEAD = 6
const P_NEXT = 7
const NO_DOC = -1

/** Columns of a word's row in `terms`. */
const TERM = 4
const T_HASH = 0
const T_OFFSET = 1
const T_LENGTH = 2
const T_PAIRS = 3

const FIRST_SLICE_BYTES = 16
const MAX_SLICE_LEVEL = 9
const POINTER_BYTES = 4
/** Slices up to this level are shorter to copy byte by byte. */
const SHORT_SLICE_LEVEL = 2

/** A group closes when its tables hold this many pairs: about 100 MB. */
export const MAX_GROUP_PAIRS = 2_000_000

/** The tables of one group. Row 0 of `pairs` and `terms` stays empty, so that 0 means none. */
export interface GroupBuilder {
  pairs: Int32Array<ArrayBuffer>
  pairSlots: Int32Array<ArrayBuffer>
  pairCount: number
  terms: Int32Array<ArrayBuffer>
  termSlots: Int32Array<ArrayBuffer>
  termCount: number
  /** The words' folded bytes. */
  text: Uint8Array<ArrayBuffer>
  textUsed: number
  slab: Uint8Array<ArrayBuffer>
  slabUsed: number
  /** Pair of each path's own posting: the docs that have the path. */
  keyPairs: Int32Array<ArrayBuffer>
  maxNode: number
  doc: number
  /** How bytes are folded before they are compared and kept. */
  readonly folding: Uint8Array
  /** Nodes that had an empty list. */
  readonly emptied: Set<number>
  /** Docs that every search must look at, ascending. */
  always: number[]
  joined: Uint8Array<ArrayBuffer>
}

/** Bytes as they are. */
export const UNFOLDED = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/** An empty group. One builder serves many groups, one after another. */
export function createGroupBuilder(folding: Uint8Array = FOLDED): GroupBuilder {
  return {
    folding,
    emptied: new Set(),
    pairs: new Int32Array(PAIR << 16),
    pairSlots: new Int32Array(1 << 18),
    pairCount: 1,
    terms: new Int32Array(TERM << 15),
    termSlots: new Int32Array(1 << 17),
    termCount: 1,
    text: new Uint8Array(1 << 20),
    textUsed: 0,
    slab: new Uint8Array(1 << 22),
    slabUsed: POINTER_BYTES,
    keyPairs: new Int32Array(1024),
    maxNode: 0,
    doc: 0,
    always: [],
    joined: new Uint8Array(1 << 16),
  }
}

/** Empties the builder for the next group. */
export function resetBuilder(group: GroupBuilder): void {
  group.pairSlots.fill(0)
  group.termSlots.fill(0)
  group.keyPairs.fill(0)
  group.pairCount = 1
  group.termCount = 1
  group.textUsed = 0
  group.slabUsed = POINTER_BYTES
  group.maxNode = 0
  group.always = []
  group.emptied.clear()
}

/**
 * What the scanner tells goes into the group, and columns' values into `values` (made with `UNFOLDED`),
 * under their `doc`; docs ascend.
 */
export function sinkOf(group: GroupBuilder, values: GroupBuilder): WordSink {
  return {
    emptyList: (node) => void group.emptied.add(node),
    value: (node, bytes, start, end) => {
      addWord(values, node, bytes, start, end, hashValue(bytes, start, end))
    },
    word: (node, bytes, start, end, hash) => addWord(group, node, bytes, start, end, hash),
    key: (node) => addKey(group, node),
    always: () => {
      if (group.always.at(-1) !== group.doc) group.always.push(group.doc)
    },
  }
}

/** True when the group must close. */
export function isFull(group: GroupBuilder): boolean {
  return group.pairCount > MAX_GROUP_PAIRS
}

function larger(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2)
  to.set(from)
  return to
}

function largerBytes(from: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(from.length * 2)
  to.set(from)
  return to
}

function hashValue(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, HASH_STEP)
  return hash
}

function mix(hash: number, node: number): number {
  let mixed = hash ^ Math.imul(node + 1, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
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
  for (let pair = pairSlots[slot]!; pair !== 0; pair = pairSlots[slot]!) {
    const row = pair * PAIR
    if (pairs[row + P_HASH] === hash && pairs[row + P_NODE] === node) {
      const term = pairs[row + P_TERM]! * TERM
      if (
        terms[term + T_LENGTH] === end - start &&
        sameText(group, terms[term + T_OFFSET]!, bytes, start, end)
      ) {
        post(group, row)
        return
      }
    }
    slot = (slot + 1) & mask
  }
  const term = findTerm(group, bytes, start, end, mix(wordHash, 0))
  post(group, addPair(group, hash, node, term) * PAIR)
}

function addKey(group: GroupBuilder, node: number): void {
  while (node >= group.keyPairs.length) group.keyPairs = larger(group.keyPairs)
  if (node > group.maxNode) group.maxNode = node
  let pair = group.keyPairs[node]!
  if (pair === 0) {
    pair = addPair(group, 0, node, 0)
    group.keyPairs[node] = pair
  }
  post(group, pair * PAIR)
}

function sameText(
  group: GroupBuilder,
  offset: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const { text, folding } = group
  const shift = offset - start
  for (let i = start; i < end; i++) if (text[shift + i] !== folding[bytes[i]!]) return false
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
      sameText(group, terms[row + T_OFFSET]!, bytes, start, end)
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
  if (row + TERM > group.terms.length) group.terms = larger(group.terms)
  while (group.textUsed + end - start > group.text.length) group.text = largerBytes(group.text)
  const { terms, text, folding } = group
  terms[row + T_HASH] = hash
  terms[row + T_OFFSET] = group.textUsed
  terms[row + T_LENGTH] = end - start
  terms[row + T_PAIRS] = 0
  let used = group.textUsed
  for (let i = start; i < end; i++) text[used++] = folding[bytes[i]!]!
  group.textUsed = used
  if (term * 2 >= group.termSlots.length) {
    group.termSlots = rehash(group.termSlots.length * 2, terms, TERM, T_HASH, term)
  }
  enter(group.termSlots, hash, term)
  return term
}

function addPair(group: GroupBuilder, hash: number, node: number, term: number): number {
  const pair = group.pairCount++
  const row = pair * PAIR
  if (row + PAIR > group.pairs.length) group.pairs = larger(group.pairs)
  const { pairs, terms } = group
  pairs[row + P_HASH] = hash
  pairs[row + P_NODE] = node
  pairs[row + P_TERM] = term
  pairs[row + P_LAST] = NO_DOC
  pairs[row + P_AT] = 0
  pairs[row + P_END] = 0
  pairs[row + P_HEAD] = 0
  pairs[row + P_NEXT] = terms[term * TERM + T_PAIRS]!
  if (pair * 2 >= group.pairSlots.length) {
    group.pairSlots = rehash(group.pairSlots.length * 2, pairs, PAIR, P_HASH, pair)
  }
  if (term !== 0) {
    terms[term * TERM + T_PAIRS] = pair
    enter(group.pairSlots, hash, pair)
  }
  return pair
}

/** Slots for the rows below `count`; rows of keys, whose hash is 0, do no harm among them. */
function rehash(
  size: number,
  rows: Int32Array,
  width: number,
  hashColumn: number,
  count: number,
): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(size)
  for (let id = 1; id < count; id++) enter(slots, rows[id * width + hashColumn]!, id)
  return slots
}

function enter(slots: Int32Array, hash: number, id: number): void {
  const mask = slots.length - 1
  let slot = hash & mask
  while (slots[slot] !== 0) slot = (slot + 1) & mask
  slots[slot] = id
}

/** Adds the current doc to the posting of the pair at `row`, once. */
function post(group: GroupBuilder, row: number): void {
  const { pairs, doc } = group
  const last = pairs[row + P_LAST]!
  if (last === doc) return
  pairs[row + P_LAST] = doc
  if (last === NO_DOC) return
  if (pairs[row + P_END] === 0) putVarint(group, row, last)
  putVarint(group, row, doc - last)
}

function putVarint(group: GroupBuilder, row: number, value: number): void {
  const { pairs } = group
  let rest = value
  for (;;) {
    if (pairs[row + P_AT] === pairs[row + P_END]) addSlice(group, row)
    const at = pairs[row + P_AT]!
    pairs[row + P_AT] = at + 1
    if (rest < 0x80) {
      group.slab[at] = rest
      return
    }
    group.slab[at] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
}

/** Links a fresh slice to the pair at `row`, twice as large as its last one. */
function addSlice(group: GroupBuilder, row: number): void {
  const { pairs } = group
  const end = pairs[row + P_END]!
  const level = end === 0 ? 0 : Math.min(MAX_SLICE_LEVEL, group.slab[end]! + 1)
  const size = FIRST_SLICE_BYTES << level
  if (group.slabUsed + size + POINTER_BYTES > group.slab.length) {
    group.slab = largerBytes(group.slab)
  }
  const { slab, slabUsed: start } = group
  group.slabUsed = start + size + POINTER_BYTES
  slab[start + size] = level
  if (end === 0) pairs[row + P_HEAD] = start
  else {
    slab[end] = start & 0xff
    slab[end + 1] = (start >>> 8) & 0xff
    slab[end + 2] = (start >>> 16) & 0xff
    slab[end + 3] = start >>> 24
  }
  pairs[row + P_AT] = start
  pairs[row + P_END] = start + size
}

/** Copies the posting of the pair at `row` to `group.joined`; returns its length. */
function join(group: GroupBuilder, row: number): number {
  const { pairs, slab } = group
  if (pairs[row + P_END] === 0) return writeVarint(group.joined, 0, pairs[row + P_LAST]!)
  const last = pairs[row + P_AT]!
  let start = pairs[row + P_HEAD]!
  let length = 0
  for (let level = 0; ; level = Math.min(MAX_SLICE_LEVEL, level + 1)) {
    const end = start + (FIRST_SLICE_BYTES << level)
    const stop = last >= start && last <= end ? last : end
    while (length + stop - start > group.joined.length) group.joined = largerBytes(group.joined)
    const { joined } = group
    if (level > SHORT_SLICE_LEVEL) joined.set(slab.subarray(start, stop), length)
    else for (let i = start, o = length; i < stop; i++, o++) joined[o] = slab[i]!
    length += stop - start
    if (stop === last) return length
    start = slab[end]! | (slab[end + 1]! << 8) | (slab[end + 2]! << 16) | (slab[end + 3]! << 24)
  }
}

/** Takes a posting: the bytes are `group.joined[0, length)`. */
export type PostingVisitor = (node: number, posting: Uint8Array, length: number) => void

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

/** Visits the posting of each path that a word occurs under. */
export function eachPair(group: GroupBuilder, term: number, visit: PostingVisitor): void {
  for (let pair = group.terms[term * TERM + T_PAIRS]!; pair !== 0; ) {
    const row = pair * PAIR
    const length = join(group, row)
    visit(group.pairs[row + P_NODE]!, group.joined, length)
    pair = group.pairs[row + P_NEXT]!
  }
}

/** Visits each path that occurs, with the docs that have it. */
export function eachKey(group: GroupBuilder, visit: PostingVisitor): void {
  for (let node = 0; node <= group.maxNode; node++) {
    const pair = group.keyPairs[node]!
    if (pair === 0) continue
    const length = join(group, pair * PAIR)
    visit(node, group.joined, length)
  }
}
