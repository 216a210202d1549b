// Gathers the postings of one group in memory: for every (word, path) the docs that hold it. Words and
// pairs live in open-addressing tables over typed arrays; docs go as varint gaps into slices of one slab
// that double as a posting grows, so nothing on this path makes an object.
import { writeVarint } from './postings.ts'
import { FOLDED, type WordSink } from './scan.ts'

/** A pair's row: see the names; `NO_DOC` in `LAST` means none yet. */
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

/** A term's row. */
const TERM = 4
const T_HASH = 0
const T_OFFSET = 1
const T_LENGTH = 2
const T_PAIRS = 3

const FIRST_SLICE_BYTES = 16
const MAX_SLICE_LEVEL = 9
const POINTER_BYTES = 4

/** A group closes when its tables hold this many pairs: about 100 MB. */
export const MAX_GROUP_PAIRS = 2_000_000

export interface GroupBuilder extends WordSink {
  /** What follows belongs to `doc`; docs ascend. */
  begin(doc: number): void
  /** True when the group must close. */
  full(): boolean
  terms(): number
  termOffset(term: number): number
  termLength(term: number): number
  termBytes(): Uint8Array
  /** Calls `visit` for each pair of a term with the posting's bytes in `out[0, length)`. */
  eachPair(term: number, visit: (node: number, posting: Uint8Array, length: number) => void): void
  /** Docs that every search must look at, ascending. */
  alwaysDocs(): readonly number[]
  /** Nodes that were seen, with the docs that have them. */
  eachKey(visit: (node: number, posting: Uint8Array, length: number) => void): void
  /** Empties it for the next group. */
  reset(): void
}

function larger(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2)
  to.set(from)
  return to
}

function mix(hash: number, node: number): number {
  const mixed = Math.imul(hash ^ Math.imul(node + 1, 0x9e3779b1), 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

/** An empty group. One builder serves many groups, one after another. */
export function createGroupBuilder(): GroupBuilder {
  let pairs = new Int32Array(PAIR << 16)
  let pairSlots = new Int32Array(1 << 18)
  let pairCount = 1
  let terms = new Int32Array(TERM << 15)
  let termSlots = new Int32Array(1 << 17)
  let termCount = 1
  let text = new Uint8Array(1 << 20)
  let textUsed = 0
  let slab = new Uint8Array(1 << 22)
  let slabUsed = POINTER_BYTES
  let keyPairs = new Int32Array(1024)
  let maxNode = 0
  let doc = 0
  let always: number[] = []
  let joined = new Uint8Array(1 << 16)

  function growPairs(): void {
    if (pairCount * PAIR === pairs.length) pairs = larger(pairs)
    if (pairCount * 2 < pairSlots.length) return
    pairSlots = new Int32Array(pairSlots.length * 2)
    const mask = pairSlots.length - 1
    for (let pair = 1; pair < pairCount; pair++) {
      if (pairs[pair * PAIR + P_TERM] === 0) continue
      let slot = pairs[pair * PAIR + P_HASH]! & mask
      while (pairSlots[slot] !== 0) slot = (slot + 1) & mask
      pairSlots[slot] = pair
    }
  }

  function growTerms(): void {
    if (termCount * TERM === terms.length) terms = larger(terms)
    if (termCount * 2 < termSlots.length) return
    termSlots = new Int32Array(termSlots.length * 2)
    const mask = termSlots.length - 1
    for (let term = 1; term < termCount; term++) {
      let slot = terms[term * TERM + T_HASH]! & mask
      while (termSlots[slot] !== 0) slot = (slot + 1) & mask
      termSlots[slot] = term
    }
  }

  function sameText(offset: number, bytes: Uint8Array, start: number, end: number): boolean {
    const shift = offset - start
    for (let i = start; i < end; i++) if (text[shift + i] !== FOLDED[bytes[i]!]) return false
    return true
  }

  function addTerm(bytes: Uint8Array, start: number, end: number, hash: number): number {
    growTerms()
    const length = end - start
    if (textUsed + length > text.length) {
      const grown = new Uint8Array(text.length * 2)
      grown.set(text)
      text = grown
    }
    for (let i = start, o = textUsed; i < end; i++, o++) text[o] = FOLDED[bytes[i]!]!
    const term = termCount++
    const row = term * TERM
    terms[row + T_HASH] = hash
    terms[row + T_OFFSET] = textUsed
    terms[row + T_LENGTH] = length
    terms[row + T_PAIRS] = 0
    textUsed += length
    const mask = termSlots.length - 1
    let slot = hash & mask
    while (termSlots[slot] !== 0) slot = (slot + 1) & mask
    termSlots[slot] = term
    return term
  }

  function findTerm(bytes: Uint8Array, start: number, end: number, wordHash: number): number {
    const hash = wordHash ^ (wordHash >>> 15)
    const mask = termSlots.length - 1
    let slot = hash & mask
    for (let term = termSlots[slot]!; term !== 0; term = termSlots[slot]!) {
      const row = term * TERM
      if (
        terms[row + T_HASH] === hash &&
        terms[row + T_LENGTH] === end - start &&
        sameText(terms[row + T_OFFSET]!, bytes, start, end)
      )
        return term
      slot = (slot + 1) & mask
    }
    return addTerm(bytes, start, end, hash)
  }

  function addPair(hash: number, node: number, term: number): number {
    growPairs()
    const pair = pairCount++
    const row = pair * PAIR
    pairs[row + P_HASH] = hash
    pairs[row + P_NODE] = node
    pairs[row + P_TERM] = term
    pairs[row + P_LAST] = NO_DOC
    pairs[row + P_AT] = 0
    pairs[row + P_END] = 0
    pairs[row + P_HEAD] = 0
    pairs[row + P_NEXT] = 0
    if (term === 0) return pair
    pairs[row + P_NEXT] = terms[term * TERM + T_PAIRS]!
    terms[term * TERM + T_PAIRS] = pair
    const mask = pairSlots.length - 1
    let slot = hash & mask
    while (pairSlots[slot] !== 0) slot = (slot + 1) & mask
    pairSlots[slot] = pair
    return pair
  }

  /** Links a fresh slice to the pair at `row`, twice as large as its last one. */
  function addSlice(row: number): void {
    const end = pairs[row + P_END]!
    const level = end === 0 ? 0 : Math.min(MAX_SLICE_LEVEL, slab[end]! + 1)
    const size = FIRST_SLICE_BYTES << level
    if (slabUsed + size + POINTER_BYTES > slab.length) {
      const grown = new Uint8Array(slab.length * 2)
      grown.set(slab)
      slab = grown
    }
    const start = slabUsed
    slabUsed += size + POINTER_BYTES
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

  function putVarint(row: number, value: number): void {
    let rest = value
    for (;;) {
      if (pairs[row + P_AT] === pairs[row + P_END]) addSlice(row)
      const at = pairs[row + P_AT]!
      pairs[row + P_AT] = at + 1
      if (rest < 0x80) {
        slab[at] = rest
        return
      }
      slab[at] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
  }

  function post(pair: number): void {
    const row = pair * PAIR
    const last = pairs[row + P_LAST]!
    if (last === doc) return
    pairs[row + P_LAST] = doc
    if (last === NO_DOC) return
    if (pairs[row + P_END] === 0) putVarint(row, last)
    putVarint(row, doc - last)
  }

  /** Copies a pair's posting to `joined`; returns its length. */
  function join(row: number): number {
    if (pairs[row + P_END] === 0) return writeVarint(joined, 0, pairs[row + P_LAST]!)
    const last = pairs[row + P_AT]!
    let start = pairs[row + P_HEAD]!
    let length = 0
    for (let level = 0; ; level = Math.min(MAX_SLICE_LEVEL, level + 1)) {
      const end = start + (FIRST_SLICE_BYTES << level)
      const stop = last >= start && last <= end ? last : end
      if (length + stop - start > joined.length) {
        const grown = new Uint8Array(joined.length * 2)
        grown.set(joined)
        joined = grown
      }
      joined.set(slab.subarray(start, stop), length)
      length += stop - start
      if (stop === last) return length
      start = slab[end]! | (slab[end + 1]! << 8) | (slab[end + 2]! << 16) | (slab[end + 3]! << 24)
    }
  }

  return {
    begin(next) {
      doc = next
    },
    word(node, bytes, start, end, wordHash) {
      const hash = mix(wordHash, node)
      const mask = pairSlots.length - 1
      let slot = hash & mask
      for (let pair = pairSlots[slot]!; pair !== 0; pair = pairSlots[slot]!) {
        const row = pair * PAIR
        if (pairs[row + P_HASH] === hash && pairs[row + P_NODE] === node) {
          const term = pairs[row + P_TERM]! * TERM
          if (
            terms[term + T_LENGTH] === end - start &&
            sameText(terms[term + T_OFFSET]!, bytes, start, end)
          ) {
            post(pair)
            return
          }
        }
        slot = (slot + 1) & mask
      }
      post(addPair(hash, node, findTerm(bytes, start, end, wordHash)))
    },
    key(node) {
      while (node >= keyPairs.length) keyPairs = larger(keyPairs)
      if (node > maxNode) maxNode = node
      let pair = keyPairs[node]!
      if (pair === 0) {
        pair = addPair(0, node, 0)
        keyPairs[node] = pair
      }
      post(pair)
    },
    always() {
      if (always[always.length - 1] !== doc) always.push(doc)
    },
    full: () => pairCount > MAX_GROUP_PAIRS,
    terms: () => termCount - 1,
    termOffset: (term) => terms[term * TERM + T_OFFSET]!,
    termLength: (term) => terms[term * TERM + T_LENGTH]!,
    termBytes: () => text,
    eachPair(term, visit) {
      for (let pair = terms[term * TERM + T_PAIRS]!; pair !== 0; ) {
        const row = pair * PAIR
        visit(pairs[row + P_NODE]!, joined, join(row))
        pair = pairs[row + P_NEXT]!
      }
    },
    eachKey(visit) {
      for (let node = 0; node <= maxNode; node++) {
        const pair = keyPairs[node]!
        if (pair !== 0) visit(node, joined, join(pair * PAIR))
      }
    },
    alwaysDocs: () => always,
    reset() {
      pairSlots.fill(0)
      termSlots.fill(0)
      keyPairs.fill(0)
      pairCount = 1
      termCount = 1
      textUsed = 0
      slabUsed = POINTER_BYTES
      maxNode = 0
      always = []
    },
  }
}
