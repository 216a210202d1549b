// The values that most or fewest of the matching rows have.
import { fieldValues, isColumn, textOf } from '../../../../sigma/eval/values.ts'
import { countBits, eachBit, hasBit, wordsFor } from '../bits.ts'
import { fieldColumn, TEXT_FIELDS } from '../columns.ts'
import type { Top, TopRequest } from '../event-store.ts'
import type { GroupReader } from '../index/read.ts'
import { elements } from './evaluate.ts'
import type { DocCodes, GroupDocs } from './group-docs.ts'
import { matchesOf, type Run } from './run.ts'
import type { Unit } from './unit.ts'

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

/** The values that most (or fewest) of the matching events have. */
export async function topOf(
  run: Run,
  units: readonly Unit[],
  request: Pick<TopRequest, 'field' | 'limit' | 'order'>,
  groupDocs: GroupDocs,
): Promise<Pick<Top, 'values' | 'distinct' | 'missing'>> {
  const column = columnOf(request.field)
  const tally: Tally = { counts: new Map(), missing: 0 }
  const gathered: Gathered = new Map()
  for (const unit of units) {
    if (tally.counts.size > TALLY_VALUES_MAX) run.stop()
    if (run.stopped()) break
    if (run.skips(unit)) continue
    const bits = await matchesOf(run, unit)
    if (request.field === RULE_FIELD) tallyRules(tally, unit, bits)
    else if (column !== undefined) {
      if (!gather(gathered, unit, column, bits)) tallyColumn(tally, unit, column, bits)
    } else await tallyField(tally, run, unit, request.field, bits)
  }
  for (const [group, docs] of gathered)
    tallyGroup(tally, groupDocs.codes(group, column!), docs, group.info.events)
  const values = firstOf(tally.counts, request)
  return { values, distinct: tally.counts.size, missing: tally.missing }
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

/** Matching docs of groups whose values the index keeps. */
type Gathered = Map<GroupReader, Uint32Array>

/** Columns of which an event may have several values: the sum over values is not the events. */
const SETS: readonly string[] = ['category', 'service']

/** Adds the rows to those of the unit's group; false when the index does not keep the values. */
function gather(gathered: Gathered, unit: Unit, name: string, bits: Uint32Array): boolean {
  if (unit.coverage === undefined || SETS.includes(name) || name.includes(':')) return false
  const { group, doc } = unit.coverage
  const column = group.info.columns.find((one) => one.name === name)
  if (column?.kind === 'hashed') return false
  const docs = gathered.getOrInsertComputed(group, () => new Uint32Array(wordsFor(group.info.docs)))
  docs.set(bits, doc >>> 5)
  return true
}

function tallyGroup(
  tally: Tally,
  column: DocCodes | undefined,
  docs: Uint32Array,
  events: number,
): void {
  const left = countBits(docs)
  if (column === undefined || left === 0) {
    tally.missing += left
    return
  }
  const { values, counts, codes } = column
  const perCode = new Uint32Array(values.length + 1)
  if (left === events) for (const [at, count] of counts.entries()) perCode[at + 1] = count
  else eachBit(docs, (doc) => perCode[codes[doc]!]!++)
  let with_value = 0
  for (const [at, value] of values.entries()) {
    const count = perCode[at + 1]!
    if (count === 0) continue
    const text = textOf(value)
    addValues(tally, text === undefined ? [] : [text], count)
    with_value += count
  }
  tally.missing += left - with_value
}

/** Rows decoded between two looks at the clock. */
const ROWS_PER_LOOK = 64

async function tallyField(
  tally: Tally,
  run: Run,
  unit: Unit,
  field: string,
  bits: Uint32Array,
): Promise<void> {
  if (!unit.mayHaveField(field)) {
    tally.missing += countBits(bits)
    return
  }
  const rows: number[] = []
  eachBit(bits, (row) => rows.push(row))
  for (const [at, row] of rows.entries()) {
    if (at % ROWS_PER_LOOK === 0) {
      await run.turn()
      if (run.stopped()) return
    }
    addValues(tally, textsOf(fieldValues(run.read(unit, row).fields, field)), 1)
  }
}
