// A segment: up to 2,048 events of one day and one stream (live or late) with consecutive numbers
// [first, first + count), as rows of a day file. Row `n` of every column, time and line is the event
// numbered first + n; lines are in blocks, each a run of rows.
//
//   segments(seq, first, count, oldest, newest, late, bytes, runs, names, severities)
//   blocks(segment, n, start, count, data)      rows [start, start + count)    block.ts
//   columns(segment, name, data)                `@time` and those of columns.ts
//
// A reader that wants only what was in the intake at sequence `asof` takes the first `visibleRows` rows.
// Segments may be merged into one with a new `seq` and be written again after a power loss with other
// borders; events never change their number. So what outlives a read transaction (an index) must name
// events by number and cover number ranges, never `seq`.
import type { Event } from '../../../parsers/event.ts'
import { BLOCK_BYTES_MAX, BLOCK_EVENTS_MAX, encodeBlock } from './block.ts'
import {
  addRow,
  type ColumnRows,
  type PackedColumn,
  packColumns,
  unpackRows,
} from './column-rows.ts'
import { encodeRows, encodeTimes } from './columns.ts'
import { encodeLine } from './line.ts'

/** A segment closes at this many events or bytes of text, whichever comes first. */
export const SEGMENT_EVENTS_MAX = 2048
export const SEGMENT_BYTES_MAX = 32 * 1_048_576
const SHORT_LINE_UNITS = Math.floor(BLOCK_BYTES_MAX / BLOCK_EVENTS_MAX / 3)
/** Above this many different top-level field names a segment says that it has any. */
export const FIELD_NAMES_MAX = 4096
/** Name of the column of event times (`decodeTimes`). */
export const TIME_COLUMN = '@time'

/** A segment's row without its blobs: what readers keep in memory. */
export interface SegmentInfo {
  readonly first: number
  readonly count: number
  /** Event times, milliseconds, both included. */
  readonly oldest: number
  readonly newest: number
  readonly late: boolean
  /** Bytes of its lines as text. */
  readonly bytes: number
  /** Intake sequences of its events: pairs (sequence, how many events), ascending. */
  readonly runs: readonly number[]
  /** Top-level field names that occur, or null for any: see `mayHaveField`. */
  readonly names: readonly string[] | null
  /** Events by the text of pivot `severity`, '' where they have none. */
  readonly severities: Readonly<Record<string, number>>
}

export interface EncodedSegment extends SegmentInfo {
  readonly blocks: readonly EncodedBlock[]
  readonly columns: readonly { readonly name: string; readonly data: Uint8Array<ArrayBuffer> }[]
}

export interface EncodedBlock {
  /** First row and number of rows. */
  readonly start: number
  readonly count: number
  /** Bytes of the lines as text. */
  readonly bytes: number
  readonly data: Uint8Array<ArrayBuffer>
}

/** What a segment collects besides its blocks while events arrive. */
export interface SegmentBuilder {
  readonly first: number
  readonly late: boolean
  count: number
  oldest: number
  newest: number
  readonly times: number[]
  readonly columns: ColumnRows
  readonly names: Set<string>
  /** Names of the event before, by place: events of one kind repeat, lines that were not decoded share the list. */
  readonly lastNames: string[]
  lastList: readonly string[] | undefined
  readonly severities: Map<string, number>
  readonly runs: number[]
}

export function createSegment(first: number, late: boolean): SegmentBuilder {
  return {
    first,
    late,
    count: 0,
    oldest: Number.POSITIVE_INFINITY,
    newest: Number.NEGATIVE_INFINITY,
    times: [],
    columns: new Map(),
    names: new Set(),
    lastNames: [],
    lastList: undefined,
    severities: new Map(),
    runs: [],
  }
}

/** Adds the event with the segment's next number, committed under intake `sequence`. */
export function addEvent(segment: SegmentBuilder, event: Event, sequence: number): void {
  const row = segment.count++
  segment.times.push(event.time)
  if (event.time < segment.oldest) segment.oldest = event.time
  if (event.time > segment.newest) segment.newest = event.time
  addRow(segment.columns, row, event)
  if (segment.names.size <= FIELD_NAMES_MAX) {
    addNames(segment, event.line?.names ?? Object.keys(event.fields))
  }
  const { severity: own } = event.line?.others ?? event.pivots
  const severity = own === undefined ? '' : String(own)
  segment.severities.set(severity, (segment.severities.get(severity) ?? 0) + 1)
  const { runs } = segment
  if (runs.at(-2) === sequence) runs[runs.length - 1]! += 1
  else runs.push(sequence, 1)
}

function addNames(segment: SegmentBuilder, own: readonly string[]): void {
  if (own === segment.lastList) return
  segment.lastList = own
  const { names, lastNames } = segment
  for (let i = 0; i < own.length; i++) {
    const name = own[i]!
    if (lastNames[i] === name) continue
    names.add(name)
    if (i < FIELD_NAMES_MAX) lastNames[i] = name
  }
}

/** A segment that gets no more events, before it is encoded: plain data, which crosses to other threads. */
export interface BuiltSegment extends Omit<SegmentInfo, 'bytes'> {
  readonly times: Float64Array
  readonly columns: readonly PackedColumn[]
}

/** What a segment collected. */
export function buildSegment(segment: SegmentBuilder): BuiltSegment {
  const { first, count, oldest, newest, late, names, severities, runs } = segment
  return {
    first,
    count,
    oldest,
    newest,
    late,
    runs,
    names: names.size > FIELD_NAMES_MAX ? null : [...names],
    severities: Object.fromEntries(severities),
    times: Float64Array.from(segment.times),
    columns: packColumns(segment.columns),
  }
}

/** The segment with its blocks, whose lines are those of the events added, in order. */
export function finishSegment(
  { times, columns, ...info }: BuiltSegment,
  blocks: readonly EncodedBlock[],
): EncodedSegment {
  const encoded = columns.map(({ name, packed }) => ({
    name,
    data: encodeRows(name, unpackRows(packed), info.count),
  }))
  return {
    ...info,
    bytes: blocks.reduce((sum, block) => sum + block.bytes, 0),
    blocks,
    columns: [{ name: TIME_COLUMN, data: encodeTimes(times, info.oldest) }, ...encoded],
  }
}

/** Cuts lines into blocks; the first has row `start`. */
export function encodeBlocks(lines: readonly string[], start = 0): EncodedBlock[] {
  const blocks: EncodedBlock[] = []
  let from = 0
  let bytes = 0
  for (let i = 0; i <= lines.length; i++) {
    const length = i < lines.length ? sizeOf(lines[i]!) : 0
    const full = i - from === BLOCK_EVENTS_MAX || bytes + length > BLOCK_BYTES_MAX
    if (i > from && (full || i === lines.length)) {
      const text = lines.slice(from, i).join('\n')
      blocks.push({ start: start + from, count: i - from, ...encodeBlock(text) })
      from = i
      bytes = 0
    }
    bytes += length + 1
  }
  return blocks
}

/** Bytes of a line, for the limit of a block. Short lines are not measured: a block of them is within it
 * even if every unit takes three bytes. */
function sizeOf(line: string): number {
  return line.length <= SHORT_LINE_UNITS ? line.length : Buffer.byteLength(line)
}

/** Encodes events of one day as one segment: at most `SEGMENT_EVENTS_MAX`, numbered from `first`. */
export function encodeSegment(
  events: readonly Event[],
  first: number,
  sequence: number,
  late = false,
): EncodedSegment {
  const segment = createSegment(first, late)
  const lines = events.map((event, row) => encodeLine(event, first + row))
  for (const event of events) addEvent(segment, event, sequence)
  return finishSegment(buildSegment(segment), encodeBlocks(lines))
}

/** How many rows, from the first, were committed up to intake sequence `asof`. */
export function visibleRows(segment: Pick<SegmentInfo, 'runs'>, asof: number): number {
  let rows = 0
  for (let i = 0; i < segment.runs.length && segment.runs[i]! <= asof; i += 2) {
    rows += segment.runs[i + 1]!
  }
  return rows
}

/** False only when no event of the segment has the field, as a key or as a dotted path. */
export function mayHaveField(segment: Pick<SegmentInfo, 'names'>, name: string): boolean {
  const { names } = segment
  if (names === null || names.includes(name)) return true
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    if (names.includes(name.slice(0, dot))) return true
  }
  return false
}
