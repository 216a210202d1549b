// Columns that the index keeps, unpacked by doc and remembered: drawing a histogram or a facet again must not
// read the postings of all values again.
import { wordsFor } from '../bits.ts'
import { eachKeptPosting, type KeptValues, readKept } from '../index/columns.ts'
import { fillDocs, markDocs } from '../index/postings.ts'
import type { GroupReader } from '../index/read.ts'

/** Memory for what is remembered, bytes: the columns of a page's facets over ten million events. */
const REMEMBERED_BYTES_MAX = 64 * 1_048_576
/** The longest unused goes first, but what was used this shortly stays: else a round through more columns
 * than fit would find none of them, milliseconds. */
const IN_USE_MS = 5_000
/** A column with more values is not split into sets of docs. */
export const SPLIT_VALUES_MAX = 64
/** What a value with its count takes, about. */
const VALUE_BYTES = 64

/** A kept column by doc. */
export interface DocCodes extends KeptValues {
  /** By doc: 0 for no value, k for `values[k - 1]`. */
  readonly codes: Uint8Array | Uint16Array
}

/** Docs of each value, by its text. */
export type DocSets = readonly (readonly [value: string, docs: Uint32Array])[]

export interface GroupDocs {
  /** Values and counts of a kept column, by its ordinal. */
  kept(group: GroupReader, column: number): KeptValues
  /** A column's values by doc; undefined for one that the index does not keep. */
  codes(group: GroupReader, name: string): DocCodes | undefined
  /** Docs of each value of a column; undefined where the index does not keep them, or they are many. */
  sets(group: GroupReader, name: string): DocSets | undefined
  /** Docs of those values of a kept column that are wanted, by value, of its ordinal. */
  docsOf(
    group: GroupReader,
    column: number,
    wanted: (value: number) => boolean,
  ): readonly (Uint32Array | undefined)[]
}

interface Remembered {
  readonly value: DocCodes | Uint32Array | KeptValues
  readonly bytes: number
}

interface Entry {
  readonly group: GroupReader
  readonly kept: Remembered
  readonly used: number
}

/** A memory for one reader. */
export function createGroupDocs(bytes_max = REMEMBERED_BYTES_MAX): GroupDocs {
  const memory = new Map<string, Entry>()
  let bytes = 0
  const idOf = (group: GroupReader, key: string) => `${group.db.filename}\0${group.id}\0${key}`
  const remember = <T extends Remembered['value']>(
    group: GroupReader,
    key: string,
    make: () => { readonly value: T; readonly bytes: number },
  ): T => {
    const id = idOf(group, key)
    const now = performance.now()
    const known = memory.get(id)
    // A group of the same number may be another one, after its index was built anew.
    const kept = known?.group === group ? known.kept : make()
    memory.delete(id)
    bytes += kept.bytes - (known?.kept.bytes ?? 0)
    memory.set(id, { group, kept, used: now })
    for (const [oldest, one] of memory) {
      if (bytes <= bytes_max) break
      const gone = now - one.used < IN_USE_MS ? id : oldest
      bytes -= memory.get(gone)!.kept.bytes
      memory.delete(gone)
    }
    return kept.value as T
  }
  const kept = (group: GroupReader, column: number) =>
    remember(group, `kept ${column}`, () => {
      const value = readKept(group.db, group.id, column)
      return { value, bytes: value.values.length * VALUE_BYTES }
    })
  const docsOf: GroupDocs['docsOf'] = (group, column, wanted) => {
    const keys = kept(group, column).values.map((_, value) => `docs ${column} ${value}`)
    const found = keys.map((key, value) => {
      const known = wanted(value) ? memory.get(idOf(group, key)) : undefined
      return known?.group === group ? (known.kept.value as Uint32Array) : undefined
    })
    const isMissing = (value: number) => wanted(value) && found[value] === undefined
    eachKeptPosting(group.db, group.id, column, keys.length, isMissing, (value, ...posting) => {
      const docs = new Uint32Array(wordsFor(group.info.docs))
      markDocs(...posting, docs)
      found[value] = docs
    })
    for (const [value, docs] of found.entries()) {
      if (docs !== undefined) {
        remember(group, keys[value]!, () => ({ value: docs, bytes: docs.byteLength }))
      }
    }
    return found
  }
  return {
    kept,
    docsOf,
    codes: (group, name) => {
      const at = group.info.columns.findIndex((column) => column.name === name)
      if (group.info.columns[at]?.kind !== 'kept') return undefined
      return remember(group, `codes ${name}`, () => readCodes(group, at, kept(group, at)))
    },
    sets: (group, name) => {
      const at = group.info.columns.findIndex((column) => column.name === name)
      const column = group.info.columns[at]
      if (column === undefined) return []
      if (column.kind !== 'kept' || column.values > SPLIT_VALUES_MAX) return undefined
      const docs = docsOf(group, at, everything)
      return kept(group, at).values.map((value, n) => [String(value), docs[n]!] as const)
    },
  }
}

const everything = () => true

function readCodes({ db, id, info }: GroupReader, column: number, kept: KeptValues) {
  const codes = kept.values.length < 256 ? new Uint8Array(info.docs) : new Uint16Array(info.docs)
  eachKeptPosting(db, id, column, kept.values.length, everything, (value, bytes, start, end) =>
    fillDocs(bytes, start, end, codes, value + 1),
  )
  return { value: { ...kept, codes }, bytes: codes.byteLength }
}
