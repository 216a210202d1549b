// Matching rows by time and severity.
import { countBits, countCommon, eachBit, setBit, wordsFor } from '../bits.ts'
import type { Histogram } from '../event-store.ts'
import type { DocSets, GroupDocs } from './group-docs.ts'
import { matchesOf, type Run } from './run.ts'
import type { Unit } from './unit.ts'

interface Bucket {
  count: number
  readonly severities: Map<string, number>
}

/** Matching rows by time and severity; the severity of events without one is the empty text. */
export async function histogramOf(
  run: Run,
  units: readonly Unit[],
  bucket_ms: number,
  groupDocs: GroupDocs,
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
    if (run.skips(unit)) continue
    addToBuckets(unit, await matchesOf(run, unit), bucket_ms, groupDocs, add)
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
  groupDocs: GroupDocs,
  add: AddToBucket,
): void {
  const total = countBits(bits)
  if (total === 0) return
  const startOf = (time: number) => Math.floor(time / bucket_ms) * bucket_ms
  const start = startOf(unit.oldest)
  if (start === startOf(unit.newest)) {
    addWhole(unit, bits, total, start, groupDocs, add)
    return
  }
  const bySeverity = rowsBySeverity(unit, groupDocs)
  const names = ['', ...bySeverity.map(([severity]) => severity)]
  const codes = new Uint8Array(unit.visible)
  for (const [at, [, rows]] of bySeverity.entries()) {
    eachBit(rows, (row) => {
      if (row < codes.length) codes[row] = at + 1
    })
  }
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
    counts[codes[row]!]!++
  })
  flush()
}

/** Adds rows that are all of one bucket, by the cheapest way to their severities. */
function addWhole(
  unit: Unit,
  bits: Uint32Array,
  total: number,
  start: number,
  groupDocs: GroupDocs,
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
  for (const [severity, docs] of rowsBySeverity(unit, groupDocs)) {
    const count = countCommon(bits, docs)
    if (count > 0) add(start, severity, count)
    left -= count
  }
  if (left > 0) add(start, '', left)
}

/** Rows of a unit by severity. */
function rowsBySeverity(unit: Unit, groupDocs: GroupDocs): DocSets {
  if (unit.coverage !== undefined) {
    const { group, doc } = unit.coverage
    const start = doc >>> 5
    const known = groupDocs.sets(group, 'severity')
    if (known !== undefined) {
      const end = start + wordsFor(unit.visible)
      return known.map(([severity, docs]) => [severity, docs.subarray(start, end)])
    }
  }
  const column = unit.column('severity')
  if (column === undefined) return []
  return column.values.map((value, at) => {
    const rows = new Uint32Array(wordsFor(unit.visible))
    for (let row = 0; row < unit.visible; row++) if (column.codes[row] === at + 1) setBit(rows, row)
    return [String(value), rows]
  })
}
