// One consistent view of the store for one search. Order matters: first the index (it may cover less than
// the day files hold, never more), then the intake, then the day files; a chunk that was sealed in
// between is in its day file and, by `applied`, no longer counted as one of the intake.
import type { Database } from 'bun:sqlite'
import type { Applied, DayFileName } from '../day-file.ts'
import type { TimeRange } from '../event-store.ts'
import { dayOf, TIME_MAX_MS, TIME_MIN_MS } from '../id.ts'
import { isApplied, readCatalogue, readChunkRanges, readSequence } from '../intake-read.ts'
import { openRunMatches, type ReadRunMatches } from '../run-matches.ts'
import { visibleRows } from '../segment.ts'
import {
  type DayFiles,
  dayFilesOf,
  dropDays,
  type Files,
  intakeOf,
  lastAtMost,
  openDay,
  refreshGroups,
  refreshSegments,
  unitsOf,
} from './files.ts'
import { closeSegments, segmentUnit } from './segment-unit.ts'
import { chunkUnit, type Unit } from './unit.ts'

const NEVER_APPLIED: Applied = { live: 0, late: 0 }
const ALL_TIME: TimeRange = { from: TIME_MIN_MS, to: TIME_MAX_MS + 1 }

export interface Snapshot {
  /** The last intake sequence that may be seen. */
  readonly asof: number
  readonly intake: Database | undefined
  readonly days: readonly DayFiles[]
  /** Matches that scheduled runs found. */
  readonly runMatches: ReadRunMatches
  /** Segments and chunks with an event time in the range, unordered. */
  units(range: TimeRange): Unit[]
  /** Where the event with this number of a day is; undefined where the view has none. */
  unitOf(day: string, number: number): Unit | undefined
  /** Ends its read transactions. */
  close(): void
}

/** Opens a view over the days of a range. At most one at a time for the same `files`. */
export function openSnapshot(files: Files, range: TimeRange, asof?: number): Snapshot {
  const intake = intakeOf(files)
  const open: Database[] = []
  const begin = (db: Database | undefined) => {
    if (db === undefined) return
    db.run('BEGIN')
    open.push(db)
  }
  const close = () => {
    for (const db of open.splice(0)) db.run('COMMIT')
    for (const day of files.days.values()) if (day.open !== undefined) closeSegments(day.open)
  }
  try {
    const known = intake === undefined ? [] : readCatalogue(intake)
    for (const name of known.filter((name) => isInRange(name, range))) {
      const day = dayFilesOf(files, name)
      begin(day.index)
      refreshGroups(day)
    }
    begin(intake)
    const sequence = intake === undefined ? 0 : readSequence(intake)
    const catalogue = intake === undefined ? [] : readCatalogue(intake)
    dropDays(files, new Set(catalogue.map((name) => name.fileId)))
    const days = catalogue
      .filter((name) => isInRange(name, range))
      .map((name) => {
        const day = files.days.get(name.fileId) ?? dayFilesOf(files, name)
        openDay(files, day)
        begin(day.day)
        refreshSegments(day)
        return day
      })
    const seen = Math.min(asof ?? sequence, sequence)
    let chunks: Unit[] | undefined
    const runMatches = intake === undefined ? () => [] : openRunMatches(intake)
    for (const { open } of days) if (open !== undefined) open.runMatches = runMatches
    return {
      asof: seen,
      intake,
      days,
      runMatches,
      close,
      unitOf(day, number) {
        const files = days.find(({ name }) => name.day === day)
        const sealed = files && sealedUnit(files, number)
        if (sealed !== undefined || intake === undefined) return sealed
        chunks ??= chunksOf(intake, days, ALL_TIME, seen, runMatches)
        return chunks.find((unit) => unit.day === day && holds(unit, number))
      },
      units: (wanted) => [
        ...days.flatMap((day) => segmentsOf(day, wanted, seen)),
        ...(intake === undefined ? [] : chunksOf(intake, days, wanted, seen, runMatches)),
      ],
    }
  } catch (error) {
    close()
    throw error
  }
}

const holds = ({ first, visible }: Unit, number: number) =>
  first <= number && number < first + visible

/** The sealed segment that holds a number; all rows of segments are seen, whatever `asof` is. */
function sealedUnit(day: DayFiles, number: number): Unit | undefined {
  const known = unitsOf(day)
  if (known === undefined) return undefined
  known.byFirst ??= known.units.toSorted((a, b) => a.first - b.first)
  const unit = known.byFirst[lastAtMost(known.byFirst, number)]
  return unit !== undefined && holds(unit, number) ? unit : undefined
}

function isInRange(name: DayFileName, range: TimeRange): boolean {
  const from = dayOf(Math.max(TIME_MIN_MS, Math.min(TIME_MAX_MS, range.from)))
  const to = dayOf(Math.max(TIME_MIN_MS, Math.min(TIME_MAX_MS, range.to)))
  return Number(name.day) >= Number(from) && Number(name.day) <= Number(to)
}

function overlaps(part: { oldest: number; newest: number }, range: TimeRange): boolean {
  return part.newest >= range.from && part.oldest < range.to
}

function segmentsOf(day: DayFiles, range: TimeRange, asof: number): readonly Unit[] {
  const { open } = day
  const known = unitsOf(day)
  if (open === undefined || known === undefined) return []
  const { rows, units, sequence } = known
  const isWithin = known.oldest >= range.from && known.newest < range.to
  if (asof >= sequence) return isWithin ? units : units.filter((unit) => overlaps(unit, range))
  return units.flatMap((unit, at) => {
    const segment = rows[at]!
    const visible = visibleRows(segment, asof)
    if (visible === 0 || !overlaps(unit, range)) return []
    return visible === unit.count ? [unit] : [segmentUnit(open, segment, visible, unit.coverage)]
  })
}

function chunksOf(
  intake: Database,
  days: readonly DayFiles[],
  range: TimeRange,
  asof: number,
  runMatches: ReadRunMatches,
): Unit[] {
  const applied = new Map(days.map((day) => [day.name.day, day.applied]))
  return readChunkRanges(intake)
    .filter((chunk) => chunk.seq <= asof && overlaps(chunk, range))
    .filter((chunk) => !isApplied(chunk, applied.get(chunk.day) ?? NEVER_APPLIED))
    .map((chunk) => chunkUnit(intake, chunk, runMatches))
}
