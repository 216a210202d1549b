// Merges the columns of groups: values stay where they are few enough in all, else only hashes do.
import type { Database } from 'bun:sqlite'
import { type Hashes, KEPT_VALUES_MAX } from './column-builder.ts'
import {
  type ColumnEntry,
  eachKeptPosting,
  type PutColumnPart,
  readKept,
  writeKept,
} from './columns.ts'
import { eachHash, writeHashed } from './hashed.ts'
import { columnRow, dropColumn, type GroupColumn } from './layout.ts'
import { appendPosting, type Posting, startPosting } from './merge-postings.ts'
import { eachDoc } from './postings.ts'
import { type GroupReader, readBody } from './read.ts'
import { valueHash } from './value-hash.ts'

/** A group and by how much its docs move up. */
export interface ColumnSource {
  readonly group: GroupReader
  readonly base: number
  /** The merged group's fields by those of this one. */
  readonly fieldOf: readonly number[]
}

/** One column of the groups, to be the new group's column `target`. */
interface Merging {
  readonly name: string
  readonly target: number
  readonly parts: readonly Part[]
  readonly sources: readonly ColumnSource[]
  readonly isLast: boolean
}

/** Writes the merged columns; returns what the new group's info says of them. */
export function mergeColumns(
  db: Database,
  sources: readonly ColumnSource[],
  isLast: boolean,
  put: PutColumnPart,
): GroupColumn[] {
  const names = new Set(sources.flatMap(({ group }) => group.info.columns.map(({ name }) => name)))
  return [...names].map((name, target) => {
    const parts = sources.flatMap((source) => {
      const { columns } = source.group.info
      const column = columns.findIndex((one) => one.name === name)
      return column < 0 ? [] : [{ ...source, column, info: columns[column]! }]
    })
    const merged = mergeColumn(db, { name, target, parts, sources, isLast }, put)
    // Now, so that the next column's rows take their pages.
    for (const { group, column } of parts) dropColumn(db, group.id, column)
    return merged
  })
}

function mergeColumn(
  db: Database,
  { name, target, parts, sources, isLast }: Merging,
  put: PutColumnPart,
): GroupColumn {
  const same = mergeSame(sources, name)
  const kept = parts.every(({ info }) => info.kind === 'kept') ? mergeKept(db, parts) : undefined
  if (kept !== undefined) {
    writeKept(target, kept, put)
    return { name, values: kept.length, kind: 'kept', bits: 0, width: 0, same, via: [] }
  }
  const known = Math.min(
    ...parts.map(({ info }) => (info.kind === 'kept' ? 32 : info.bits + info.width)),
  )
  const hashes = hashesOf(db, parts)
  const values = parts.reduce((sum, { info }) => sum + info.values, 0)
  const written = writeHashed({ column: target, name }, hashes, known, isLast, put)
  const via = new Set(parts.flatMap(({ info, fieldOf }) => info.via.map((at) => fieldOf[at]!)))
  return { name, kind: 'hashed', values, ...written, same, via: [...via] }
}

/** Fields that are the column's value in every group that has them. */
function mergeSame(sources: readonly ColumnSource[], name: string): number[] {
  const own = sources.map(({ group, fieldOf }) => {
    const same = group.info.columns.find((one) => one.name === name)?.same ?? []
    return new Set(same.map((field) => fieldOf[field]!))
  })
  const found = new Set(own.flatMap((fields) => [...fields]))
  return [...found].filter((field) =>
    sources.every(({ fieldOf }, at) => own[at]!.has(field) || !fieldOf.includes(field)),
  )
}

interface Part extends ColumnSource {
  readonly column: number
  readonly info: GroupColumn
}

/** Values with all their docs; undefined when they are too many. */
function mergeKept(db: Database, parts: readonly Part[]): ColumnEntry[] | undefined {
  const postings = new Map<string, Posting>()
  for (const { group, base, column, info } of parts) {
    const { values } = readKept(db, group.id, column)
    const texts = values.map((value) => JSON.stringify(value))
    eachKeptPosting(db, group.id, column, info.values, everything, (value, bytes, start, end) => {
      const posting = postings.getOrInsertComputed(texts[value]!, startPosting)
      appendPosting(posting, bytes, start, end, base)
    })
    if (postings.size > KEPT_VALUES_MAX) return undefined
  }
  return [...postings].map(([text, { output }]) => ({
    text,
    posting: output.bytes.subarray(0, output.length),
  }))
}

const everything = () => true

/** Docs and hashes share a double: 21 and 32 bits. */
const HASHES = 2 ** 32

/** The hashes of all parts in doc order, as far as they are known. */
function hashesOf(db: Database, parts: readonly Part[]): Hashes {
  const events = parts.reduce((sum, { group }) => sum + group.info.events, 0)
  let found = new Float64Array(events)
  let length = 0
  for (const part of parts) {
    eachValue(db, part, (hash, doc) => {
      if (length === found.length) {
        const larger = new Float64Array(length * 2)
        larger.set(found)
        found = larger
      }
      found[length++] = (doc + part.base) * HASHES + (hash >>> 0)
    })
  }
  const hashes = { pairs: new Int32Array(length * 2), length: length * 2 }
  const sorted = found.subarray(0, length).sort()
  for (let i = 0; i < length; i++) {
    hashes.pairs[i * 2] = sorted[i]! % HASHES
    hashes.pairs[i * 2 + 1] = Math.floor(sorted[i]! / HASHES)
  }
  return hashes
}

function eachValue(
  db: Database,
  { group, column, info }: Part,
  visit: (hash: number, doc: number) => void,
): void {
  if (info.kind === 'kept') {
    const hashes = readKept(db, group.id, column).values.map((value) => valueHash(String(value)))
    eachKeptPosting(db, group.id, column, info.values, everything, (value, bytes, start, end) =>
      eachDoc(bytes, start, end, (doc) => visit(hashes[value]!, doc)),
    )
    return
  }
  for (let part = 0; part < 2 ** info.bits; part++) {
    const body = readBody(db, 'columns', columnRow(group.id, column, 1 + part))
    if (body !== undefined) eachHash(body, part, info, visit)
  }
}
