// Goes over stored events a day at a time, so that it can tell how far it is and be stopped.
import type { Event } from '../../parsers/event.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { EventReader, SearchRequest, TimeRange } from '../stores/events/event-store.ts'

const DAY_MS = 86_400_000
const PAGE_EVENTS = 1_000

/** A walk stops after this long, or this many matches, and says how far it got. */
export const PREVIEW_TIMEOUT_MS = 60_000
export const PREVIEW_MATCHES_MAX = 200_000

/** Why a walk ended before it was through its range. */
export type PreviewStop = 'time' | 'matches'

export interface Walk {
  readonly range: TimeRange
  /** Events that are of interest; a superset may come. */
  readonly expr: Expr
  readonly order: 'newest' | 'oldest'
  readonly signal: AbortSignal
  /** Hears how much of the range was looked at, 0 to 1. */
  readonly onProgress?: (share: number) => void
  readonly add: (event: Event) => void
  /** Matches so far. */
  readonly matches: () => number
}

export interface Walked {
  /** The part of the range in which everything was looked at. */
  readonly covered: TimeRange
  readonly stopped?: PreviewStop
}

/** Every event of interest, in order. Rejects with the signal's reason when the caller went away. */
export async function walkEvents(reader: Pick<EventReader, 'search'>, walk: Walk): Promise<Walked> {
  const { range, order, signal, onProgress } = walk
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PREVIEW_TIMEOUT_MS)])
  const newest = order === 'newest'
  const coveredTo = (at: number) =>
    newest ? { from: at, to: range.to } : { from: range.from, to: at }
  let at = newest ? range.to : range.from
  while (newest ? at > range.from : at < range.to) {
    const next = newest ? Math.max(range.from, at - DAY_MS) : Math.min(range.to, at + DAY_MS)
    const day = newest ? { from: next, to: at } : { from: at, to: next }
    const ended = await walkDay(reader, walk, day, limit)
    if (ended !== undefined) return { covered: coveredTo(ended.at ?? at), stopped: ended.why }
    at = next
    onProgress?.(Math.abs(at - (newest ? range.to : range.from)) / (range.to - range.from))
  }
  return { covered: range }
}

/** Undefined when the day is through. */
async function walkDay(
  reader: Pick<EventReader, 'search'>,
  { expr, order, add, matches, signal }: Walk,
  day: TimeRange,
  limit: AbortSignal,
): Promise<{ readonly why: PreviewStop; readonly at?: number } | undefined> {
  let request: SearchRequest = {
    ...{ ...day, expr, order, limit: PAGE_EVENTS },
    timeout_ms: PREVIEW_TIMEOUT_MS,
  }
  for (;;) {
    const found = await searchUntil(reader, request, limit, signal)
    if (found === undefined) return { why: 'time' }
    for (const event of found.events) add(event)
    if (!found.stats.complete) return { why: 'time' }
    const { cursor, asof } = found
    if (cursor === undefined) return undefined
    if (matches() >= PREVIEW_MATCHES_MAX) return { why: 'matches', at: cursor.time }
    request = { ...request, cursor, asof }
  }
}

/** Undefined when the time is up; rejects when the caller went away. */
async function searchUntil(
  reader: Pick<EventReader, 'search'>,
  request: SearchRequest,
  limit: AbortSignal,
  signal: AbortSignal,
) {
  signal.throwIfAborted()
  if (limit.aborted) return undefined
  try {
    return await reader.search(request, limit)
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) return undefined
    throw error
  }
}
