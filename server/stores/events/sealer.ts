// Sealing: moves buffered events into day files. A segment is written when it is full; what a stream has
// beside is written when it is old, so that small segments stay rare; readers find it in the intake until
// then. Each day's transaction says which intake sequences it applied. Where another thread writes, a stream
// has one transaction under way at a time: what follows one that failed must not be applied before it.
import { BLOCK_EVENTS_MAX } from './block.ts'
import { type DayBuffer, dropSealed, hasFullSegment, takeSealing } from './buffer.ts'
import type { Day, Days } from './days.ts'
import { createSealedTail, type SealedTail } from './sealed-tail.ts'
import type { SegmentSink } from './sealing.ts'

/** A stream with at least a block of events is sealed after this long, milliseconds. */
export const SEAL_AGE_MS = 2000
/** And any stream after this long. */
export const SEAL_AGE_MAX_MS = 30_000
/** Above this the largest buffers are sealed first. */
const BUFFERED_EVENTS_MAX = 65_536
const BUFFERED_BYTES_MAX = 64 * 1_048_576

export interface Sealer extends SealedTail {
  /** Seals what is full, old or too much. Returns the days sealed since it was called last. */
  sealDue(): string[]
  /** Seals what is full or too much. */
  sealFull(): void
  /** Seals everything that is not under way; returns how many events. */
  sealAll(): number
  /** Resolves when nothing is under way; undefined where nothing is. Rejects with what failed. */
  underWay(): Promise<unknown> | undefined
  /** Events that are not sealed. */
  unsealed(): number
}

/** `onFailure` hears of writes that failed; where they fail at once it throws. */
export function createSealer(
  days: Days,
  sink: SegmentSink,
  now: () => number,
  onFailure: (error: unknown) => void,
): Sealer {
  const tail = createSealedTail(now)
  let writes = 0
  let idle: PromiseWithResolvers<void> | undefined
  const sealedDays = new Set<string>()

  function seal(day: Day, buffer: DayBuffer, all: boolean): number {
    if (buffer.leaving > 0) return 0
    const part = takeSealing(buffer, all)
    if (part.segments.length === 0) return 0
    const at = now()
    buffer.leaving = part.segments.length
    writes++
    sink.write(day.name, part, at, (error) => {
      buffer.leaving = 0
      writes--
      if (error === undefined) {
        dropSealed(buffer, part, at)
        for (const { chunks } of part.segments) {
          for (const { seq, data } of chunks) tail.noteSealed(seq, data.length, at)
        }
        sealedDays.add(day.name.day)
      }
      endWrite(error)
    })
    return part.segments.reduce((sum, { built }) => sum + built.count, 0)
  }

  function endWrite(error: unknown): void {
    const waiting = error === undefined && writes > 0 ? undefined : idle
    if (waiting !== undefined) idle = undefined
    if (error === undefined) waiting?.resolve()
    else {
      waiting?.reject(error)
      onFailure(error)
    }
  }

  function sealLargest(): void {
    const buffers = streams(days)
    let events = buffers.reduce((sum, [, b]) => sum + b.events, 0)
    let bytes = buffers.reduce((sum, [, b]) => sum + b.bytes, 0)
    if (events <= BUFFERED_EVENTS_MAX && bytes <= BUFFERED_BYTES_MAX) return
    for (const [day, buffer] of buffers.sort(([, a], [, b]) => b.events - a.events)) {
      if (events <= BUFFERED_EVENTS_MAX / 2 && bytes <= BUFFERED_BYTES_MAX / 2) break
      events -= buffer.events
      bytes -= buffer.bytes
      seal(day, buffer, true)
    }
  }

  function sealWhere(isDue: (buffer: DayBuffer) => boolean): void {
    for (const [day, buffer] of streams(days)) {
      const all = isDue(buffer)
      if (all || hasFullSegment(buffer)) seal(day, buffer, all)
    }
    sealLargest()
  }

  return {
    sealDue: () => {
      sink.poll()
      sealWhere((buffer) => isOld(buffer, now()))
      const done = [...sealedDays]
      sealedDays.clear()
      return done
    },
    sealFull: () => sealWhere(() => false),
    underWay: () => {
      if (writes === 0) return undefined
      idle ??= Promise.withResolvers()
      return idle.promise
    },
    sealAll: () => streams(days).reduce((sum, [day, buffer]) => sum + seal(day, buffer, true), 0),
    unsealed: () => streams(days).reduce((sum, [, buffer]) => sum + buffer.events, 0),
    ...tail,
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
