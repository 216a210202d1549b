// Matching rows by time and severity.
import { countBits, countCommon, eachBit, setBit, wordsFor } from '../bits.ts'
import type { Histogram } from '../event-store.ts'
import type { GroupReader } from '../index/read.ts'
import type { GroupDocs } from './group-docs.ts'
import { matchesOf, type Run } from './run.ts'
import type { Unit } from './unit.ts'

/** Adds events of a bucket with a severity, by its code. */
type AddToBucket = (start: number, severity: number, count: number) => void
/** Docs of a group by the code of their severity, where the index keeps them. */
type CodedSets = readonly (readonly [severity: number, docs: Uint32Array])[]

/** How the rows of units are counted. */
interface Counting {
  readonly bucket_ms: number
  /** The code of a severity: its index among those that were seen. */
  codeOf(severity: string): number
  setsOf(group: GroupReader): CodedSets | undefined
  readonly add: AddToBucket
}

/** The code of events without a severity, whose name is the empty text. */
const NO_SEVERITY = 0

/** Matching rows by time and severity; the severity of events without one is the empty text. */
export async function histogramOf(
  run: Run,
  units: readonly Unit[],
  bucket_ms: number,
  groupDocs: GroupDocs,
): Promise<Histogram['buckets']> {
  const buckets = new Map<number, number[]>()
  const codes = new Map([['', NO_SEVERITY]])
  const codeOf = (severity: string) => codes.getOrInsertComputed(severity, () => codes.size)
  const setsOf = remembered(groupDocs, codeOf)
  const counting = { bucket_ms, codeOf, setsOf, add: adderTo(buckets) }
  for (const unit of units) {
    if (run.stopped()) break
    if (run.skips(unit)) continue
    addToBuckets(counting, unit, await matchesOf(run, unit))
  }
  const names = [...codes.keys()]
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([start, counts]) => ({
      start,
      count: counts.reduce((sum, count) => sum + count, 0),
      bySeverity: Object.fromEntries(
        counts.flatMap((count, code) => (count > 0 ? [[names[code]!, count]] : [])),
      ),
    }))
}

/** Units follow each other in time: mostly it is the same bucket again. */
function adderTo(buckets: Map<number, number[]>): AddToBucket {
  let current = Number.NaN
  let counts: number[] = []
  return (start, severity, count) => {
    if (start !== current) {
      current = start
      counts = buckets.getOrInsertComputed(start, () => [])
    }
    while (counts.length <= severity) counts.push(0)
    counts[severity]! += count
  }
}

/** Units of the same group follow each other, too. */
function remembered(
  groupDocs: GroupDocs,
  codeOf: (severity: string) => number,
): Counting['setsOf'] {
  let last: GroupReader | undefined
  let sets: CodedSets | undefined
  return (group) => {
    if (group !== last) {
      const found = groupDocs.sets(group, 'severity')
      sets = found?.map(([severity, docs]) => [codeOf(severity), docs])
    }
    last = group
    return sets
  }
}

/** More buckets than this in one unit are told apart row by row. */
const SPLIT_BUCKETS_MAX = 4

function addToBuckets(counting: Counting, unit: Unit, bits: Uint32Array): void {
  const { bucket_ms } = counting
  const total = countBits(bits)
  if (total === 0) return
  const startOf = (time: number) => Math.floor(time / bucket_ms) * bucket_ms
  const start = startOf(unit.oldest)
  const last = startOf(unit.newest)
  if (start === last) {
    addWhole(counting, unit, bits, total, start)
    return
  }
  const times = unit.times()
  if ((last - start) / bucket_ms >= SPLIT_BUCKETS_MAX) {
    addByRow(counting, unit, bits, times)
    return
  }
  for (let from = start; from <= last; from += bucket_ms) {
    const rows = rowsBetween(bits, times, from, from + bucket_ms)
    addWhole(counting, unit, rows, countBits(rows), from)
  }
}

/** Those of the rows whose time is in [from, to). */
function rowsBetween(
  bits: Uint32Array,
  times: Float64Array,
  from: number,
  to: number,
): Uint32Array {
  const found = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) {
    const some = bits[i]!
    if (some === 0) continue
    let inside = 0
    for (let word = some; word !== 0; word &= word - 1) {
      const lowest = word & -word
      const time = times[i * 32 + 31 - Math.clz32(lowest)]!
      if (time >= from && time < to) inside |= lowest
    }
    found[i] = inside
  }
  return found
}

function addByRow(counting: Counting, unit: Unit, bits: Uint32Array, times: Float64Array): void {
  const { bucket_ms, add } = counting
  const bySeverity = rowsBySeverity(unit, counting)
  const severities = [NO_SEVERITY, ...bySeverity.map(([severity]) => severity)]
  const codes = new Uint16Array(unit.visible)
  for (const [at, [, rows]] of bySeverity.entries()) {
    eachBit(rows, (row) => {
      if (row < codes.length) codes[row] = at + 1
    })
  }
  const counts = new Uint32Array(severities.length)
  let current = 0
  const flush = () => {
    for (const [at, count] of counts.entries()) if (count > 0) add(current, severities[at]!, count)
    counts.fill(0)
  }
  eachBit(bits, (row) => {
    const time = times[row]!
    if (time < current || time >= current + bucket_ms) {
      flush()
      current = Math.floor(time / bucket_ms) * bucket_ms
    }
    counts[codes[row]!]!++
  })
  flush()
}

/** Adds rows that are all of one bucket, by the cheapest way to their severities. */
function addWhole(
  counting: Counting,
  unit: Unit,
  bits: Uint32Array,
  total: number,
  start: number,
): void {
  if (total === 0) return
  const { codeOf, setsOf, add } = counting
  const { severities } = unit
  if (severities !== undefined) {
    let only: string | undefined
    let kinds = 0
    for (const severity in severities) {
      if (total === unit.count) add(start, codeOf(severity), severities[severity]!)
      only = severity
      kinds++
    }
    if (kinds > 0 && total === unit.count) return
    if (only !== undefined && kinds === 1) {
      add(start, codeOf(only), total)
      return
    }
  }
  let left = total
  const sets = unit.coverage && setsOf(unit.coverage.group)
  const first = sets === undefined ? 0 : unit.coverage!.doc >>> 5
  for (const [severity, docs] of sets ?? rowsOfColumn(unit, codeOf)) {
    if (left === 0) return
    const count = countCommon(bits, docs, first)
    if (count > 0) add(start, severity, count)
    left -= count
  }
  if (left > 0) add(start, NO_SEVERITY, left)
}

/** Rows of a unit by severity. */
function rowsBySeverity(unit: Unit, { codeOf, setsOf }: Counting): CodedSets {
  const sets = unit.coverage && setsOf(unit.coverage.group)
  if (sets === undefined) return rowsOfColumn(unit, codeOf)
  const start = unit.coverage!.doc >>> 5
  const end = start + wordsFor(unit.visible)
  return sets.map(([severity, docs]) => [severity, docs.subarray(start, end)])
}

function rowsOfColumn(unit: Unit, codeOf: Counting['codeOf']): CodedSets {
  const column = unit.column('severity')
  if (column === undefined) return []
  return column.values.map((value, at) => {
    const rows = new Uint32Array(wordsFor(unit.visible))
    for (let row = 0; row < unit.visible; row++) if (column.codes[row] === at + 1) setBit(rows, row)
    return [codeOf(String(value)), rows]
  })
}
