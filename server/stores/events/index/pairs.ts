// The pairs of a bucket's words: per word one or more (field, posting), the last marked. A pair begins with
// the varint field << 3 | last << 2 | kind:
//   doc      a single doc: its distance from the doc before, zigzag
//   inline   bytes of the gaps, the first doc's distance, the gaps
//   large    ordinal of the row in `large`
// "The doc before" is the first doc of the last pair of kind `doc` or `inline` in this bucket: words stand
// in the order in which they first came, so the distances are short.
import { countBits, eachBit } from '../bits.ts'
import { addDoc, createDocList, type DocList } from './doc-list.ts'
import { LARGE_POSTING_BYTES } from './layout.ts'
import { append, createOutput, type Output, reserve } from './output.ts'
import { type Cursor, markDocs, readVarint, writeVarint } from './postings.ts'

export const PAIR_DOC = 0
export const PAIR_INLINE = 1
export const PAIR_LARGE = 2
const LAST = 4

/** Forms of a large posting, its last byte. */
const GAPS = 0
const BITMAP = 1

/** Where pairs go. */
export interface PairOutput {
  readonly bytes: Output
  /** The doc before. */
  before: number
  /** Keeps a large posting; returns its ordinal. */
  readonly large: (posting: Uint8Array<ArrayBuffer>) => number
}

const gaps = createOutput()

/** Signed numbers as small ones. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

function put(output: Output, value: number): void {
  output.length = writeVarint(output.bytes, output.length, value)
}

/** Adds a pair of one doc. */
export function putDoc(output: PairOutput, field: number, isLast: boolean, doc: number): void {
  const { bytes } = output
  reserve(bytes, 16)
  put(bytes, (field << 3) | (isLast ? LAST : 0) | PAIR_DOC)
  put(bytes, zigzag(doc - output.before))
  output.before = doc
}

/** Adds a pair of ascending docs. */
export function putDocs(output: PairOutput, field: number, isLast: boolean, list: DocList): void {
  const { docs, length } = list
  const first = docs[0]!
  if (length === 1) {
    putDoc(output, field, isLast, first)
    return
  }
  const span = docs[length - 1]!
  if (length > LARGE_POSTING_BYTES && span < length * 8) {
    const bits = new Uint32Array((span >>> 5) + 1)
    for (let i = 0; i < length; i++) bits[docs[i]! >>> 5]! |= 1 << (docs[i]! & 31)
    putLarge(output, field, isLast, bitmapBody(bits))
    return
  }
  gaps.length = 0
  reserve(gaps, length * 5)
  for (let i = 1; i < length; i++) put(gaps, docs[i]! - docs[i - 1]!)
  if (gaps.length > LARGE_POSTING_BYTES) {
    putLarge(output, field, isLast, gapsBody(first))
    return
  }
  putInline(output, field, isLast, first, gaps.bytes, 0, gaps.length)
}

/** Adds a pair of doc `first` and those of the gaps `from[start, end)` behind it. */
export function putInline(
  output: PairOutput,
  field: number,
  isLast: boolean,
  first: number,
  from: Uint8Array,
  start: number,
  end: number,
): void {
  const { bytes } = output
  reserve(bytes, end - start + 24)
  put(bytes, (field << 3) | (isLast ? LAST : 0) | PAIR_INLINE)
  put(bytes, end - start)
  put(bytes, zigzag(first - output.before))
  append(bytes, from, start, end - start)
  output.before = first
}

const few = createDocList()

/** Adds a pair of the docs whose bits are set. */
export function putBits(
  output: PairOutput,
  field: number,
  isLast: boolean,
  bits: Uint32Array,
): void {
  const count = countBits(bits)
  let words = bits.length
  while (words > 0 && bits[words - 1] === 0) words--
  if (count > LARGE_POSTING_BYTES && words * 4 <= count) {
    putLarge(output, field, isLast, bitmapBody(bits.subarray(0, words)))
    return
  }
  few.length = 0
  eachBit(bits, (doc) => addDoc(few, doc))
  putDocs(output, field, isLast, few)
}

function putLarge(
  output: PairOutput,
  field: number,
  isLast: boolean,
  body: Uint8Array<ArrayBuffer>,
): void {
  reserve(output.bytes, 16)
  put(output.bytes, (field << 3) | (isLast ? LAST : 0) | PAIR_LARGE)
  put(output.bytes, output.large(body))
}

function bitmapBody(bits: Uint32Array): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(bits.byteLength + 1)
  body.set(new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength))
  body[bits.byteLength] = BITMAP
  return body
}

/** `first` and the gaps put together just now. */
function gapsBody(first: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(gaps.length + 6)
  const at = writeVarint(body, 0, first)
  body.set(gaps.bytes.subarray(0, gaps.length), at)
  body[at + gaps.length] = GAPS
  return body.subarray(0, at + gaps.length + 1)
}

/** Sets the bits of a large posting's docs, moved up by `base`, a multiple of 32. */
export function markLarge(body: Uint8Array, bits: Uint32Array, base = 0): void {
  const length = body.length - 1
  const shift = base >>> 5
  if (body[length] === BITMAP) {
    const own = body.byteOffset % 4 === 0 ? body : body.slice()
    const words = new Uint32Array(own.buffer, own.byteOffset, length >>> 2)
    for (let i = 0; i < words.length; i++) bits[shift + i]! |= words[i]!
    return
  }
  markDocs(body, 0, length, shift === 0 ? bits : bits.subarray(shift))
}

/** A pair that was read. */
export interface Pair extends Cursor {
  /** The doc before; to be 0 at a bucket's beginning. */
  before: number
  field: number
  isLast: boolean
  kind: number
  /** `doc`, `inline`: the first doc. `large`: the ordinal. */
  first: number
  /** `inline`: where the gaps start and end. */
  start: number
  end: number
}

/** To read a bucket from its beginning. */
export function createPair(): Pair {
  return { at: 0, before: 0, field: 0, isLast: true, kind: 0, first: 0, start: 0, end: 0 }
}

/** Reads the pair at the cursor and moves on. */
export function readPair(bytes: Uint8Array, pair: Pair): void {
  const head = readVarint(bytes, pair)
  pair.field = head >>> 3
  pair.isLast = (head & LAST) !== 0
  const kind = head & 3
  pair.kind = kind
  if (kind === PAIR_LARGE) {
    pair.first = readVarint(bytes, pair)
    return
  }
  const length = kind === PAIR_DOC ? 0 : readVarint(bytes, pair)
  pair.first = pair.before + unzigzag(readVarint(bytes, pair))
  pair.before = pair.first
  pair.start = pair.at
  pair.at += length
  pair.end = pair.at
}
