// Counts, histograms and top values over the rows that match.
import { fieldValues, isColumn, textOf } from '../../../../sigma/eval/values.ts'
import { fieldColumn, TEXT_FIELDS } from '../columns.ts'
import type { Histogram, Top, TopRequest } from '../event-store.ts'
import { countBits, eachBit } from './bits.ts'
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
  for (const unit of units) {
    if (run.stopped()) break
    addToBuckets(unit, await matchesOf(run, unit), bucket_ms, add)
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([start, { count, severities }]) => ({
      start,
      count,
      bySeverity: Object.fromEntries(severities),
    }))
}

function addToBuckets(
  unit: Unit,
  bits: Uint32Array,
  bucket_ms: number,
  add: (start: number, severity: string, count: number) => void,
): void {
  const total = countBits(bits)
  if (total === 0) return
  const startOf = (time: number) => Math.floor(time / bucket_ms) * bucket_ms
  const whole = startOf(unit.oldest) === startOf(unit.newest) ? startOf(unit.oldest) : undefined
  const { severities } = unit
  if (whole !== undefined && severities !== undefined) {
    const [only, ...others] = Object.keys(severities)
    if (total === unit.count) {
      for (const [severity, count] of Object.entries(severities)) add(whole, severity, count)
      return
    }
    if (only !== undefined && others.length === 0) {
      add(whole, only, total)
      return
    }
  }
  const column = unit.column('severity')
  const names = ['', ...(column?.values ?? []).map(String)]
  const times = whole === undefined ? unit.times() : undefined
  eachBit(bits, (row) => {
    const code = column === undefined ? 0 : column.codes[row]!
    add(times === undefined ? whole! : startOf(times[row]!), names[code]!, 1)
  })
}

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
  for (const unit of units) {
    if (run.stopped()) break
    const bits = await matchesOf(run, unit)
    if (column !== undefined) tallyColumn(tally, unit, column, bits)
    else await tallyField(tally, run, unit, request.field, bits)
  }
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
