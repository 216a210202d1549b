// A column of many values: for each doc a hash of its value's folded text, enough to find the docs that may
// equal one. Parts take the docs by the top bits of the hash; a part holds, in doc order,
//   varint count, varint gaps of the docs, then the next bits of each hash in one or two planes of bytes
// Merged groups have more parts, so those bits are fewer then; a wrong guess costs one more look.
import type { Database } from 'bun:sqlite'
import type { Hashes } from './column-builder.ts'
import type { PutColumnPart } from './columns.ts'
import { bucketOf, columnRow, type GroupColumn } from './layout.ts'
import { append, createOutput, reserve } from './output.ts'
import { type Cursor, readVarint, writeVarint } from './postings.ts'
import { readBody } from './read.ts'
import { largerRows } from './tables.ts'
import { NETWORK_BITS, valueHash } from './value-hash.ts'

/** Docs of a part, on average at most. */
export const DOCS_A_PART = 1024
/** Bits of a hash kept beside its part: of groups that will be merged, and of those that are large. */
const WIDTH = 16
const WIDTH_LAST = 8
/** Half of an address's hash is its network's: the rest needs more bits. */
const ADDRESS_COLUMNS: readonly string[] = ['src_ip', 'dst_ip']

/** The next `width` bits of a hash after its top `bits`. */
function restOf(hash: number, bits: number, width: number): number {
  return width === 0 ? 0 : (hash << bits) >>> (32 - width)
}

/** Parts, as a power of two, and stored bits of a column of `docs` hashes of which the top `known` bits are
 * right; `isLast`: its group will not be merged again. */
export function hashedBits(column: {
  readonly name: string
  readonly docs: number
  readonly known: number
  readonly isLast: boolean
}): Pick<GroupColumn, 'bits' | 'width'> {
  const { name, docs, known, isLast } = column
  const bits = Math.min(known, Math.max(0, Math.ceil(Math.log2(Math.max(1, docs) / DOCS_A_PART))))
  const isShort = isLast && !ADDRESS_COLUMNS.includes(name)
  return { bits, width: Math.min(isShort ? WIDTH_LAST : WIDTH, known - bits) }
}

/** Writes a column by its hashes. */
export function writeHashed(
  { column, name }: { readonly column: number; readonly name: string },
  hashes: Hashes,
  put: PutColumnPart,
): Pick<GroupColumn, 'bits' | 'width'> {
  const { pairs, length } = hashes
  const shape = hashedBits({ name, docs: length / 2, known: 32, isLast: false })
  const { starts, order } = orderByPart(hashes, shape.bits)
  const writer = partWriter(shape, (part, body) => put(column, part, body))
  for (let part = 0; part < 2 ** shape.bits; part++) {
    for (let i = starts[part]!; i < starts[part + 1]!; i++) {
      writer.add(pairs[order[i]!]!, pairs[order[i]! + 1]!)
    }
    writer.put(part)
  }
  return shape
}

function orderByPart(hashes: Hashes, bits: number) {
  const { pairs, length } = hashes
  const starts = new Uint32Array(2 ** bits + 1)
  for (let i = 0; i < length; i += 2) starts[bucketOf(pairs[i]! >>> 0, bits) + 1]!++
  for (let part = 0; part < 2 ** bits; part++) starts[part + 1]! += starts[part]!
  const next = starts.slice()
  const order = new Uint32Array(length / 2)
  for (let i = 0; i < length; i += 2) order[next[bucketOf(pairs[i]! >>> 0, bits)]!++] = i
  return { starts, order }
}

/** Puts a column together, part by part. */
export interface PartWriter {
  /** Adds a doc to the part; docs ascend. */
  add(hash: number, doc: number): void
  /** Writes the part unless it is empty, and empties it. */
  put(part: number): void
}

/** `put` gets rows of `columns`. */
export function partWriter(
  { bits, width }: Pick<GroupColumn, 'bits' | 'width'>,
  put: (row: number, body: Uint8Array) => void,
): PartWriter {
  const output = createOutput()
  const gaps = createOutput()
  let rests = new Int32Array(DOCS_A_PART * 2)
  let count = 0
  let last = 0
  return {
    add(hash, doc) {
      if (count === rests.length) rests = largerRows(rests)
      rests[count++] = restOf(hash, bits, width)
      reserve(gaps, 5)
      gaps.length = writeVarint(gaps.bytes, gaps.length, doc - last)
      last = doc
    },
    put(part) {
      if (count === 0) return
      output.length = 0
      reserve(output, 5 + gaps.length + count * 2)
      output.length = writeVarint(output.bytes, 0, count)
      append(output, gaps.bytes, 0, gaps.length)
      for (let shift = 0; shift < width; shift += 8) {
        for (let i = 0; i < count; i++) output.bytes[output.length++] = rests[i]! >>> shift
      }
      put(1 + part, output.bytes.subarray(0, output.length))
      gaps.length = 0
      count = 0
      last = 0
    },
  }
}

/** Visits the docs of a part with the bits that are known of their hash, in doc order. */
export function eachHash(
  body: Uint8Array,
  part: number,
  column: Pick<GroupColumn, 'bits' | 'width'>,
  visit: (hash: number, doc: number) => void,
): void {
  const { bits, width } = column
  const cursor: Cursor = { at: 0 }
  const count = readVarint(body, cursor)
  const planes = body.length - Math.ceil(width / 8) * count
  const top = bits === 0 ? 0 : part << (32 - bits)
  let doc = 0
  for (let i = 0; i < count; i++) {
    doc += readVarint(body, cursor)
    let rest = 0
    for (let shift = 0, at = planes + i; shift < width; shift += 8, at += count) {
      rest |= body[at]! << shift
    }
    const below = 32 - bits - width
    visit(width === 0 ? top : top | (rest << below), doc)
  }
}

/** What is wanted of a hashed column. */
export interface Wanted {
  /** Texts of which a value must equal one, whatever the case. */
  readonly texts: readonly string[]
  /** Upper halves of the hashes of addresses (`networkHashes`). */
  readonly networks: readonly number[]
}

/** Sets the bits of docs whose value in a hashed column may be a wanted one. */
export function markHashed(
  db: Database,
  group: number,
  ordinal: number,
  column: GroupColumn,
  { texts, networks }: Wanted,
  into: Uint32Array,
): void {
  const known = column.bits + column.width
  const hashes = texts.map((text) => topOf(valueHash(text), known))
  markTops(db, columnRow(group, ordinal, 1), column, new Set(hashes), known, into)
  const bits = Math.min(NETWORK_BITS, known)
  const tops = networks.map((network) => topOf(network << (32 - NETWORK_BITS), bits))
  markTops(db, columnRow(group, ordinal, 1), column, new Set(tops), bits, into)
}

/** The top bits of a hash as a number. */
function topOf(hash: number, bits: number): number {
  return bits === 0 ? 0 : hash >>> (32 - bits)
}

/** Sets the bits of docs whose hash begins with one of these tops of `known` bits. */
function markTops(
  db: Database,
  firstRow: number,
  column: GroupColumn,
  tops: ReadonlySet<number>,
  known: number,
  into: Uint32Array,
): void {
  const { bits } = column
  const parts = new Set<number>()
  for (const top of tops) {
    const first = bits <= known ? top >>> (known - bits) : top << (bits - known)
    const count = bits <= known ? 1 : 2 ** (bits - known)
    for (let n = 0; n < count; n++) parts.add(first + n)
  }
  for (const part of parts) {
    const body = readBody(db, 'columns', firstRow + part)
    if (body === undefined) continue
    eachHash(body, part, column, (found, doc) => {
      if (tops.has(topOf(found, known))) into[doc >>> 5]! |= 1 << (doc & 31)
    })
  }
}
