// What a search goes through: sealed segments and chunks of the intake, each a run of rows with
// consecutive numbers of one day. Nothing is read before it is asked for.
import type { Database } from 'bun:sqlite'
import type { Event } from '../../../../parsers/event.ts'
import { blockLines } from '../block.ts'
import { addToColumns, builtColumn, type Column, createColumns } from '../columns.ts'
import { formatId } from '../id.ts'
import type { GroupReader } from '../index/read.ts'
import { readChunkMatches } from '../intake-matches.ts'
import { type Chunk, readChunk } from '../intake-read.ts'
import { decodeLine } from '../line.ts'
import type { ReadRunMatches } from '../run-matches.ts'

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
  /** Unpacks the blocks of rows that will be asked for, beside this thread; each promise is one block. */
  open(rows: readonly number[]): Promise<void>[]
  /** Which rules matched which visible rows, when the events came in or in a run since. */
  matches(): readonly RowMatch[]
}

export interface RowMatch {
  readonly row: number
  readonly ruleId: string
}

/** Matches by number as matches by row, of the first `visible` rows. */
export function byRow(
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
    open: () => [],
    matches: () =>
      byRow(
        [...readChunkMatches(intake, range.seq), ...runMatches(day, first, first + count)],
        first,
        count,
      ),
  }
}
