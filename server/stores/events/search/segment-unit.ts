// Sealed segments as units. The units of a day stay from one search to the next; what a search opens of them,
// blocks and columns, is kept for that search only, and the oldest goes when it is much.
import type { Database } from 'bun:sqlite'
import { blockLines, readBlock, readBlockLater } from '../block.ts'
import { type Column, columnOf, decodeTimes, openColumn } from '../columns.ts'
import { readBlockOf, readBlocks, readColumn, type SegmentRow } from '../day-file.ts'
import { decodeLine } from '../line.ts'
import type { ReadRunMatches } from '../run-matches.ts'
import { readMatches } from '../sealed-matches.ts'
import { mayHaveField, TIME_COLUMN, visibleRows } from '../segment.ts'
import { findLine } from './find-line.ts'
import { byRow, type Coverage, type RowMatch, type Unit } from './unit.ts'

/** Unpacked blocks kept at most, bytes of text; the same for segments of which anything is kept. */
const BLOCK_BYTES_MAX = 64 * 1_048_576
const SEGMENTS_MAX = 512

interface OpenBlock {
  readonly start: number
  readonly end: number
  readonly bytes: Buffer
}

/** Event times of so many segments are remembered from one search to the next: histograms over the same range
 * ask for those that lie across the edges of buckets, 16 KiB each. */
const TIMES_MAX = 512

interface OpenSegment {
  readonly blocks: OpenBlock[]
  readonly columns: Map<string, Column | undefined>
  matches: readonly RowMatch[] | undefined
}

/** Event times by segment, for all days of a reader; the longest unused first. */
export type SegmentTimes = Map<SegmentRow, Float64Array>

/** What the search under way has opened of a day file. */
export interface OpenDay {
  readonly db: Database
  readonly day: string
  runMatches: ReadRunMatches
  readonly segments: Map<number, OpenSegment>
  readonly times: SegmentTimes
  blockBytes: number
}

export function createOpenDay(db: Database, day: string, times: SegmentTimes): OpenDay {
  return { db, day, runMatches: () => [], segments: new Map(), times, blockBytes: 0 }
}

/** Forgets what the search opened. */
export function closeSegments(day: OpenDay): void {
  day.segments.clear()
  day.blockBytes = 0
  day.runMatches = () => []
}

function openSegment(day: OpenDay, seq: number): OpenSegment {
  const known = day.segments.get(seq)
  if (known !== undefined) return known
  if (day.segments.size >= SEGMENTS_MAX) dropOldest(day)
  const fresh = { blocks: [], columns: new Map(), matches: undefined }
  day.segments.set(seq, fresh)
  return fresh
}

function dropOldest(day: OpenDay): void {
  const [oldest] = day.segments
  if (oldest === undefined) return
  day.segments.delete(oldest[0])
  for (const { bytes } of oldest[1].blocks) day.blockBytes -= bytes.length
}

function putBlock(
  day: OpenDay,
  seq: number,
  { start, count }: { readonly start: number; readonly count: number },
  bytes: Uint8Array,
): OpenBlock {
  while (day.blockBytes > BLOCK_BYTES_MAX) dropOldest(day)
  const lines =
    bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const block = { start, end: start + count, bytes: lines }
  openSegment(day, seq).blocks.push(block)
  day.blockBytes += bytes.length
  return block
}

const hasRow = (row: number) => (block: { readonly start: number; readonly end: number }) =>
  block.start <= row && row < block.end

function storedBlock({ db, day }: OpenDay, { seq, first }: SegmentRow, row: number) {
  const stored = readBlockOf(db, seq, row)
  if (stored === undefined) throw new Error(`segment ${day}/${first} has no row ${row}`)
  return stored
}

function blockOf(day: OpenDay, segment: SegmentRow, row: number): OpenBlock {
  const known = day.segments.get(segment.seq)?.blocks.find(hasRow(row))
  if (known !== undefined) return known
  const stored = storedBlock(day, segment, row)
  return putBlock(day, segment.seq, stored, readBlock(stored.data))
}

/** Starts to unpack the blocks that these rows lie in. */
function openBlocks(day: OpenDay, segment: SegmentRow, rows: readonly number[]): Promise<void>[] {
  const known = (day.segments.get(segment.seq)?.blocks ?? []).map(({ start, end }) => ({
    start,
    end,
  }))
  const opening: Promise<void>[] = []
  for (const row of rows) {
    if (known.some(hasRow(row))) continue
    const stored = storedBlock(day, segment, row)
    known.push({ start: stored.start, end: stored.start + stored.count })
    const put = async () => {
      const bytes = await readBlockLater(stored.data)
      putBlock(day, segment.seq, stored, bytes)
    }
    opening.push(put())
  }
  return opening
}

function columnOfSegment(db: Database, seq: number, name: string): Column | undefined {
  const data = readColumn(db, seq, name)
  if (data === undefined) return undefined
  if (data.length > 0) return openColumn(data)
  const lines = readBlocks(db, seq).flatMap((block) => blockLines(block.data))
  return columnOf(lines.values().map(decodeLine), name)
}

function timesOf({ db, times }: OpenDay, segment: SegmentRow): Float64Array {
  const { seq, oldest } = segment
  const found = times.get(segment) ?? decodeTimes(readColumn(db, seq, TIME_COLUMN)!, oldest)
  times.delete(segment)
  times.set(segment, found)
  if (times.size > TIMES_MAX) times.delete(times.keys().next().value!)
  return found
}

/** A sealed segment, of which the first `visible` rows may be seen. */
export function segmentUnit(
  open: OpenDay,
  segment: SegmentRow,
  visible: number,
  coverage: Coverage | undefined,
): Unit {
  const { db, day } = open
  const { seq, first, count, oldest, newest, severities } = segment
  return {
    day,
    first,
    count,
    oldest,
    newest,
    coverage,
    severities,
    visible,
    committedBy: (sequence) => visibleRows(segment, sequence),
    mayHaveField: (name) => mayHaveField(segment, name),
    times: () => timesOf(open, segment),
    column(name) {
      const { columns } = openSegment(open, seq)
      if (!columns.has(name)) columns.set(name, columnOfSegment(db, seq, name))
      return columns.get(name)
    },
    event(row) {
      const block = blockOf(open, segment, row)
      return decodeLine(
        findLine(block.bytes, first + row, { at: row - block.start, of: block.end - block.start }),
      )
    },
    open: (rows) => openBlocks(open, segment, rows),
    matches() {
      const opened = openSegment(open, seq)
      opened.matches ??= byRow(
        [...readMatches(db, first, first + count), ...open.runMatches(day, first, first + count)],
        first,
        visible,
      )
      return opened.matches
    },
  }
}
