// Matching rows by time and severity.
import { countBits, countCommon, eachBit, setBit, wordsFor } from '../bits.ts'
import type { Histogram } from '../event-store.ts'
import type { GroupReader } from '../index/read.ts'
import type { DocSets, GroupDocs } from './group-docs.ts'
import { matchesOf, type Run } from './run.ts'
import type { Unit } from './unit.ts'

/** Events of one bucket by severity, a few. */
interface Bucket {
  readonly severities: string[]
  readonly counts: number[]
}

type AddToBucket = (start: number, severity: string, count: number) => void
/** Docs of a group by severity, where the index keeps them. */
type SeveritySets = (group: GroupReader) => DocSets | undefined

/** How the rows of units are counted. */
interface Counting {
  readonly bucket_ms: number
  readonly setsOf: SeveritySets
  readonly add: AddToBucket
}

/** Matching rows by time and severity; the severity of events without one is the empty text. */
export async function histogramOf(
  run: Run,
  units: readonly Unit[],
  bucket_ms: number,
  groupDocs: GroupDocs,
): Promise<Histogram['buckets']> {
  const buckets = new Map<number, Bucket>()
  const counting = { bucket_ms, setsOf: remembered(groupDocs), add: adderTo(buckets) }
  for (const unit of units) {
    if (run.stopped()) break
    if (run.skips(unit)) continue
    addToBuckets(counting, unit, await matchesOf(run, unit))
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([start, { severities, counts }]) => ({
      start,
      count: counts.reduce((sum, count) => sum + count, 0),
      bySeverity: Object.fromEntries(severities.map((severity, at) => [severity, counts[at]!])),
    }))
}

/** Units follow each other in time: mostly it is the same bucket again. */
function adderTo(buckets: Map<number, Bucket>): AddToBucket {
  let current = Number.NaN
  let bucket: Bucket = { severities: [], counts: [] }
  return (start, severity, count) => {
    if (start !== current) {
      current = start
      bucket = buckets.getOrInsertComputed(start, () => ({ severities: [], counts: [] }))
    }
    const at = bucket.severities.indexOf(severity)
    if (at >= 0) bucket.counts[at]! += count
    else {
      bucket.severities.push(severity)
      bucket.counts.push(count)
    }
  }
}

/** Units of the same group follow each other, too. */
function remembered(groupDocs: GroupDocs): SeveritySets {
  let last: GroupReader | undefined
  let sets: DocSets | undefined
  return (group) => {
    if (group !== last) sets = groupDocs.sets(group, 'severity')
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

function addByRow(
  { bucket_ms, setsOf, add }: Counting,
  unit: Unit,
  bits: Uint32Array,
  times: Float64Array,
): void {
  const bySeverity = rowsBySeverity(unit, setsOf)
  const names = ['', ...bySeverity.map(([severity]) => severity)]
  const codes = new Uint8Array(unit.visible)
  for (const [at, [, rows]] of bySeverity.entries()) {
    eachBit(rows, (row) => {
      if (row < codes.length) codes[row] = at + 1
    })
  }
  const counts = new Uint32Array(names.length)
  let current = 0
  const flush = () => {
    for (const [code, count] of counts.entries()) if (count > 0) add(current, names[code]!, count)
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
  { setsOf, add }: Counting,
  unit: Unit,
  bits: Uint32Array,
  total: number,
  start: number,
): void {
  if (total === 0) return
  const { severities } = unit
  if (severities !== undefined) {
    let only: string | undefined
    let kinds = 0
    for (const severity in severities) {
      if (total === unit.count) add(start, severity, severities[severity]!)
      only = severity
      kinds++
    }
    if (kinds > 0 && total === unit.count) return
    if (only !== undefined && kinds === 1) {
      add(start, only, total)
      return
    }
  }
  let left = total
  const sets = unit.coverage && setsOf(unit.coverage.group)
  const first = sets === undefined ? 0 : unit.coverage!.doc >>> 5
  for (const [severity, docs] of sets ?? rowsOfColumn(unit)) {
    const count = countCommon(bits, docs, first)
    if (count > 0) add(start, severity, count)
    left -= count
  }
  if (left > 0) add(start, '', left)
}

/** Rows of a unit by severity. */
function rowsBySeverity(unit: Unit, setsOf: SeveritySets): DocSets {
  const sets = unit.coverage && setsOf(unit.coverage.group)
  if (sets === undefined) return rowsOfColumn(unit)
  const start = unit.coverage!.doc >>> 5
  const end = start + wordsFor(unit.visible)
  return sets.map(([severity, docs]) => [severity, docs.subarray(start, end)])
}

function rowsOfColumn(unit: Unit): DocSets {
  const column = unit.column('severity')
  if (column === undefined) return []
  return column.values.map((value, at) => {
    const rows = new Uint32Array(wordsFor(unit.visible))
    for (let row = 0; row < unit.visible; row++) if (column.codes[row] === at + 1) setBit(rows, row)
    return [String(value), rows]
  })
}
