// The words of one group with their postings by path, in open-addressing tables over typed arrays: docs that
// came one by one, and links to the values that hold a word (value-table.ts).
import { FOLDED } from './scan-text.ts'
import { createSlab, P_AT, post, resetSlab, type Slab, startPosting } from './slab.ts'
import { createSlots, enter, largerBytes, largerRows, mix, type Slots } from './tables.ts'

/** Columns of a word's row, which is its first pair as well: the first four are that one's posting. */
export const TERM = 10
export const C_NODE = 4
/** First link. */
export const C_LINKS = 5
/** The word's next pair, a row of `pairs`. */
export const C_NEXT = 6
export const T_OFFSET = 7
export const T_LENGTH = 8
/** Columns of a further pair's row: up to `C_NEXT` as those of a word. */
export const PAIR = 8
const P_TERM = 7

/** Columns of a link in `links`: a value that holds a pair's word. */
export const LINK = 2
export const L_VALUE = 0
export const L_NEXT = 1

/** Row 0 of each table stays empty. */
export interface WordTable {
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
  /** The value whose words are being learned, 0 for none. */
  learning: number
  doc: number
  readonly queue: WordQueue
}

/** An empty table. */
export function createWordTable(): WordTable {
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
    learning: 0,
    doc: 0,
    queue: {
      rows: new Int32Array(QUEUED_MAX * QUEUED),
      count: 0,
      text: new Uint8Array(QUEUED_BYTES),
      used: 0,
    },
  }
}

/** Forgets all words. */
export function resetWordTable(group: WordTable): void {
  group.pairSlots.pairs.fill(0)
  group.termSlots.pairs.fill(0)
  group.pairCount = 1
  group.linkCount = 1
  group.termCount = 1
  group.textUsed = 0
  group.learning = 0
  group.queue.count = 0
  group.queue.used = 0
  resetSlab(group.slab)
}

/** Words wait until so many are there. */
const QUEUED_MAX = 256
const QUEUED_BYTES = 1 << 16
/** Columns of a waiting word's row. */
const QUEUED = 6
const Q_HASH = 0
const Q_NODE = 1
const Q_DOC = 2
const Q_START = 3
const Q_LENGTH = 4
/** The word it may be, by its hash. */
const Q_TERM = 5

/** Words on their way into the table. */
export interface WordQueue {
  readonly rows: Int32Array<ArrayBuffer>
  count: number
  /** Their folded bytes. */
  readonly text: Uint8Array<ArrayBuffer>
  used: number
}

/**
 * Adds a word of the current doc, later: the table is far larger than the caches, and looking up many words
 * at a time waits for memory once instead of for each.
 */
export function queueWord(
  group: WordTable,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  wordHash: number,
): void {
  const { queue } = group
  const { rows, text } = queue
  const at = queue.count * QUEUED
  rows[at + Q_HASH] = mix(wordHash, 0)
  rows[at + Q_NODE] = node
  rows[at + Q_DOC] = group.doc
  rows[at + Q_START] = queue.used
  rows[at + Q_LENGTH] = end - start
  let used = queue.used
  for (let i = start; i < end; i++) text[used++] = FOLDED[bytes[i]!]!
  queue.used = used
  queue.count++
  if (queue.count === QUEUED_MAX) flushWords(group)
}

/** Adds the words that wait; to be called before the table is read. */
export function flushWords(group: WordTable): void {
  const { queue } = group
  const { rows, text } = queue
  touch(group)
  for (let n = 0, at = 0; n < queue.count; n++, at += QUEUED) {
    const start = rows[at + Q_START]!
    const end = start + rows[at + Q_LENGTH]!
    addWord(group, rows[at + Q_NODE]!, text, start, end, rows[at + Q_HASH]!, rows[at + Q_DOC]!)
  }
  queue.count = 0
  queue.used = 0
}

/** Keeps reads whose value nobody needs from being left out. */
let touched = 0

/** Reads what the waiting words will need, each kind for all of them: the reads do not wait for each other. */
function touch({ queue, termSlots, terms, text, slab }: WordTable): void {
  const { rows, count } = queue
  const { pairs: slots, mask } = termSlots
  const last = count * QUEUED
  for (let at = 0; at < last; at += QUEUED) {
    const hash = rows[at + Q_HASH]!
    let slot = (hash & mask) << 1
    while (slots[slot + 1] !== 0 && slots[slot] !== hash) slot = (slot + 2) & ((mask << 1) | 1)
    rows[at + Q_TERM] = slots[slot + 1]!
  }
  let sum = 0
  for (let at = 0; at < last; at += QUEUED) {
    const row = rows[at + Q_TERM]! * TERM
    sum += terms[row + P_AT]! + terms[row + T_OFFSET]!
  }
  for (let at = 0; at < last; at += QUEUED) {
    const row = rows[at + Q_TERM]! * TERM
    sum += text[terms[row + T_OFFSET]!]! + slab.bytes[terms[row + P_AT]!]!
  }
  touched = (touched + sum) | 0
}

/**
 * The doc, or all of the value being learned, has the word `bytes[start, end)` under the node. `hash`: of the
 * folded word, mixed. Docs of a word ascend.
 */
export function addWord(
  group: WordTable,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  hash: number,
  doc: number,
): void {
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
      if (terms[row + C_NODE] === node) addDocTo(group, terms, row, doc)
      else addFurther(group, term, node, doc)
      return
    }
    slot = (slot + 2) & ((mask << 1) | 1)
  }
  const term = addTerm(group, node, bytes, start, end, hash)
  addDocTo(group, group.terms, term * TERM, doc)
}

/** The doc, or all of the value being learned, has the pair at `row`. */
function addDocTo(group: WordTable, rows: Int32Array, row: number, doc: number): void {
  if (group.learning === 0) {
    post(group.slab, rows, row, doc)
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
function addFurther(group: WordTable, term: number, node: number, doc: number): void {
  const hash = mix(term, node)
  const { pairs } = group
  const { pairs: slots, mask } = group.pairSlots
  let slot = (hash & mask) << 1
  for (let pair = slots[slot + 1]!; pair !== 0; pair = slots[slot + 1]!) {
    const row = pair * PAIR
    if (slots[slot] === hash && pairs[row + P_TERM] === term && pairs[row + C_NODE] === node) {
      addDocTo(group, pairs, row, doc)
      return
    }
    slot = (slot + 2) & ((mask << 1) | 1)
  }
  const pair = addPair(group, hash, node, term)
  addDocTo(group, group.pairs, pair * PAIR, doc)
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
  group: WordTable,
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

function addPair(group: WordTable, hash: number, node: number, term: number): number {
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
