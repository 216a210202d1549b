// Merges columns of which some group keeps only hashes: part by part of the new column, each from the parts of
// the groups that its docs lie in, which follow each other in doc order.
import type { Database } from 'bun:sqlite'
import { eachKeptPosting, type PutColumnPart, readKept } from './columns.ts'
import { DOCS_A_PART, eachHash, hashedBits, partWriter } from './hashed.ts'
import { bucketOf, columnRow, type GroupColumn } from './layout.ts'
import type { ColumnPart } from './merge-columns.ts'
import { eachDoc, readVarint } from './postings.ts'
import { readBody } from './read.ts'
import { largerRows } from './tables.ts'
import { valueHash } from './value-hash.ts'

/** Parts of the new column put together in one step. */
const PARTS_A_STEP = 32

/** Some parts of a group's column: pairs (hash, doc), by part of the new column. */
interface Loaded {
  readonly from: ColumnPart
  /** Its parts as a power of two; none for a column with its values. */
  readonly bits: number
  /** The first of the group's parts that are loaded. */
  part: number
  pairs: Int32Array<ArrayBuffer>
  count: number
  /** `order[starts[n], starts[n + 1])`: the pairs of the `n`th of the new parts that these go to. */
  order: Uint32Array
  starts: Uint32Array
}

/** Writes column `target` of the new group, some parts a step; returns what its info says of it. */
export function* mergeHashed(
  db: Database,
  target: { readonly column: number; readonly name: string; readonly isLast: boolean },
  parts: readonly ColumnPart[],
  put: PutColumnPart,
): Generator<void, Pick<GroupColumn, 'bits' | 'width'>> {
  const known = Math.min(
    ...parts.map(({ info }) => (info.kind === 'kept' ? 32 : info.bits + info.width)),
  )
  const docs = parts.reduce((sum, part) => sum + docsOf(db, part), 0)
  const { bits, width } = hashedBits({ ...target, docs, known })
  const loaded = parts.map((from): Loaded => {
    const own = from.info.kind === 'kept' ? 0 : from.info.bits
    const pairs = new Int32Array(1 << 12)
    const starts = new Uint32Array(1)
    return { from, bits: own, part: -1, pairs, count: 0, order: starts, starts }
  })
  const writer = partWriter({ bits, width }, (part, body) => put(target.column, part, body))
  for (let part = 0; part < 2 ** bits; part++) {
    for (const one of loaded) addPart(db, one, part, bits, writer.add)
    writer.put(part)
    if (part % PARTS_A_STEP === PARTS_A_STEP - 1) yield
  }
  return { bits, width }
}

/** How many docs have a hash in a group's column, at most. */
function docsOf(db: Database, { group, column, info }: ColumnPart): number {
  if (info.kind === 'kept') {
    return readKept(db, group.id, column).counts.reduce((sum, count) => sum + count, 0)
  }
  if (info.bits > 0) return Math.min(group.info.events, DOCS_A_PART * 2 ** info.bits)
  const only = readBody(db, 'columns', columnRow(group.id, column, 1))
  return only === undefined ? 0 : readVarint(only, { at: 0 })
}

/** Adds a group's docs of part `part` of the new column, ascending. */
function addPart(
  db: Database,
  one: Loaded,
  part: number,
  bits: number,
  add: (hash: number, doc: number) => void,
): void {
  const shift = bits - one.bits
  const first = shift >= 0 ? part >>> shift : part << -shift
  if (one.part !== first) load(db, one, first, bits)
  const nth = shift >= 0 ? part & (2 ** shift - 1) : 0
  const { pairs, order, starts } = one
  for (let i = starts[nth]!; i < starts[nth + 1]!; i++) {
    add(pairs[order[i]! * 2]!, pairs[order[i]! * 2 + 1]!)
  }
}

/** Loads the parts that the new part `first` draws from, beginning with the group's own. */
function load(db: Database, one: Loaded, first: number, bits: number): void {
  const { from } = one
  const { group, column, info, base } = from
  one.part = first
  one.count = 0
  const add = (hash: number, doc: number) => {
    if (one.count * 2 === one.pairs.length) one.pairs = largerRows(one.pairs)
    one.pairs[one.count * 2] = hash
    one.pairs[one.count++ * 2 + 1] = doc + base
  }
  const count = 2 ** Math.max(0, one.bits - bits)
  if (info.kind === 'kept') eachKept(db, from, add)
  else {
    for (let part = first; part < first + count; part++) {
      const body = readBody(db, 'columns', columnRow(group.id, column, 1 + part))
      if (body !== undefined) eachHash(body, part, info, add)
    }
  }
  if (info.kind === 'kept' || count > 1) sortByDoc(one)
  split(one, bits)
}

function eachKept(
  db: Database,
  { group, column, info }: ColumnPart,
  visit: (hash: number, doc: number) => void,
): void {
  const hashes = readKept(db, group.id, column).values.map((value) => valueHash(String(value)))
  const all = () => true
  eachKeptPosting(db, group.id, column, info.values, all, (value, bytes, start, end) =>
    eachDoc(bytes, start, end, (doc) => visit(hashes[value]!, doc)),
  )
}

/** Docs and hashes share a double: 21 and 32 bits. */
const HASHES = 2 ** 32

function sortByDoc({ pairs, count }: Loaded): void {
  const both = new Float64Array(count)
  for (let i = 0; i < count; i++) both[i] = pairs[i * 2 + 1]! * HASHES + (pairs[i * 2]! >>> 0)
  both.sort()
  for (let i = 0; i < count; i++) {
    pairs[i * 2] = both[i]! % HASHES
    pairs[i * 2 + 1] = Math.floor(both[i]! / HASHES)
  }
}

/** Orders what is loaded by part of the new column. */
function split(one: Loaded, bits: number): void {
  const { pairs, count } = one
  const parts = 2 ** Math.max(0, bits - one.bits)
  const starts = new Uint32Array(parts + 1)
  const partOf = (i: number) => bucketOf(pairs[i * 2]! >>> 0, bits) & (parts - 1)
  for (let i = 0; i < count; i++) starts[partOf(i) + 1]!++
  for (let n = 0; n < parts; n++) starts[n + 1]! += starts[n]!
  const next = starts.slice()
  one.order = new Uint32Array(count)
  for (let i = 0; i < count; i++) one.order[next[partOf(i)]!++] = i
  one.starts = starts
}
