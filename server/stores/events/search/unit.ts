// What a search goes through: sealed segments and chunks of the intake, each a run of rows with
// consecutive numbers of one day. Nothing is read before it is asked for.
import type { Database } from 'bun:sqlite'
import type { Event } from '../../../../parsers/event.ts'
import { blockLines, lineAt, lineOffsets, readBlock } from '../block.ts'
import {
  addToColumns,
  builtColumn,
  type Column,
  columnOf,
  createColumns,
  decodeTimes,
  openColumn,
} from '../columns.ts'
import { readBlockOf, readBlocks, readColumn, type SegmentRow } from '../day-file.ts'
import { formatId } from '../id.ts'
import type { GroupReader } from '../index/read.ts'
import { readChunkMatches } from '../intake-matches.ts'
import { type Chunk, readChunk } from '../intake-read.ts'
import { decodeLine } from '../line.ts'
import type { ReadRunMatches } from '../run-matches.ts'
import { readMatches } from '../sealed-matches.ts'
import { mayHaveField, TIME_COLUMN, visibleRows } from '../segment.ts'

/** Where the index covers a unit: its rows are docs [doc, doc + count) of a group. */
export interface Coverage {
  readonly group: GroupReader
  readonly doc: number
}

export interface Unit {
  readonly day: string
  readonly first: number
  readonly count: number
  /** Rows from the first that the search may see. */
  readonly visible: number
  /** Event times, milliseconds, both included. */
  readonly oldest: number
  readonly newest: number
  readonly coverage: Coverage | undefined
  /** Events by severity, where they are counted. */
  readonly severities: Readonly<Record<string, number>> | undefined
  /** How many rows, from the first, were committed up to an intake sequence. */
  committedBy(sequence: number): number
  /** False only when no event has the field. */
  mayHaveField(name: string): boolean
  /** Event times by row. */
  times(): Float64Array
  /** A column's values and codes by row; undefined when no event has a value. */
  column(name: string): Column | undefined
  event(row: number): Event
  /** Which rules matched which visible rows, when the events came in or in a run since. */
  matches(): readonly RowMatch[]
}

export interface RowMatch {
  readonly row: number
  readonly ruleId: string
}

/** Matches by number as matches by row, of the first `visible` rows. */
function byRow(
  matches: readonly { readonly number: number; readonly ruleId: string }[],
  first: number,
  visible: number,
): RowMatch[] {
  return matches
    .map(({ number, ruleId }) => ({ row: number - first, ruleId }))
    .filter(({ row }) => row < visible)
}

/** Id of the event at a row. */
export function idAt(unit: Unit, row: number): string {
  return formatId(unit.day, unit.first + row)
}

interface OpenBlock {
  readonly start: number
  readonly end: number
  readonly bytes: Uint8Array
  readonly offsets: readonly number[]
}

/** A sealed segment of the day file `db`. */
export function segmentUnit(
  db: Database,
  day: string,
  segment: SegmentRow,
  asof: number,
  coverage: Coverage | undefined,
  runMatches: ReadRunMatches,
): Unit {
  const { seq, first, count, oldest, newest, severities } = segment
  const blocks: OpenBlock[] = []
  const columns = new Map<string, Column | undefined>()
  let times: Float64Array | undefined
  let matches: readonly RowMatch[] | undefined

  function blockOf(row: number): OpenBlock {
    const open = blocks.find((block) => block.start <= row && row < block.end)
    if (open !== undefined) return open
    const stored = readBlockOf(db, seq, row)
    if (stored === undefined) throw new Error(`segment ${day}/${first} has no row ${row}`)
    const bytes = readBlock(stored.data)
    const block = {
      start: stored.start,
      end: stored.start + stored.count,
      bytes,
      offsets: lineOffsets(bytes),
    }
    blocks.push(block)
    return block
  }

  function openedColumn(data: Uint8Array, name: string): Column {
    if (data.length > 0) return openColumn(data)
    const lines = readBlocks(db, seq).flatMap((block) => blockLines(block.data))
    return columnOf(lines.values().map(decodeLine), name)
  }

  return {
    day,
    first,
    count,
    oldest,
    newest,
    coverage,
    severities,
    visible: visibleRows(segment, asof),
    committedBy: (sequence) => visibleRows(segment, sequence),
    mayHaveField: (name) => mayHaveField(segment, name),
    times() {
      times ??= decodeTimes(readColumn(db, seq, TIME_COLUMN)!, oldest)
      return times
    },
    column(name) {
      if (!columns.has(name)) {
        const data = readColumn(db, seq, name)
        columns.set(name, data === undefined ? undefined : openedColumn(data, name))
      }
      return columns.get(name)
    },
    event(row) {
      const block = blockOf(row)
      return decodeLine(lineAt(block.bytes, block.offsets, row - block.start))
    },
    matches() {
      matches ??= byRow(
        [...readMatches(db, first, first + count), ...runMatches(day, first, first + count)],
        first,
        visibleRows(segment, asof),
      )
      return matches
    },
  }
}

/** A chunk of the intake; undefined once it has left it. */
export function chunkUnit(
  intake: Database,
  range: Omit<Chunk, 'data'>,
  runMatches: ReadRunMatches,
): Unit {
  const { day, first, count, oldest, newest } = range
  let loaded: readonly Event[] | undefined
  let columns: ReturnType<typeof createColumns> | undefined

  function events(): readonly Event[] {
    if (loaded !== undefined) return loaded
    const chunk = readChunk(intake, range.seq)
    if (chunk === undefined) throw new Error(`intake has no chunk ${range.seq}`)
    loaded = blockLines(chunk.data).map(decodeLine)
    return loaded
  }

  return {
    day,
    first,
    count,
    oldest,
    newest,
    visible: count,
    committedBy: (sequence) => (range.seq <= sequence ? count : 0),
    coverage: undefined,
    severities: undefined,
    mayHaveField: () => true,
    times: () => Float64Array.from(events(), (event) => event.time),
    column(name) {
      if (columns === undefined) {
        const builder = createColumns()
        for (const [row, event] of events().entries()) addToColumns(builder, row, event)
        columns = builder
      }
      return builtColumn(columns, name, count)
    },
    event: (row) => events()[row]!,
    matches: () =>
      byRow(
        [...readChunkMatches(intake, range.seq), ...runMatches(day, first, first + count)],
        first,
        count,
      ),
  }
}
