// Merges the columns of groups: values stay where they are few enough in all, else only hashes do.
import type { Database } from 'bun:sqlite'
import {
  type ColumnEntry,
  eachHashed,
  eachKeptPosting,
  type HashedEntry,
  KEPT_VALUES_MAX,
  type PutColumnPart,
  readKept,
  valueHash,
  writeHashed,
  writeKept,
} from './columns.ts'
import { columnRow, type GroupColumn } from './layout.ts'
import { appendPosting, type Posting, startPosting } from './merge-postings.ts'
import { type GroupReader, readBody } from './read.ts'

/** A group and by how much its docs move up. */
export interface ColumnSource {
  readonly group: GroupReader
  readonly base: number
}

/** Writes the merged columns; returns what the new group's info says of them. */
export function mergeColumns(
  db: Database,
  sources: readonly ColumnSource[],
  put: PutColumnPart,
): GroupColumn[] {
  const names = new Set(sources.flatMap(({ group }) => group.info.columns.map(({ name }) => name)))
  return [...names].map((name, target) => {
    const parts = sources.flatMap(({ group, base }) => {
      const column = group.info.columns.findIndex((one) => one.name === name)
      return column < 0 ? [] : [{ group, base, column, info: group.info.columns[column]! }]
    })
    const kept = parts.every(({ info }) => info.kind === 'kept') ? mergeKept(db, parts) : undefined
    if (kept !== undefined) {
      writeKept(target, kept, put)
      return { name, values: kept.length, kind: 'kept', bits: 0 }
    }
    const entries = parts.flatMap((part) => hashedOf(db, part))
    return { name, ...writeHashed(target, entries, put) }
  })
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

/** A column's entries by hash, its docs moved up. Equal hashes of different groups stay apart. */
function hashedOf(db: Database, { group, base, column, info }: Part): HashedEntry[] {
  const entries: HashedEntry[] = []
  const add = (hash: number, bytes: Uint8Array, start: number, end: number) => {
    const moved = startPosting()
    appendPosting(moved, bytes, start, end, base)
    entries.push({ hash, posting: moved.output.bytes.slice(0, moved.output.length) })
  }
  if (info.kind === 'kept') {
    const { values } = readKept(db, group.id, column)
    eachKeptPosting(db, group.id, column, info.values, everything, (value, bytes, start, end) =>
      add(valueHash(String(values[value])), bytes, start, end),
    )
    return entries
  }
  for (let part = 0; part < 2 ** info.bits; part++) {
    const body = readBody(db, 'columns', columnRow(group.id, column, 1 + part))
    if (body === undefined) continue
    eachHashed(body, (hash, start, end) => {
      add(hash, body, start, end)
      return true
    })
  }
  return entries
}
