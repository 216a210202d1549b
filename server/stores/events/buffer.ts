// Events that are committed in the intake and not yet sealed, by day and stream: their chunks as stored
// and their columns as far as they are built.
import type { Event } from '../../../parsers/event.ts'
import type { SealedMatch } from './sealed-matches.ts'
import type { Sealing } from './sealing.ts'
import {
  addEvent,
  buildSegment,
  createSegment,
  SEGMENT_BYTES_MAX,
  SEGMENT_EVENTS_MAX,
  type SegmentBuilder,
} from './segment.ts'

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
  /** How many of them are on their way into the day file: they take no more events. */
  leaving: number
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
  return { day, late, next, applied, segments: [], leaving: 0, events: 0, bytes: 0, since: 0 }
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
  const isLeaving = buffer.segments.length === buffer.leaving
  if (segment === undefined || isLeaving || !hasRoom(segment, chunk)) {
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

/** What full segments, or all of them, have for the day file. The buffer is unchanged until `dropSealed`. */
export function takeSealing(buffer: DayBuffer, all: boolean): Sealing {
  const open = buffer.segments.filter((s, n) => all || isFull(buffer, s, n))
  return {
    late: buffer.late,
    before: buffer.applied,
    segments: open.map(({ builder, chunks }) => ({ built: buildSegment(builder), chunks })),
    matches: open.flatMap((s) => s.matches),
    seqs: open.flatMap((s) => s.chunks.map((chunk) => chunk.seq)),
  }
}

function isFull(buffer: DayBuffer, segment: OpenSegment, n: number): boolean {
  return n < buffer.segments.length - 1 || segment.builder.count === SEGMENT_EVENTS_MAX
}

/** Forgets what the day file now has. */
export function dropSealed(buffer: DayBuffer, sealed: Sealing, now: number): void {
  const gone = buffer.segments.splice(0, sealed.segments.length)
  for (const segment of gone) {
    buffer.events -= segment.builder.count
    for (const chunk of segment.chunks) buffer.bytes -= chunk.data.length
  }
  buffer.applied = Math.max(buffer.applied, sealed.seqs.at(-1) ?? 0)
  buffer.since = now
}
