// Merges the columns of groups: values stay where they are few enough in all, else only hashes do.
import type { Database } from 'bun:sqlite'
import { KEPT_VALUES_MAX } from './column-builder.ts'
import {
  type ColumnEntry,
  eachKeptPosting,
  type PutColumnPart,
  readKept,
  writeKept,
} from './columns.ts'
import type { GroupColumn } from './layout.ts'
import { mergeHashed } from './merge-hashed.ts'
import { appendPosting, type Posting, startPosting } from './merge-postings.ts'
import type { GroupReader } from './read.ts'

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
  readonly sources: readonly ColumnSource[]
  readonly isLast: boolean
}

/** Writes the merged columns in steps; returns what the new group's info says of them. */
export function* mergeColumns(
  db: Database,
  sources: readonly ColumnSource[],
  isLast: boolean,
  put: PutColumnPart,
): Generator<void, GroupColumn[]> {
  const names = new Set(sources.flatMap(({ group }) => group.info.columns.map(({ name }) => name)))
  const merged: GroupColumn[] = []
  for (const name of names) {
    const target = merged.length
    merged.push(yield* mergeColumn(db, { name, target, sources, isLast }, put))
    yield
  }
  return merged
}

function* mergeColumn(
  db: Database,
  { name, target, sources, isLast }: Merging,
  put: PutColumnPart,
): Generator<void, GroupColumn> {
  const parts = sources.flatMap((source): ColumnPart[] => {
    const { columns } = source.group.info
    const column = columns.findIndex((one) => one.name === name)
    return column < 0 ? [] : [{ ...source, column, info: columns[column]! }]
  })
  const same = mergeSame(sources, name)
  const mayKeep = parts.every(({ info }) => info.kind === 'kept')
  const kept = mayKeep ? yield* mergeKept(db, parts) : undefined
  if (kept !== undefined) {
    writeKept(target, kept, put)
    return { name, values: kept.length, kind: 'kept', bits: 0, width: 0, same, via: [] }
  }
  const values = parts.reduce((sum, { info }) => sum + info.values, 0)
  const written = yield* mergeHashed(db, { column: target, name, isLast }, parts, put)
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

/** A group's column. */
export interface ColumnPart extends ColumnSource {
  readonly column: number
  readonly info: GroupColumn
}

/** Values with all their docs; undefined when they are too many. */
function* mergeKept(
  db: Database,
  parts: readonly ColumnPart[],
): Generator<void, ColumnEntry[] | undefined> {
  const postings = new Map<string, Posting>()
  for (const { group, base, column, info } of parts) {
    const { values } = readKept(db, group.id, column)
    const texts = values.map((value) => JSON.stringify(value))
    eachKeptPosting(db, group.id, column, info.values, everything, (value, bytes, start, end) => {
      const posting = postings.getOrInsertComputed(texts[value]!, startPosting)
      appendPosting(posting, bytes, start, end, base)
    })
    if (postings.size > KEPT_VALUES_MAX) return undefined
    yield
  }
  return [...postings].map(([text, { output }]) => ({
    text,
    posting: output.bytes.subarray(0, output.length),
  }))
}

const everything = () => true
