// Follows the sealed segments of all day files: what no group covers yet becomes a group, and small groups
// become larger ones, a slice at a time, so that what is new never waits for a merge. Everything it knows is
// in the files, so it may stop at any moment.
import type { Database } from 'bun:sqlite'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { lineOffsets, readBlock } from '../block.ts'
import {
  type DayFileName,
  openDayFileReadonly,
  readBlocks,
  readSegments,
  type SegmentRow,
} from '../day-file.ts'
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
import {
  type GroupSegment,
  INDEX_FOLDER,
  INDEX_VERSION,
  indexPath,
  openIndexWriter,
} from './layout.ts'
import { createMerging, type Merging, mergeSome } from './merging.ts'
import { createPathTree, MAX_PATHS, type PathTree } from './paths.ts'
import { openGroup, readGroups } from './read.ts'
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
/** Index files open at the same time. */
const OPEN_FILES_MAX = 8

interface OpenDay {
  readonly name: DayFileName
  readonly day: Database
  readonly index: Database
  /** First numbers and counts that groups cover. */
  readonly covered: Map<number, number>
  readonly merging: Merging
  dayVersion: number
  /** Segments up to this `seq` are covered. */
  done: number
  waiting: number
  /** When the oldest waiting segment was first seen, milliseconds. */
  since: number | undefined
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
  readonly open: Map<string, OpenDay>
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
    open: new Map(),
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
      const days = [...state.open.values()].filter((day) => day.since !== undefined)
      return {
        events: days.reduce((sum, day) => sum + day.waiting, 0),
        since: days.length === 0 ? undefined : Math.min(...days.map((day) => day.since!)),
      }
    },
    close() {
      for (const fileId of state.open.keys()) closeDay(state, fileId)
      state.intake?.close()
    },
  }
}

function readDays(state: State): DayFileName[] {
  state.intake ??= openIntakeReadonly(state.dataFolder)
  return state.intake === undefined ? [] : readCatalogue(state.intake)
}

function closeDay(state: State, fileId: string): void {
  const day = state.open.get(fileId)
  day?.day.close()
  day?.index.close()
  state.open.delete(fileId)
}

/** Removes index files of days that are no longer in the catalogue. */
function removeStrays(state: State, catalogue: readonly DayFileName[]): void {
  const wanted = new Set(catalogue.map((name) => basename(indexPath(state.dataFolder, name))))
  const present = new Set(catalogue.map((name) => name.fileId))
  for (const fileId of state.open.keys()) if (!present.has(fileId)) closeDay(state, fileId)
  const folder = join(state.dataFolder, INDEX_FOLDER)
  for (const file of readdirSync(folder)) {
    if (wanted.has(file.replace(/-(?:wal|shm)$/, ''))) continue
    rmSync(join(folder, file), { force: true })
  }
}

function openDay(state: State, name: DayFileName): OpenDay | undefined {
  const open = state.open.get(name.fileId)
  if (open !== undefined) {
    state.open.delete(name.fileId)
    state.open.set(name.fileId, open)
    return open
  }
  const day = openDayFileReadonly(state.dataFolder, name)
  if (day === undefined) return undefined
  const index = openIndexWriter(indexPath(state.dataFolder, name), {
    dayFile: name.fileId,
    version: INDEX_VERSION,
  })
  const covered = new Map<number, number>()
  for (const { id } of readGroups(index)) {
    for (const run of openGroup(index, id).info.segments) covered.set(run.first, run.count)
  }
  const opened = {
    name,
    day,
    index,
    covered,
    merging: createMerging(index, state.patience_ms),
    dayVersion: -1,
    done: 0,
    waiting: 0,
    since: undefined,
  }
  state.open.set(name.fileId, opened)
  if (state.open.size > OPEN_FILES_MAX) closeDay(state, state.open.keys().next().value!)
  return opened
}

/** Indexes or merges one group of a day; false when there was nothing to do. */
function workOn(state: State, name: DayFileName): boolean {
  const day = openDay(state, name)
  if (day === undefined) return false
  const { data_version: version } = day.day.query('PRAGMA data_version').get() as {
    data_version: number
  }
  if (version === day.dayVersion && day.since === undefined) return mergeSome(day.merging, SLICE_MS)
  day.dayVersion = version
  const pending = readSegments(day.day, day.done).filter(
    (one) => day.covered.get(one.first) !== one.count,
  )
  note(day, pending)
  if (pending.length === 0) return mergeSome(day.merging, SLICE_MS)
  if (day.waiting < GROUP_EVENTS_MAX && Date.now() - day.since! < state.patience_ms) {
    return mergeSome(day.merging, SLICE_MS)
  }
  const started = performance.now()
  const taken = indexSegments(state, day, pending)
  day.done = pending[taken - 1]!.seq
  day.since = undefined
  note(day, pending.slice(taken))
  day.merging.worked = performance.now()
  mergeSome(day.merging, (day.merging.worked - started) * MERGE_SHARE)
  return true
}

function note(day: OpenDay, pending: readonly SegmentRow[]): void {
  day.waiting = pending.reduce((sum, one) => sum + one.count, 0)
  day.since = pending.length === 0 ? undefined : (day.since ?? Date.now())
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
