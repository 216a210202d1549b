// A column of many values: for each doc a hash of its value's folded text, enough to find the docs that may
// equal one. Parts take the docs by the top bits of the hash; a part holds, in doc order,
//   varint count, varint gaps of the docs, then the next bits of each hash in one or two planes of bytes
// Merged groups have more parts, so those bits are fewer then; a wrong guess costs one more look.
import type { Database } from 'bun:sqlite'
import { type Hashes, valueHash } from './column-builder.ts'
import type { PutColumnPart } from './columns.ts'
import { bucketOf, columnRow, type GroupColumn } from './layout.ts'
import { createOutput, type Output, reserve } from './output.ts'
import { type Cursor, readVarint, writeVarint } from './postings.ts'
import { readBody } from './read.ts'

/** Docs of a part, on average at most. */
const DOCS_A_PART = 1024
/** Bits of a hash kept beside its part: of groups that will be merged, and of those that are large. */
const WIDTH = 16
const WIDTH_LAST = 8

/** The next `width` bits of a hash after its top `bits`. */
function restOf(hash: number, bits: number, width: number): number {
  return width === 0 ? 0 : (hash << bits) >>> (32 - width)
}

/**
 * Writes a column by hashes, of which the top `known` bits are right; `isLast`: the group will not be
 * merged again.
 */
export function writeHashed(
  column: number,
  hashes: Hashes,
  known: number,
  isLast: boolean,
  put: PutColumnPart,
): Pick<GroupColumn, 'bits' | 'width'> {
  const docs = hashes.length / 2
  const bits = Math.min(known, Math.max(0, Math.ceil(Math.log2(Math.max(1, docs) / DOCS_A_PART))))
  const width = Math.min(isLast ? WIDTH_LAST : WIDTH, known - bits)
  const { starts, order } = orderByPart(hashes, bits)
  const output = createOutput()
  for (let part = 0; part < 2 ** bits; part++) {
    const from = starts[part]!
    const to = starts[part + 1]!
    if (from === to) continue
    output.length = 0
    putPart(output, hashes, order, from, to, bits, width)
    put(column, 1 + part, output.bytes.subarray(0, output.length))
  }
  return { bits, width }
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

function putPart(
  output: Output,
  { pairs }: Hashes,
  order: Uint32Array,
  from: number,
  to: number,
  bits: number,
  width: number,
): void {
  const count = to - from
  reserve(output, 5 + count * 7)
  output.length = writeVarint(output.bytes, 0, count)
  let last = 0
  for (let i = from; i < to; i++) {
    const doc = pairs[order[i]! + 1]!
    output.length = writeVarint(output.bytes, output.length, doc - last)
    last = doc
  }
  for (let shift = 0; shift < width; shift += 8) {
    for (let i = from; i < to; i++) {
      output.bytes[output.length++] = restOf(pairs[order[i]!]!, bits, width) >>> shift
    }
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

/** Sets the bits of docs whose value in a hashed column may equal one of the texts. */
export function markHashed(
  db: Database,
  group: number,
  ordinal: number,
  column: GroupColumn,
  texts: readonly string[],
  into: Uint32Array,
): void {
  const { bits, width } = column
  const ignored = 32 - bits - width
  for (const hash of new Set(texts.map(valueHash))) {
    const part = bucketOf(hash, bits)
    const body = readBody(db, 'columns', columnRow(group, ordinal, 1 + part))
    if (body === undefined) continue
    eachHash(body, part, column, (found, doc) => {
      const differs = ignored === 32 ? 0 : (found ^ hash) >>> ignored
      if (differs === 0) into[doc >>> 5]! |= 1 << (doc & 31)
    })
  }
}
