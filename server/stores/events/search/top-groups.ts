// Facets of what the index keeps by group: counted over all matching docs of a group at once.
import { countBits, countCommon, wordsFor } from '../bits.ts'
import type { GroupReader } from '../index/read.ts'
import type { DocCodes, GroupDocs } from './group-docs.ts'
import { addColumnValue, type Tally } from './tally.ts'
import type { Coverage } from './unit.ts'

/** Matching docs of groups. */
export type Gathered = Map<GroupReader, Uint32Array>

/** Columns of which an event may have several values: the sum over values is not the events. */
const SETS: readonly string[] = ['category', 'service']

/** Whether the index keeps the column's values of a group. */
export function isKept(group: GroupReader | undefined, name: string | undefined): name is string {
  if (group === undefined || name === undefined) return false
  if (SETS.includes(name) || name.includes(':')) return false
  return group.info.columns.find((one) => one.name === name)?.kind !== 'hashed'
}

/** Adds a unit's rows to those of its group. */
export function gather(gathered: Gathered, { group, doc }: Coverage, bits: Uint32Array): void {
  const docs = gathered.getOrInsertComputed(group, () => new Uint32Array(wordsFor(group.info.docs)))
  docs.set(bits, doc >>> 5)
}

/** Counts the values that the index keeps of a group's matching docs; returns how many docs. */
export function tallyGroup(
  tally: Tally,
  name: string,
  groupDocs: GroupDocs,
  group: GroupReader,
  docs: Uint32Array,
): number {
  const { columns, events } = group.info
  const at = columns.findIndex((one) => one.name === name)
  const total = countBits(docs)
  if (at < 0 || total === 0) {
    tally.missing += total
    return total
  }
  const { values, counts } = groupDocs.kept(group, at)
  const found = total === events ? counts : countDocs(groupDocs, group, name, counts, docs)
  let with_value = 0
  for (const [at, value] of values.entries()) {
    const count = found[at]!
    if (count === 0) continue
    addColumnValue(tally, value, count)
    with_value += count
  }
  tally.missing += total - with_value
  return total
}

/** Of a column with fewer values each is counted by its docs as bits, which take less than all docs' codes. */
const BITS_VALUES_MAX = 16

/** How many of the docs have each value of a kept column. */
function countDocs(
  groupDocs: GroupDocs,
  group: GroupReader,
  name: string,
  counts: readonly number[],
  docs: Uint32Array,
): ArrayLike<number> {
  if (counts.length === 1 && counts[0] === group.info.events) return [countBits(docs)]
  const sets = counts.length <= BITS_VALUES_MAX ? groupDocs.sets(group, name) : undefined
  if (sets !== undefined) return sets.map(([, own]) => countCommon(docs, own))
  return countCodes(groupDocs.codes(group, name)!, docs)
}

function countCodes({ values, codes }: DocCodes, docs: Uint32Array): Uint32Array {
  const perCode = new Uint32Array(values.length + 1)
  for (let i = 0; i < docs.length; i++) {
    for (let word = docs[i]!; word !== 0; word &= word - 1) {
      perCode[codes[i * 32 + 31 - Math.clz32(word & -word)]!]!++
    }
  }
  return perCode.subarray(1)
}
