// An even sample of what is stored: every slice of the range gives the same share of its events, and slices
// are read in an order that is even wherever it stops.
import type { Event } from '../../parsers/event.ts'
import type { EventReader, TimeRange } from '../stores/events/event-store.ts'

export interface SampleLimits {
  readonly events: number
  /** Milliseconds of wall time; what was read so far counts. */
  readonly time_ms: number
}

const SLICES = 180
const PAGE_EVENTS = 1_000
/** Coprime to `SLICES`, near its golden section: neighbours are read far apart. */
const STRIDE = 109

/** Reads the sample page by page; `total` of the returned value is all events of the range. */
export async function readSample(
  reader: Pick<EventReader, 'histogram' | 'search'>,
  range: TimeRange,
  limits: SampleLimits,
  onEvents: (events: readonly Event[]) => void,
): Promise<{ readonly events: number; readonly total: number; readonly took_ms: number }> {
  const began = performance.now()
  const left_ms = () => limits.time_ms - (performance.now() - began)
  const width_ms = Math.max(1, Math.ceil((range.to - range.from) / SLICES))
  const from = Math.floor(range.from / width_ms) * width_ms
  const { buckets } = await reader.histogram({
    ...{ from, to: range.to, bucket_ms: width_ms },
    timeout_ms: Math.max(1, left_ms()),
  })
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  const share = Math.min(1, limits.events / Math.max(1, total))
  let events = 0
  for (let n = 0; n < SLICES + 1; n++) {
    const bucket = buckets[(n * STRIDE) % (SLICES + 1)]
    if (bucket === undefined) continue
    let wanted = Math.min(Math.ceil(bucket.count * share), limits.events - events)
    let page: { cursor?: { readonly time: number; readonly id: string }; asof?: number } = {}
    while (wanted > 0 && left_ms() > 0) {
      const slice = { from: bucket.start, to: Math.min(bucket.start + width_ms, range.to) }
      const limit = Math.min(wanted, PAGE_EVENTS)
      const found = await reader.search({ ...slice, ...page, limit, timeout_ms: left_ms() })
      onEvents(found.events)
      events += found.events.length
      wanted -= found.events.length
      if (found.cursor === undefined) break
      page = { cursor: found.cursor, asof: found.asof }
    }
  }
  return { events, total, took_ms: performance.now() - began }
}
