// The values that most or fewest of the matching rows have.
import { fieldValues, isColumn, textOf } from '../../../../sigma/eval/values.ts'
import { countBits, eachBit, hasBit, wordsFor } from '../bits.ts'
import { fieldColumn, TEXT_FIELDS } from '../columns.ts'
import type { Top, TopRequest } from '../event-store.ts'
import type { GroupReader } from '../index/read.ts'
import { elements } from './column-test.ts'
import type { DocCodes, GroupDocs } from './group-docs.ts'
import { matchesOf, type Run } from './run.ts'
import type { Coverage, Unit } from './unit.ts'

/** Facet of the rules that matched, by id. */
const RULE_FIELD = '@rule'

function tallyRules(tally: Tally, unit: Unit, bits: Uint32Array): void {
  const rules = new Map<number, string[]>()
  for (const { row, ruleId } of unit.matches()) {
    if (hasBit(bits, row)) rules.getOrInsertComputed(row, () => []).push(ruleId)
  }
  for (const ids of rules.values()) addValues(tally, [...new Set(ids)], 1)
  tally.missing += countBits(bits) - rules.size
}

/** Of a field with more different values only the newest events are counted. */
const TALLY_VALUES_MAX = 1_000_000

/** Counts of values over the rows that match. */
interface Tally {
  readonly counts: Map<string, number>
  missing: number
}

/** The column that holds a facet's field, if one does; `@name` always names a column. */
function columnOf(field: string): string | undefined {
  const name = field.startsWith('@') ? field.slice(1) : field
  if (isColumn(name)) return name
  return (TEXT_FIELDS as readonly string[]).includes(field) ? fieldColumn(field) : undefined
}

/** What is asked of one field. */
export type Facet = Pick<TopRequest, 'field' | 'limit' | 'order'>

/** A facet being counted. */
interface Part {
  readonly facet: Facet
  /** The column that holds its field. */
  readonly column: string | undefined
  readonly tally: Tally
  /** Of which units its values are counted row by row. */
  readonly units: Matched[]
  /** Rows counted so far. */
  counted: number
  /** Time was up, or there are too many values, before all units were counted. */
  isCut: boolean
}

interface Matched {
  readonly unit: Unit
  readonly bits: Uint32Array
}

/** Values of one facet; `counted` rows of all, where it is not `complete`. */
export interface Counted extends Pick<Top, 'values' | 'distinct' | 'missing'> {
  readonly complete: boolean
  readonly counted: number
}

/**
 * The values that most (or fewest) of the matching events have, of several fields: which events match is
 * found once. What has to be counted row by row, newest first, ends with the run's time.
 */
export async function topsOf(
  run: Run,
  units: readonly Unit[],
  facets: readonly Facet[],
  groupDocs: GroupDocs,
): Promise<Counted[]> {
  const parts = facets.map((facet): Part => {
    const tally: Tally = { counts: new Map(), missing: 0 }
    return { facet, column: columnOf(facet.field), tally, units: [], counted: 0, isCut: false }
  })
  const gathered: Gathered = new Map()
  for (const unit of units) {
    if (run.stopped()) break
    if (run.skips(unit)) continue
    const bits = await matchesOf(run, unit)
    if (unit.coverage !== undefined) gather(gathered, unit.coverage, bits)
    const group = unit.coverage?.group
    for (const part of parts) if (!isKept(group, part.column)) part.units.push({ unit, bits })
  }
  let left = parts.filter((part) => part.units.length > 0).length
  for (const part of parts) {
    if (part.units.length === 0) continue
    await countRows(run, part, run.left_ms() / left)
    left--
  }
  for (const part of parts) {
    for (const [group, docs] of gathered) tallyGroup(part, groupDocs, group, docs)
  }
  return parts.map(({ facet, tally, counted, isCut }) => ({
    values: firstOf(tally.counts, facet),
    distinct: tally.counts.size,
    missing: tally.missing,
    complete: !isCut,
    counted,
  }))
}

/** Counts a facet's values row by row for as long as it may take. */
async function countRows(run: Run, part: Part, time_ms: number): Promise<void> {
  const { facet, column, tally } = part
  const started = performance.now()
  const isOver = () => performance.now() - started >= time_ms
  for (const { unit, bits } of part.units) {
    await run.turn()
    if (isOver() || tally.counts.size > TALLY_VALUES_MAX) {
      part.isCut = true
      return
    }
    if (facet.field === RULE_FIELD) tallyRules(tally, unit, bits)
    else if (column !== undefined) tallyColumn(tally, unit, column, bits)
    else part.isCut = !(await tallyField(tally, run, unit, facet.field, bits, isOver))
    if (part.isCut) return
    part.counted += countBits(bits)
  }
}

/** The first values in order of their counts, then of their texts. Of hundreds of thousands few are wanted. */
function firstOf(
  counts: ReadonlyMap<string, number>,
  { order, limit }: Pick<TopRequest, 'order' | 'limit'>,
): Top['values'] {
  const sign = order === 'most' ? -1 : 1
  const found: { readonly value: string; readonly count: number }[] = []
  for (const [value, count] of counts) {
    let at = found.length
    for (; at > 0; at--) {
      const before = found[at - 1]!
      const apart = sign * (count - before.count)
      if (apart > 0 || (apart === 0 && before.value < value)) break
    }
    if (at >= limit) continue
    found.splice(at, 0, { value, count })
    if (found.length > limit) found.pop()
  }
  return found
}

function addValues(tally: Tally, values: readonly string[], count: number): void {
  if (values.length === 0) tally.missing += count
  for (const value of values) tally.counts.set(value, (tally.counts.get(value) ?? 0) + count)
}

/** What a facet counts of an event's values: their texts, each once. */
function textsOf(values: readonly Parameters<typeof textOf>[0][]): string[] {
  return [...new Set(values.flatMap((value) => textOf(value) ?? []))]
}

function tallyColumn(tally: Tally, unit: Unit, name: string, bits: Uint32Array): void {
  const total = countBits(bits)
  if (total === 0) return
  const column = unit.column(name)
  if (column === undefined) {
    tally.missing += total
    return
  }
  const perCode = new Uint32Array(column.values.length + 1)
  const { codes } = column
  if (total === unit.count) for (let row = 0; row < codes.length; row++) perCode[codes[row]!]!++
  else eachBit(bits, (row) => perCode[codes[row]!]!++)
  tally.missing += perCode[0]!
  for (const [at, value] of column.values.entries()) {
    const count = perCode[at + 1]!
    if (count > 0) addValues(tally, textsOf(elements(value)), count)
  }
}

/** Matching docs of groups. */
type Gathered = Map<GroupReader, Uint32Array>

/** Columns of which an event may have several values: the sum over values is not the events. */
const SETS: readonly string[] = ['category', 'service']

/** Whether the index keeps the column's values of a group. */
function isKept(group: GroupReader | undefined, name: string | undefined): name is string {
  if (group === undefined || name === undefined) return false
  if (SETS.includes(name) || name.includes(':')) return false
  return group.info.columns.find((one) => one.name === name)?.kind !== 'hashed'
}

/** Adds a unit's rows to those of its group. */
function gather(gathered: Gathered, { group, doc }: Coverage, bits: Uint32Array): void {
  const docs = gathered.getOrInsertComputed(group, () => new Uint32Array(wordsFor(group.info.docs)))
  docs.set(bits, doc >>> 5)
}

/** Counts the values that the index keeps of a group's matching docs. */
function tallyGroup(part: Part, groupDocs: GroupDocs, group: GroupReader, docs: Uint32Array): void {
  const { tally, column: name } = part
  if (!isKept(group, name)) return
  const { columns, events } = group.info
  const at = columns.findIndex((one) => one.name === name)
  const total = countBits(docs)
  part.counted += total
  if (at < 0 || total === 0) {
    tally.missing += total
    return
  }
  const { values, counts } = groupDocs.kept(group, at)
  const found =
    total === events
      ? counts
      : counts.length === 1 && counts[0] === events
        ? [total]
        : countCodes(groupDocs.codes(group, name)!, docs)
  let with_value = 0
  for (const [at, value] of values.entries()) {
    const count = found[at]!
    if (count === 0) continue
    const text = textOf(value)
    addValues(tally, text === undefined ? [] : [text], count)
    with_value += count
  }
  tally.missing += total - with_value
}

/** How many of the docs have each value. */
function countCodes({ values, codes }: DocCodes, docs: Uint32Array): Uint32Array {
  const perCode = new Uint32Array(values.length + 1)
  for (let i = 0; i < docs.length; i++) {
    for (let word = docs[i]!; word !== 0; word &= word - 1) {
      perCode[codes[i * 32 + 31 - Math.clz32(word & -word)]!]!++
    }
  }
  return perCode.subarray(1)
}

/** Rows decoded between two looks at the clock. */
const ROWS_PER_LOOK = 64

/** False when its time was over before all rows were counted. */
async function tallyField(
  tally: Tally,
  run: Run,
  unit: Unit,
  field: string,
  bits: Uint32Array,
  isOver: () => boolean,
): Promise<boolean> {
  if (!unit.mayHaveField(field)) {
    tally.missing += countBits(bits)
    return true
  }
  const rows: number[] = []
  eachBit(bits, (row) => rows.push(row))
  if (rows.length > 1) await Promise.all(unit.open(rows))
  for (const [at, row] of rows.entries()) {
    if (at % ROWS_PER_LOOK === 0) {
      await run.turn()
      if (isOver()) return false
    }
    addValues(tally, textsOf(fieldValues(run.read(unit, row).fields, field)), 1)
  }
  return true
}
