// Counts, histograms and top values over the rows that match.
import { fieldValues, isColumn, textOf } from '../../../../sigma/eval/values.ts'
import { countBits, countCommon, eachBit, hasBit, setBit, wordsFor } from '../bits.ts'
import { fieldColumn, TEXT_FIELDS } from '../columns.ts'
import type { Histogram, Top, TopRequest } from '../event-store.ts'
import { eachKeptPosting, readKept } from '../index/columns.ts'
import { countMarked, markDocs } from '../index/postings.ts'
import type { GroupReader } from '../index/read.ts'
import { elements } from './evaluate.ts'
import { matchesOf, type Run } from './run.ts'
import type { Unit } from './unit.ts'

/** How many rows match, as far as the search got. */
export async function countMatches(run: Run, units: readonly Unit[]): Promise<number> {
  let total = 0
  for (const unit of units) {
    if (run.stopped()) break
    total += countBits(await matchesOf(run, unit))
  }
  return total
}

/** A column with more values than this is not split into sets of rows. */
const SPLIT_VALUES_MAX = 64

interface Bucket {
  count: number
  readonly severities: Map<string, number>
}

/** Matching rows by time and severity; the severity of events without one is the empty text. */
export async function histogramOf(
  run: Run,
  units: readonly Unit[],
  bucket_ms: number,
): Promise<Histogram['buckets']> {
  const buckets = new Map<number, Bucket>()
  const add = (start: number, severity: string, count: number) => {
    let bucket = buckets.get(start)
    if (bucket === undefined) {
      bucket = { count: 0, severities: new Map() }
      buckets.set(start, bucket)
    }
    bucket.count += count
    bucket.severities.set(severity, (bucket.severities.get(severity) ?? 0) + count)
  }
  const severities = createSeverityBits()
  for (const unit of units) {
    if (run.stopped()) break
    addToBuckets(unit, await matchesOf(run, unit), bucket_ms, severities, add)
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([start, { count, severities }]) => ({
      start,
      count,
      bySeverity: Object.fromEntries(severities),
    }))
}

type AddToBucket = (start: number, severity: string, count: number) => void

function addToBuckets(
  unit: Unit,
  bits: Uint32Array,
  bucket_ms: number,
  severities: SeverityBits,
  add: AddToBucket,
): void {
  const total = countBits(bits)
  if (total === 0) return
  const startOf = (time: number) => Math.floor(time / bucket_ms) * bucket_ms
  const start = startOf(unit.oldest)
  if (start === startOf(unit.newest)) {
    addWhole(unit, bits, total, start, severities, add)
    return
  }
  const column = unit.column('severity')
  const names = ['', ...(column?.values ?? []).map(String)]
  const counts = new Uint32Array(names.length)
  const times = unit.times()
  let current = start
  const flush = () => {
    for (const [code, count] of counts.entries()) if (count > 0) add(current, names[code]!, count)
    counts.fill(0)
  }
  eachBit(bits, (row) => {
    const time = times[row]!
    if (time < current || time >= current + bucket_ms) {
      flush()
      current = startOf(time)
    }
    counts[column === undefined ? 0 : column.codes[row]!]!++
  })
  flush()
}

/** Adds rows that are all of one bucket, by the cheapest way to their severities. */
function addWhole(
  unit: Unit,
  bits: Uint32Array,
  total: number,
  start: number,
  severities: SeverityBits,
  add: AddToBucket,
): void {
  const counted = unit.severities === undefined ? [] : Object.entries(unit.severities)
  if (counted.length > 0 && total === unit.count) {
    for (const [severity, count] of counted) add(start, severity, count)
    return
  }
  if (counted.length === 1) {
    add(start, counted[0]![0], total)
    return
  }
  let left = total
  for (const [severity, docs] of severities.of(unit) ?? rowsBySeverity(unit)) {
    const count = countCommon(bits, docs)
    if (count > 0) add(start, severity, count)
    left -= count
  }
  if (left > 0) add(start, '', left)
}

function rowsBySeverity(unit: Unit): [string, Uint32Array][] {
  const column = unit.column('severity')
  if (column === undefined) return []
  return column.values.map((value, at) => {
    const rows = new Uint32Array(wordsFor(unit.visible))
    for (let row = 0; row < unit.visible; row++) if (column.codes[row] === at + 1) setBit(rows, row)
    return [String(value), rows]
  })
}

/** Rows of a unit by severity, from the index. */
interface SeverityBits {
  /** Undefined where the index does not cover the unit. */
  of(unit: Unit): [string, Uint32Array][] | undefined
}

function createSeverityBits(): SeverityBits {
  const groups = new Map<GroupReader, [string, Uint32Array][] | undefined>()
  return {
    of(unit) {
      const { coverage } = unit
      if (coverage === undefined) return undefined
      const { group, doc } = coverage
      const severities = groups.getOrInsertComputed(group, () => docsByValue(group, 'severity'))
      const start = doc >>> 5
      return severities?.map(([severity, docs]) => [
        severity,
        docs.subarray(start, start + wordsFor(unit.visible)),
      ])
    },
  }
}

/** Docs of each value of a kept column; undefined for one that is not kept. */
function docsByValue(group: GroupReader, name: string): [string, Uint32Array][] | undefined {
  const { db, id, info } = group
  const at = info.columns.findIndex((column) => column.name === name)
  const column = info.columns[at]
  if (column === undefined) return []
  if (column.kind !== 'kept' || column.values > SPLIT_VALUES_MAX) return undefined
  const found = readKept(db, id, at).values.map((value): [string, Uint32Array] => [
    String(value),
    new Uint32Array(wordsFor(info.docs)),
  ])
  const all = () => true
  eachKeptPosting(db, id, at, column.values, all, (value, bytes, start, end) =>
    markDocs(bytes, start, end, found[value]![1]),
  )
  return found
}

/** Facet of the rules that matched, by id. */
export const RULE_FIELD = '@rule'

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
): Promise<Pick<Top, 'values' | 'distinct' | 'missing'>> {
  const column = columnOf(request.field)
  const tally: Tally = { counts: new Map(), missing: 0 }
  const gathered: Gathered = new Map()
  for (const unit of units) {
    if (tally.counts.size > TALLY_VALUES_MAX) run.stop()
    if (run.stopped()) break
    const bits = await matchesOf(run, unit)
    if (request.field === RULE_FIELD) tallyRules(tally, unit, bits)
    else if (column !== undefined) {
      if (!gather(gathered, unit, column, bits)) tallyColumn(tally, unit, column, bits)
    } else await tallyField(tally, run, unit, request.field, bits)
  }
  for (const [group, docs] of gathered) tallyGroup(tally, group, column!, docs)
  const sign = request.order === 'most' ? -1 : 1
  const values = [...tally.counts]
    .sort(([a, x], [b, y]) => sign * (x - y) || (a < b ? -1 : 1))
    .slice(0, request.limit)
    .map(([value, count]) => ({ value, count }))
  return { values, distinct: tally.counts.size, missing: tally.missing }
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

function tallyGroup(tally: Tally, group: GroupReader, name: string, docs: Uint32Array): void {
  const { db, id, info } = group
  let left = countBits(docs)
  const at = info.columns.findIndex((column) => column.name === name)
  if (at >= 0 && left > 0) {
    const { values, counts } = readKept(db, id, at)
    const everyone = left === info.events
    const found = everyone ? [...counts] : new Array<number>(values.length).fill(0)
    if (!everyone) {
      const all = () => true
      eachKeptPosting(db, id, at, values.length, all, (value, bytes, start, end) => {
        found[value] = countMarked(bytes, start, end, docs)
      })
    }
    for (const [n, value] of values.entries()) {
      if (found[n] === 0) continue
      const text = textOf(value)
      addValues(tally, text === undefined ? [] : [text], found[n]!)
      left -= found[n]!
    }
  }
  tally.missing += left
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
