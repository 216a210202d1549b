// Sealing: moves buffered events into day files. A segment is written when it is full; what a stream has
// beside is written when it is old, so that small segments stay rare; readers find it in the intake until
// then. Each day's transaction says which intake sequences it applied.

import { BLOCK_EVENTS_MAX } from './block.ts'
import { type DayBuffer, dropSealed, encodeSealed, hasFullSegment } from './buffer.ts'
import { writeSegments } from './day-file.ts'
import type { Day, Days } from './days.ts'

/** A stream with at least a block of events is sealed after this long, milliseconds. */
export const SEAL_AGE_MS = 2000
/** And any stream after this long. */
export const SEAL_AGE_MAX_MS = 30_000
/** Above this the largest buffers are sealed first. */
const BUFFERED_EVENTS_MAX = 65_536
const BUFFERED_BYTES_MAX = 64 * 1_048_576
/** Sealed chunks stay in the intake this long, for live views, milliseconds. */
export const TAIL_MS = 10_000
/** Chunks dropped in one transaction. */
const DROPPED_MAX = 512

export interface Sealer {
  /** Seals what is full, old or too much. Returns the days sealed. */
  sealDue(): string[]
  /** Seals what is full or too much. */
  sealFull(): string[]
  /** Seals everything; returns how many events. */
  sealAll(): number
  /** Events that are not sealed. */
  unsealed(): number
  /** Remembers a chunk that was sealed at `at`. */
  noteSealed(seqs: readonly number[], at: number): void
  /** Sequences of chunks that may leave the intake now; they are given once. */
  takeExpired(): readonly number[]
  hasExpired(): boolean
}

export function createSealer(days: Days, now: () => number): Sealer {
  const sealed: { readonly seq: number; readonly at: number }[] = []

  function seal(day: Day, buffer: DayBuffer, all: boolean): number {
    const part = encodeSealed(buffer, all)
    if (part.segments.length === 0) return 0
    const last = part.seqs.at(-1)!
    const { live, late } = day
    const applied = {
      live: buffer === live ? last : live.applied,
      late: buffer === late ? last : late.applied,
    }
    const at = now()
    writeSegments(days.file(day), part.segments, part.matches, applied, at)
    dropSealed(buffer, part, at)
    noteSealed(part.seqs, at)
    return part.segments.reduce((sum, segment) => sum + segment.count, 0)
  }

  function noteSealed(seqs: readonly number[], at: number): void {
    for (const seq of seqs) sealed.push({ seq, at })
  }

  function sealLargest(): string[] {
    const buffers = streams(days)
    let events = buffers.reduce((sum, [, b]) => sum + b.events, 0)
    let bytes = buffers.reduce((sum, [, b]) => sum + b.bytes, 0)
    const done: string[] = []
    if (events <= BUFFERED_EVENTS_MAX && bytes <= BUFFERED_BYTES_MAX) return done
    for (const [day, buffer] of buffers.sort(([, a], [, b]) => b.events - a.events)) {
      if (events <= BUFFERED_EVENTS_MAX / 2 && bytes <= BUFFERED_BYTES_MAX / 2) break
      events -= buffer.events
      bytes -= buffer.bytes
      if (seal(day, buffer, true) > 0) done.push(day.name.day)
    }
    return done
  }

  function sealWhere(isDue: (buffer: DayBuffer) => boolean): string[] {
    const done: string[] = []
    for (const [day, buffer] of streams(days)) {
      const all = isDue(buffer)
      if ((all || hasFullSegment(buffer)) && seal(day, buffer, all) > 0) done.push(day.name.day)
    }
    return [...new Set([...done, ...sealLargest()])]
  }

  return {
    sealDue: () => sealWhere((buffer) => isOld(buffer, now())),
    sealFull: () => sealWhere(() => false),
    sealAll: () => streams(days).reduce((sum, [day, buffer]) => sum + seal(day, buffer, true), 0),
    unsealed: () => streams(days).reduce((sum, [, buffer]) => sum + buffer.events, 0),
    noteSealed,
    hasExpired: () => sealed.length > 0 && sealed[0]!.at <= now() - TAIL_MS,
    takeExpired: () => {
      const until = now() - TAIL_MS
      const count = sealed.findIndex(({ at }) => at > until)
      const gone = sealed.splice(0, Math.min(count < 0 ? sealed.length : count, DROPPED_MAX))
      return gone.map(({ seq }) => seq)
    },
  }
}

function isOld(buffer: DayBuffer, now: number): boolean {
  const age = now - buffer.since
  return age >= SEAL_AGE_MAX_MS || (age >= SEAL_AGE_MS && buffer.events >= BLOCK_EVENTS_MAX)
}

/** Streams that have events. */
function streams(days: Days): [Day, DayBuffer][] {
  return days
    .all()
    .flatMap((day): [Day, DayBuffer][] => [
      [day, day.live],
      [day, day.late],
    ])
    .filter(([, buffer]) => buffer.events > 0)
}
