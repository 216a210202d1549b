// Events that are committed in the intake and not yet sealed, by day and stream: their chunks as stored
// and their columns as far as they are built. Sealing takes the chunks' zstd blocks as they are, save small
// ones, which are joined and compressed anew.
import type { Event } from '../../../parsers/event.ts'
import { BLOCK_BYTES_MAX, BLOCK_EVENTS_MAX, blockText, encodeBlock } from './block.ts'
import type { SealedMatch } from './sealed-matches.ts'
import {
  addEvent,
  createSegment,
  type EncodedBlock,
  type EncodedSegment,
  finishSegment,
  SEGMENT_BYTES_MAX,
  SEGMENT_EVENTS_MAX,
  type SegmentBuilder,
} from './segment.ts'

/** A chunk with this many events or bytes of text becomes a block as it is. */
const VERBATIM_EVENTS_MIN = 128
const VERBATIM_BYTES_MIN = BLOCK_BYTES_MAX / 2

/** One stream of a day. */
export interface DayBuffer {
  readonly day: string
  readonly late: boolean
  /** Number of the next event. */
  next: number
  /** Last intake sequence that the day file has of this stream. */
  applied: number
  /** Oldest first; all but the last are full. */
  segments: OpenSegment[]
  events: number
  bytes: number
  /** When the oldest of its events was committed, milliseconds. */
  since: number
}

interface OpenSegment {
  readonly builder: SegmentBuilder
  readonly chunks: PendingChunk[]
  readonly matches: SealedMatch[]
  bytes: number
}

/** A chunk of the intake as the buffer keeps it. */
export interface PendingChunk {
  readonly seq: number
  readonly first: number
  readonly count: number
  /** Bytes of its lines as text. */
  readonly bytes: number
  readonly data: Uint8Array<ArrayBuffer>
}

export function createBuffer(day: string, late: boolean, next: number, applied: number): DayBuffer {
  return { day, late, next, applied, segments: [], events: 0, bytes: 0, since: 0 }
}

/** Adds a committed chunk. Numbers may jump, but never go back. */
export function addChunk(
  buffer: DayBuffer,
  chunk: PendingChunk,
  events: readonly Event[],
  at: number,
): void {
  if (buffer.events === 0) buffer.since = at
  let segment = buffer.segments.at(-1)
  if (segment === undefined || !hasRoom(segment, chunk)) {
    const builder = createSegment(chunk.first, buffer.late)
    segment = { builder, chunks: [], matches: [], bytes: 0 }
    buffer.segments.push(segment)
  }
  for (const event of events) addEvent(segment.builder, event, chunk.seq)
  segment.chunks.push(chunk)
  segment.bytes += chunk.bytes
  buffer.next = chunk.first + chunk.count
  buffer.events += chunk.count
  buffer.bytes += chunk.data.length
}

/** Remembers the match of an event that was just added. */
export function addMatch(buffer: DayBuffer, match: SealedMatch): void {
  const segment = buffer.segments.findLast((s) => s.builder.first <= match.number)
  segment?.matches.push(match)
}

function hasRoom(segment: OpenSegment, chunk: PendingChunk): boolean {
  const { first, count } = segment.builder
  return (
    first + count === chunk.first &&
    count + chunk.count <= SEGMENT_EVENTS_MAX &&
    segment.bytes + chunk.bytes <= SEGMENT_BYTES_MAX
  )
}

/** True when a segment will take no more events. */
export function hasFullSegment(buffer: DayBuffer): boolean {
  const [first] = buffer.segments
  return buffer.segments.length > 1 || first?.builder.count === SEGMENT_EVENTS_MAX
}

/** Segments ready to be written, and what they take out of the intake. */
export interface Sealed {
  readonly segments: readonly EncodedSegment[]
  readonly matches: readonly SealedMatch[]
  /** Their chunks' sequences, ascending. */
  readonly seqs: readonly number[]
}

/** Encodes the full segments, or all of them. The buffer is unchanged until `dropSealed`. */
export function encodeSealed(buffer: DayBuffer, all: boolean): Sealed {
  const open = buffer.segments.filter((s, n) => all || isFull(buffer, s, n))
  return {
    segments: open.map((s) => finishSegment(s.builder, joinChunks(s.chunks))),
    matches: open.flatMap((s) => s.matches),
    seqs: open.flatMap((s) => s.chunks.map((chunk) => chunk.seq)),
  }
}

function isFull(buffer: DayBuffer, segment: OpenSegment, n: number): boolean {
  return n < buffer.segments.length - 1 || segment.builder.count === SEGMENT_EVENTS_MAX
}

/** Forgets what the day file now has. */
export function dropSealed(buffer: DayBuffer, sealed: Sealed, now: number): void {
  const gone = buffer.segments.splice(0, sealed.segments.length)
  for (const segment of gone) {
    buffer.events -= segment.builder.count
    for (const chunk of segment.chunks) buffer.bytes -= chunk.data.length
  }
  buffer.applied = Math.max(buffer.applied, sealed.seqs.at(-1) ?? 0)
  buffer.since = now
}

/** The blocks of a segment: large chunks as they are, runs of small ones joined. */
function joinChunks(chunks: readonly PendingChunk[]): EncodedBlock[] {
  const blocks: EncodedBlock[] = []
  let start = 0
  let run: PendingChunk[] = []
  let count = 0
  let bytes = 0
  const flush = () => {
    if (run.length > 0) blocks.push({ start, count, bytes, data: joinData(run) })
    start += count
    run = []
    count = 0
    bytes = 0
  }
  for (const chunk of chunks) {
    const large = chunk.count >= VERBATIM_EVENTS_MIN || chunk.bytes >= VERBATIM_BYTES_MIN
    const full = count + chunk.count > BLOCK_EVENTS_MAX || bytes + chunk.bytes > BLOCK_BYTES_MAX
    if (large || full) flush()
    run.push(chunk)
    count += chunk.count
    bytes += chunk.bytes
    if (large) flush()
  }
  flush()
  return blocks
}

function joinData(chunks: readonly PendingChunk[]): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1) return chunks[0]!.data
  return encodeBlock(chunks.map((chunk) => blockText(chunk.data)).join('\n')).data
}
