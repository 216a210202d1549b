// Follows the sealed segments of all day files: what no group covers yet becomes a group, and small groups
// become larger ones, a slice at a time, so that what is new never waits for a merge. Everything it knows is
// in the files, so it may stop at any moment.
import type { Database } from 'bun:sqlite'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { lineOffsets, readBlock } from '../block.ts'
import { type DayFileName, readBlocks, readSegments, type SegmentRow } from '../day-file.ts'
import { openIntakeReadonly, readCatalogue } from '../intake-read.ts'
import {
  createGroupBuilder,
  type GroupBuilder,
  isFull,
  noteSame,
  resetBuilder,
  wordsInto,
} from './builder.ts'
import {
  addToColumn,
  type ColumnBuilder,
  createColumnBuilder,
  resetColumns,
} from './column-builder.ts'
import {
  createDerived,
  type DerivedColumns,
  deriveValue,
  endEvent,
  resetDerived,
} from './derived.ts'
import { addEvent, addKey } from './keys.ts'
import { type GroupSegment, INDEX_FOLDER, indexPath } from './layout.ts'
import { mergeSome } from './merging.ts'
import {
  closeDay,
  createOpenDays,
  isMergingElsewhere,
  isResting,
  looksOf,
  type OpenDay,
  type OpenDays,
  openDay,
} from './open-days.ts'
import { createPathTree, MAX_PATHS, type PathTree } from './paths.ts'
import { scanLine } from './scan.ts'
import type { WordSink } from './scan-text.ts'
import { flushWords } from './word-table.ts'
import { writeGroup } from './write.ts'

/** A group closes at this many events. */
export const GROUP_EVENTS_MAX = 98_304
/** Fewer events than a full group wait this long for more, milliseconds. */
const PATIENCE_MS = 2000
/** Merging goes on so long before anything else is looked at, milliseconds. */
const SLICE_MS = 50
/** After a group was made merging goes on for this share of the time it took, whatever else waits: it takes
 * less, so that groups to be merged do not pile up. */
const MERGE_SHARE = 0.3
/** Sealed events that no group covers. */
interface Waiting {
  readonly events: number
  /** When the oldest of them was first seen, milliseconds. */
  readonly since: number
}

export interface Indexer {
  /** Makes a group, or merges for a while, for each day that has something to do; false when none had. */
  step(): boolean
  /** Sealed events that no group covers, and when the oldest of them was first seen, milliseconds. */
  waiting(): { readonly events: number; readonly since: number | undefined }
  close(): void
}

interface State {
  readonly dataFolder: string
  intake: Database | undefined
  readonly days: OpenDays
  /** By file id. */
  readonly waiting: Map<string, Waiting>
  readonly builder: GroupBuilder
  /** The columns' values. */
  readonly values: ColumnBuilder
  readonly derived: DerivedColumns
  readonly sink: WordSink
  paths: PathTree
  readonly patience_ms: number
}

/** What the scanner finds goes into the group and its columns. */
function sinkOf(builder: GroupBuilder, values: ColumnBuilder, derived: DerivedColumns): WordSink {
  return {
    ...wordsInto(builder),
    emptyList: (node) => void builder.emptied.add(node),
    key: (node) => addKey(builder.keys, node),
    value: (node, bytes, start, end) => addToColumn(values, node, bytes, start, end),
    sameValue: (column, field, bytes, start, end) => {
      noteSame(builder, column, field)
      deriveValue(derived, builder, values, column, field, bytes, start, end)
    },
  }
}

/** An indexer of the store below `dataFolder`; the only writer of its index files. Tests have no patience. */
export function createIndexer(dataFolder: string, patience_ms = PATIENCE_MS): Indexer {
  mkdirSync(join(dataFolder, INDEX_FOLDER), { recursive: true })
  const builder = createGroupBuilder()
  const values = createColumnBuilder()
  const derived = createDerived()
  const state: State = {
    dataFolder,
    intake: undefined,
    days: createOpenDays(dataFolder, patience_ms),
    waiting: new Map(),
    builder,
    values,
    derived,
    sink: sinkOf(builder, values, derived),
    paths: createPathTree(),
    patience_ms,
  }
  return {
    step() {
      const catalogue = readDays(state)
      removeStrays(state, catalogue)
      return catalogue.map((name) => workOn(state, name)).some((worked) => worked)
    },
    waiting: () => {
      const waiting = [...state.waiting.values()]
      return {
        events: waiting.reduce((sum, { events }) => sum + events, 0),
        since: waiting.length === 0 ? undefined : Math.min(...waiting.map(({ since }) => since)),
      }
    },
    close() {
      for (const fileId of [...state.days.open.keys()]) closeDay(state.days, fileId)
      state.intake?.close()
    },
  }
}

function readDays(state: State): DayFileName[] {
  state.intake ??= openIntakeReadonly(state.dataFolder)
  return state.intake === undefined ? [] : readCatalogue(state.intake)
}

/** Removes index files of days that are no longer in the catalogue. */
function removeStrays(state: State, catalogue: readonly DayFileName[]): void {
  const wanted = new Set(catalogue.map((name) => basename(indexPath(state.dataFolder, name))))
  const present = new Set(catalogue.map((name) => name.fileId))
  const { open, resting } = state.days
  for (const fileId of [...open.keys()]) if (!present.has(fileId)) closeDay(state.days, fileId)
  for (const known of [resting, state.waiting]) {
    for (const fileId of known.keys()) if (!present.has(fileId)) known.delete(fileId)
  }
  const folder = join(state.dataFolder, INDEX_FOLDER)
  for (const file of readdirSync(folder)) {
    if (wanted.has(file.replace(/-(?:wal|shm)$/, ''))) continue
    rmSync(join(folder, file), { force: true })
  }
}

/** Makes a group of a day's segments or merges for a while; false when there was nothing to do. */
function workOn(state: State, name: DayFileName): boolean {
  const { days } = state
  const looks = looksOf(days, name)
  if (isResting(days, name, looks)) return false
  const day = openDay(days, name)
  if (day === undefined) return false
  day.rests = undefined
  const started = performance.now()
  if (makeGroup(state, day)) {
    day.merging.worked = performance.now()
    merge(days, day, (day.merging.worked - started) * MERGE_SHARE)
    return true
  }
  const merged = merge(days, day, SLICE_MS)
  const isIdle = !merged && !state.waiting.has(name.fileId) && !isMergingElsewhere(days, day)
  if (isIdle) day.rests = looks
  return merged
}

function merge(days: OpenDays, day: OpenDay, budget_ms: number): boolean {
  return !isMergingElsewhere(days, day) && mergeSome(day.merging, budget_ms)
}

/** Makes a group when enough waits, or has waited long enough. */
function makeGroup(state: State, day: OpenDay): boolean {
  const { fileId } = day.name
  const { data_version: version } = day.day.query('PRAGMA data_version').get() as {
    data_version: number
  }
  if (version === day.dayVersion && !state.waiting.has(fileId)) return false
  day.dayVersion = version
  const pending = readSegments(day.day, day.done).filter(
    (one) => day.covered.get(one.first) !== one.count,
  )
  const waiting = note(state, fileId, pending, state.waiting.get(fileId)?.since)
  if (waiting === undefined) return false
  const isEarly = Date.now() - waiting.since < state.patience_ms
  if (waiting.events < GROUP_EVENTS_MAX && isEarly) return false
  const taken = indexSegments(state, day, pending)
  day.done = pending[taken - 1]!.seq
  note(state, fileId, pending.slice(taken), undefined)
  return true
}

function note(
  { waiting }: State,
  fileId: string,
  pending: readonly SegmentRow[],
  since = Date.now(),
): Waiting | undefined {
  const events = pending.reduce((sum, one) => sum + one.count, 0)
  if (pending.length === 0) waiting.delete(fileId)
  else waiting.set(fileId, { events, since })
  return waiting.get(fileId)
}

/** Makes a group of the first pending segments; returns how many it took. */
function indexSegments(state: State, day: OpenDay, pending: readonly SegmentRow[]): number {
  const { builder, values, derived } = state
  const renumbered = state.paths.nodes.length > MAX_PATHS / 2
  if (renumbered) state.paths = createPathTree()
  resetBuilder(builder, renumbered)
  resetColumns(values)
  resetDerived(state.derived)
  const runs: GroupSegment[] = []
  let docs = 0
  let events = 0
  for (const segment of pending) {
    if (events + segment.count > GROUP_EVENTS_MAX && events > 0) break
    if (isFull(builder)) break
    scanSegment(state, day.day, segment, docs)
    runs.push({ first: segment.first, count: segment.count, doc: docs })
    events += segment.count
    docs = Math.ceil((docs + segment.count) / 32) * 32
  }
  flushWords(builder)
  const { paths } = state
  day.index.transaction(() =>
    writeGroup(day.index, { builder, values, derived, paths }, runs, docs),
  )()
  for (const run of runs) day.covered.set(run.first, run.count)
  return runs.length
}

function scanSegment(state: State, db: Database, segment: SegmentRow, doc: number): void {
  for (const block of readBlocks(db, segment.seq)) {
    const bytes = readBlock(block.data)
    const offsets = lineOffsets(bytes)
    for (let line = 0; line < block.count; line++) {
      state.builder.doc = doc + block.start + line
      state.values.doc = state.builder.doc
      addEvent(state.builder.keys, state.builder.doc)
      scanLine(state.sink, state.paths, bytes, offsets[line]!, offsets[line + 1]! - 1)
      endEvent(state.derived, state.builder)
    }
  }
}
