// What columns take from the values of their fields when a group is written.
import { type GroupBuilder, isUntried } from './builder.ts'
import { type ColumnBuilder, KEPT_VALUES_MAX } from './column-builder.ts'
import { type ColumnEntry, type GatheredColumn, gapsOf, hashedOf } from './columns.ts'
import type { Derived, DerivedColumns } from './derived.ts'
import { addGaps, createDocList, sortDocs } from './doc-list.ts'
import type { PathTree } from './paths.ts'
import { listDocs } from './slab.ts'
import { V_NODE, VALUE, valueBytes } from './value-table.ts'

interface Parts {
  readonly builder: GroupBuilder
  readonly values: ColumnBuilder
  readonly derived: DerivedColumns
  readonly paths: PathTree
}

/** Adds them to what was gathered; returns, by column, the fields whose words stand for it. */
export function addDerived(
  gathered: Map<string, GatheredColumn>,
  { builder, derived, paths }: Parts,
  fieldOf: Uint32Array,
): Map<string, number[]> {
  const via = new Map<string, number[]>()
  for (const one of derived.list) {
    const name = paths.nodes[one.column]!.path
    const own = gathered.get(name) ?? { entries: [] }
    const oneWord = builder.composite[one.field] !== 1
    if ('entries' in own && !isUntried(builder, one.field)) {
      const entries = union(own.entries, entriesOf(builder, one))
      if (entries.length <= KEPT_VALUES_MAX) {
        gathered.set(name, { entries })
        continue
      }
    }
    via.set(name, [fieldOf[one.field]!])
    const rest = oneWord ? [] : entriesOf(builder, one)
    gathered.set(name, uniteHashes(own, rest))
  }
  return via
}

/** What a column gathered itself and entries of it, as hashes. */
function uniteHashes(own: GatheredColumn, rest: readonly ColumnEntry[]): GatheredColumn {
  if ('entries' in own) return hashedOf([...own.entries, ...rest])
  if (rest.length === 0) return own
  const other = hashedOf(rest)
  const docs = [own.hashes, other.hashes].flatMap(({ pairs, length }) =>
    Array.from({ length: length / 2 }, (_, i) => ({ hash: pairs[i * 2]!, doc: pairs[i * 2 + 1]! })),
  )
  docs.sort((a, b) => a.doc - b.doc)
  const pairs = Int32Array.from(docs.flatMap(({ hash, doc }) => [hash, doc]))
  return { hashes: { pairs, length: pairs.length }, values: own.values + rest.length }
}

const decoder = new TextDecoder()

/** The values of the field, but for the exceptions. */
function entriesOf(builder: GroupBuilder, { field, exceptions }: Derived): ColumnEntry[] {
  const { values } = builder
  const left = new Set(exceptions)
  const docs = createDocList()
  const entries: ColumnEntry[] = []
  for (let id = 1; id < values.count; id++) {
    if (values.rows[id * VALUE + V_NODE] !== field) continue
    docs.length = 0
    listDocs(values.slab, values.rows, id * VALUE, docs)
    let found = docs.docs.subarray(0, docs.length)
    if (left.size > 0) found = found.filter((doc) => !left.has(doc))
    if (found.length === 0) continue
    entries.push({ text: `"${decoder.decode(valueBytes(values, id))}"`, posting: gapsOf(found) })
  }
  return entries
}

/** Both, equal values as one. */
function union(own: readonly ColumnEntry[], derived: readonly ColumnEntry[]): ColumnEntry[] {
  if (own.length === 0) return [...derived]
  const byText = new Map(derived.map((entry) => [entry.text, entry]))
  for (const entry of own) {
    const other = byText.get(entry.text)
    if (other === undefined) byText.set(entry.text, entry)
    else {
      const docs = createDocList()
      for (const { posting } of [entry, other]) addGaps(docs, posting, 0, posting.length, 0)
      sortDocs(docs)
      const posting = gapsOf(docs.docs.subarray(0, docs.length))
      byText.set(entry.text, { text: entry.text, posting })
    }
  }
  return [...byText.values()]
}
