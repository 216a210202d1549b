// What the store holds, by day.
import { existsSync, statSync } from 'node:fs'
import { dayFilePath } from '../day-file.ts'
import type { StoreStats } from '../event-store.ts'
import { TIME_MAX_MS, TIME_MIN_MS } from '../id.ts'
import { indexPath } from '../index/layout.ts'
import { coverageOf, type DayFiles, type Files } from './files.ts'
import type { Snapshot } from './snapshot.ts'

const bytesOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

/** Sizes of a day's files with their logs. */
function diskBytes(files: Files, day: DayFiles): number {
  return [dayFilePath(files.dataFolder, day.name), indexPath(files.dataFolder, day.name)]
    .flatMap((path) => [path, `${path}-wal`])
    .reduce((sum, path) => sum + bytesOf(path), 0)
}

/** Counts, sizes and the index's lag of everything a snapshot sees. */
export function statsOf(files: Files, snapshot: Snapshot): StoreStats {
  const units = snapshot.units({ from: TIME_MIN_MS, to: TIME_MAX_MS + 1 })
  const events = new Map<string, number>()
  let oldest = Number.POSITIVE_INFINITY
  let newest = Number.NEGATIVE_INFINITY
  for (const unit of units) {
    events.set(unit.day, (events.get(unit.day) ?? 0) + unit.visible)
    oldest = Math.min(oldest, unit.oldest)
    newest = Math.max(newest, unit.newest)
  }
  const sizes = new Map(snapshot.days.map((day) => [day.name.day, diskBytes(files, day)]))
  const days = [...new Set([...events.keys(), ...sizes.keys()])].sort().map((day) => ({
    day,
    events: events.get(day) ?? 0,
    bytes: sizes.get(day) ?? 0,
  }))
  return {
    events: days.reduce((sum, day) => sum + day.events, 0),
    bytes: days.reduce((sum, day) => sum + day.bytes, 0),
    ...(units.length === 0 ? {} : { oldest, newest }),
    days,
    indexLag_ms: lagOf(snapshot),
  }
}

/** Between the newest event that is sealed and the newest below which all are indexed, milliseconds. */
function lagOf(snapshot: Snapshot): number {
  let lag = 0
  for (const day of snapshot.days) {
    const waiting = day.segments.filter(
      (segment) => coverageOf(day, segment.first, segment.count) === undefined,
    )
    if (waiting.length === 0) continue
    const first = Math.min(...waiting.map((segment) => segment.oldest))
    const last = Math.max(...waiting.map((segment) => segment.newest))
    lag = Math.max(lag, last - first)
  }
  return lag
}
