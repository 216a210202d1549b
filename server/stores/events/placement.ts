// Where the events of a commit go: each gets its day, stream and number, and each (day, stream) its chunks.
import type { Event } from '../../../parsers/event.ts'
import type { DayBuffer, PendingChunk } from './buffer.ts'
import { encodeEvents } from './event-blocks.ts'
import type { NewBatch } from './event-store.ts'
import { dayOf, dayStart, formatId } from './id.ts'
import type { NewChunk } from './intake.ts'

/** Events further than this from now go to their day's late stream, milliseconds. */
export const LIVE_WINDOW_MS = 60_000

/** The events that one commit adds to a stream. */
export interface Group {
  readonly buffer: DayBuffer
  readonly first: number
  readonly events: Event[]
}

/** Where each event of a batch went; `groups[i]` undefined: the event is too old and not kept. */
export interface Places {
  readonly groups: (Group | undefined)[]
  /** Row within the group. */
  readonly rows: number[]
}

/** A chunk to insert, and what its buffer needs once it is committed. */
export interface PlannedChunk {
  readonly group: Group
  readonly row: NewChunk
  readonly start: number
  readonly bytes: number
}

/** Sorts events into groups. `oldestDay`: earlier days are not kept, save for imports. */
export function placeEvents(
  batches: readonly NewBatch[],
  bufferOf: (day: string, late: boolean) => DayBuffer,
  now: number,
  oldestDay: string,
): { readonly groups: readonly Group[]; readonly places: readonly Places[] } {
  const groups = new Map<DayBuffer, Group>()
  let last: { day: string; late: boolean; group: Group } | undefined

  const groupOf = (event: Event): Group => {
    const day = dayOf(event.time)
    const late = Math.abs(event.time - now) > LIVE_WINDOW_MS
    if (last !== undefined && last.day === day && last.late === late) return last.group
    const buffer = bufferOf(day, late)
    const group = groups.get(buffer) ?? { buffer, first: buffer.next, events: [] }
    groups.set(buffer, group)
    last = { day, late, group }
    return group
  }

  const oldest = oldestDay === '' ? Number.NEGATIVE_INFINITY : dayStart(oldestDay)
  const places = batches.map((batch) => {
    const placed: Places = { groups: [], rows: [] }
    for (const event of batch.events) {
      const kept = batch.import === true || event.time >= oldest
      const group = kept ? groupOf(event) : undefined
      placed.groups.push(group)
      placed.rows.push(group === undefined ? -1 : group.events.push(event) - 1)
    }
    return placed
  })
  return { groups: [...groups.values()], places }
}

/** Encodes a group's events: the chunks to insert, each at most a block. */
export function planChunks(group: Group): PlannedChunk[] {
  const { buffer, first, events } = group
  return encodeEvents(events, first).map(({ start, count, bytes, data }) => {
    let oldest = Number.POSITIVE_INFINITY
    let newest = Number.NEGATIVE_INFINITY
    for (let row = start; row < start + count; row++) {
      const { time } = events[row]!
      if (time < oldest) oldest = time
      if (time > newest) newest = time
    }
    const { day, late } = buffer
    const row = { day, late, first: first + start, count, oldest, newest, data }
    return { group, row, start, bytes }
  })
}

/** What a buffer keeps of a chunk that was committed under `seq`. */
export function pendingChunk(chunk: PlannedChunk, seq: number): PendingChunk {
  const { row, bytes } = chunk
  return { seq, first: row.first, count: row.count, bytes, data: row.data }
}

/** The id that event `index` of a batch got; '' where it is not kept. */
export function placedId(places: Places, index: number): string {
  const group = places.groups[index]
  if (group === undefined) return ''
  return formatId(group.buffer.day, group.first + places.rows[index]!)
}
