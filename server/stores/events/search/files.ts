// Read-only connections to the intake, the day files and their index files, kept open between searches,
// and what of them does not change: segments and groups that were read once.
import type { Database } from 'bun:sqlite'
import {
  type Applied,
  type DayFileName,
  openDayFileReadonly,
  readApplied,
  readSegments,
  type SegmentRow,
} from '../day-file.ts'
import { INDEX_VERSION, indexPath, openIndexReader, readIdentity } from '../index/layout.ts'
import { type GroupReader, openGroup, readGroups } from '../index/read.ts'
import { openIntakeReadonly } from '../intake-read.ts'
import { createOpenDay, type OpenDay, type SegmentTimes, segmentUnit } from './segment-unit.ts'
import type { Unit } from './unit.ts'

/** A day's files, as of the last refresh. */
export interface DayFiles {
  readonly name: DayFileName
  day: Database | undefined
  dayVersion: number
  segments: SegmentRow[]
  applied: Applied
  index: Database | undefined
  indexVersion: number
  indexEpoch: string
  groups: Map<number, GroupReader>
  /** Runs of numbers that groups cover, by first number. */
  covered: CoveredRun[]
  /** What the search under way has opened of the day file. */
  open: OpenDay | undefined
  units: DayUnits | undefined
}

/** The segments of a day as units, newest first, as long as neither segments nor groups change. */
export interface DayUnits {
  readonly segments: readonly SegmentRow[]
  readonly covered: readonly CoveredRun[]
  /** In the order of `units`. */
  readonly rows: readonly SegmentRow[]
  readonly units: readonly Unit[]
  /** By first number, once somebody asked for an event by its id. */
  byFirst: readonly Unit[] | undefined
  readonly oldest: number
  readonly newest: number
  /** Intake sequence of the last event. */
  readonly sequence: number
}

export interface CoveredRun {
  readonly first: number
  readonly count: number
  readonly doc: number
  readonly group: GroupReader
}

export interface Files {
  readonly dataFolder: string
  intake: Database | undefined
  readonly days: Map<string, DayFiles>
  readonly times: SegmentTimes
}

export function createFiles(dataFolder: string): Files {
  return { dataFolder, intake: undefined, days: new Map(), times: new Map() }
}

/** The intake, once it exists. */
export function intakeOf(files: Files): Database | undefined {
  files.intake ??= openIntakeReadonly(files.dataFolder)
  return files.intake
}

/** The files of a day, opened where they exist. */
export function dayFilesOf(files: Files, name: DayFileName): DayFiles {
  let day = files.days.get(name.fileId)
  if (day === undefined) {
    day = {
      name,
      day: undefined,
      dayVersion: -1,
      segments: [],
      applied: { live: 0, late: 0 },
      index: undefined,
      indexVersion: -1,
      indexEpoch: '',
      groups: new Map(),
      covered: [],
      open: undefined,
      units: undefined,
    }
    files.days.set(name.fileId, day)
  }
  openDay(files, day)
  day.index ??= openIndexReader(indexPath(files.dataFolder, name), {
    dayFile: name.fileId,
    version: INDEX_VERSION,
  })
  return day
}

/** Opens the day file once it exists. */
export function openDay(files: Files, day: DayFiles): void {
  day.day ??= openDayFileReadonly(files.dataFolder, day.name)
  if (day.day !== undefined) day.open ??= createOpenDay(day.day, day.name.day, files.times)
}

/** Closes what belongs to days that are no longer in the catalogue. */
export function dropDays(files: Files, present: ReadonlySet<string>): void {
  for (const [fileId, day] of files.days) {
    if (present.has(fileId)) continue
    day.day?.close()
    day.index?.close()
    files.days.delete(fileId)
  }
}

export function closeFiles(files: Files): void {
  dropDays(files, new Set())
  files.intake?.close()
  files.intake = undefined
  files.times.clear()
}

function versionOf(db: Database): number {
  return (db.query('PRAGMA data_version').get() as { data_version: number }).data_version
}

/** Brings `segments` up to date; call it inside the day file's read transaction. */
export function refreshSegments(day: DayFiles): void {
  const { day: db } = day
  if (db === undefined) return
  const version = versionOf(db)
  if (version === day.dayVersion) return
  day.dayVersion = version
  day.applied = readApplied(db)
  const fresh = readSegments(db, day.segments.at(-1)?.seq ?? 0)
  const { total } = db.query('SELECT count(*) AS total FROM segments').get() as { total: number }
  day.segments =
    day.segments.length + fresh.length === total ? [...day.segments, ...fresh] : readSegments(db)
}

/** Brings `groups` up to date; call it inside the index file's read transaction. */
export function refreshGroups(day: DayFiles): void {
  const { index: db } = day
  if (db === undefined) return
  const version = versionOf(db)
  if (version === day.indexVersion) return
  day.indexVersion = version
  const identity = readIdentity(db)
  const isOurs = identity?.dayFile === day.name.fileId && identity.version === INDEX_VERSION
  if (identity?.epoch !== day.indexEpoch) {
    day.groups = new Map()
    day.covered = []
  }
  day.indexEpoch = identity?.epoch ?? ''
  const ids = isOurs ? readGroups(db).map(({ id }) => id) : []
  // A merge under way writes without changing them.
  if (ids.length === day.groups.size && ids.every((id) => day.groups.has(id))) return
  const groups = new Map<number, GroupReader>()
  for (const id of ids) groups.set(id, day.groups.get(id) ?? openGroup(db, id))
  day.groups = groups
  day.covered = [...groups.values()]
    .flatMap((group) => group.info.segments.map((run) => ({ ...run, group })))
    .sort((a, b) => a.first - b.first)
}

/** All segments of a day as units; undefined where the day file does not exist. */
export function unitsOf(day: DayFiles): DayUnits | undefined {
  const { open, segments, covered, units: known } = day
  if (open === undefined) return undefined
  if (known?.segments === segments && known.covered === covered) return known
  const rows = segments.toSorted((a, b) => b.newest - a.newest)
  const units = rows.map((segment) =>
    segmentUnit(open, segment, segment.count, coverageOf(day, segment.first, segment.count)),
  )
  let oldest = Number.POSITIVE_INFINITY
  let sequence = 0
  for (const segment of segments) {
    oldest = Math.min(oldest, segment.oldest)
    sequence = Math.max(sequence, segment.runs.at(-2) ?? 0)
  }
  const newest = rows[0]?.newest ?? Number.NEGATIVE_INFINITY
  day.units = { segments, covered, rows, units, byFirst: undefined, oldest, newest, sequence }
  return day.units
}

/** The run that holds all of [first, first + count) at a doc that is a multiple of 32. */
export function coverageOf(
  day: DayFiles,
  first: number,
  count: number,
): { readonly group: GroupReader; readonly doc: number } | undefined {
  const run = day.covered[lastAtMost(day.covered, first)]
  if (run === undefined || first + count > run.first + run.count) return undefined
  const doc = run.doc + first - run.first
  return doc % 32 === 0 ? { group: run.group, doc } : undefined
}

/** Index of the last item whose `first` is not above `first`; -1 when there is none. */
export function lastAtMost(items: readonly { readonly first: number }[], first: number): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (items[middle]!.first <= first) low = middle + 1
    else high = middle
  }
  return low - 1
}
