// Postings while they grow: docs go as varint gaps into slices of one slab that double as a posting grows
// (each ends with a pointer to the next), so that nothing here makes objects. A posting's state is four
// columns of a row of whatever table owns it; a single doc needs no slice.
import type { DocList } from './doc-list.ts'
import { addDoc } from './doc-list.ts'

/** Columns of a posting in its owner's row. */
export const P_LAST = 0
export const P_AT = 1
export const P_END = 2
export const P_HEAD = 3
export const NO_DOC = -1

const FIRST_SLICE_BYTES = 16
const MAX_SLICE_LEVEL = 9
const POINTER_BYTES = 4

export interface Slab {
  bytes: Uint8Array<ArrayBuffer>
  used: number
}

export function createSlab(): Slab {
  return { bytes: new Uint8Array(1 << 20), used: POINTER_BYTES }
}

export function resetSlab(slab: Slab): void {
  slab.used = POINTER_BYTES
}

/** Makes the posting at `row` empty. */
export function startPosting(rows: Int32Array, row: number): void {
  rows[row + P_LAST] = NO_DOC
  rows[row + P_AT] = 0
  rows[row + P_END] = 0
  rows[row + P_HEAD] = 0
}

/** Adds a doc to the posting at `row`, once; docs ascend. */
export function post(slab: Slab, rows: Int32Array, row: number, doc: number): void {
  const last = rows[row + P_LAST]!
  if (last === doc) return
  rows[row + P_LAST] = doc
  if (last === NO_DOC) return
  if (rows[row + P_END] === 0) putVarint(slab, rows, row, last)
  const gap = doc - last
  const at = rows[row + P_AT]!
  if (gap < 0x80 && at !== rows[row + P_END]) {
    slab.bytes[at] = gap
    rows[row + P_AT] = at + 1
  } else putVarint(slab, rows, row, gap)
}

function putVarint(slab: Slab, rows: Int32Array, row: number, value: number): void {
  let rest = value
  for (;;) {
    if (rows[row + P_AT] === rows[row + P_END]) addSlice(slab, rows, row)
    const at = rows[row + P_AT]!
    rows[row + P_AT] = at + 1
    if (rest < 0x80) {
      slab.bytes[at] = rest
      return
    }
    slab.bytes[at] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
}

/** Links a fresh slice to the posting at `row`, twice as large as its last one. */
function addSlice(slab: Slab, rows: Int32Array, row: number): void {
  const end = rows[row + P_END]!
  const level = end === 0 ? 0 : Math.min(MAX_SLICE_LEVEL, slab.bytes[end]! + 1)
  const size = FIRST_SLICE_BYTES << level
  if (slab.used + size + POINTER_BYTES > slab.bytes.length) slab.bytes = larger(slab.bytes)
  const { bytes, used: start } = slab
  slab.used = start + size + POINTER_BYTES
  bytes[start + size] = level
  if (end === 0) rows[row + P_HEAD] = start
  else {
    bytes[end] = start & 0xff
    bytes[end + 1] = (start >>> 8) & 0xff
    bytes[end + 2] = (start >>> 16) & 0xff
    bytes[end + 3] = start >>> 24
  }
  rows[row + P_AT] = start
  rows[row + P_END] = start + size
}

function larger(from: Uint8Array): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(from.length * 2)
  to.set(from)
  return to
}

/** Appends the docs of the posting at `row`, ascending. */
export function listDocs(slab: Slab, rows: Int32Array, row: number, into: DocList): void {
  const last = rows[row + P_LAST]!
  if (last === NO_DOC) return
  if (rows[row + P_END] === 0) {
    addDoc(into, last)
    return
  }
  const { bytes } = slab
  let start = rows[row + P_HEAD]!
  let end = start + FIRST_SLICE_BYTES
  let level = 0
  let at = start
  let doc = 0
  let gap = 0
  let shift = 0
  for (;;) {
    if (at === end) {
      start =
        bytes[end]! | (bytes[end + 1]! << 8) | (bytes[end + 2]! << 16) | (bytes[end + 3]! << 24)
      level = Math.min(MAX_SLICE_LEVEL, level + 1)
      end = start + (FIRST_SLICE_BYTES << level)
      at = start
    }
    const byte = bytes[at++]!
    gap |= (byte & 0x7f) << shift
    if (byte >= 0x80) {
      shift += 7
      continue
    }
    doc += gap
    addDoc(into, doc)
    if (doc === last) return
    gap = 0
    shift = 0
  }
}
