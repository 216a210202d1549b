// Matches of two versions by time.
import type { TimeRange } from '../stores/events/event-store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const BUCKETS_MAX = 62

export interface PreviewBucket {
  readonly start: number
  readonly before: number
  readonly after: number
}

/** Buckets over a whole range, without gaps: hours for up to two days, else days or more. */
export function newBuckets(range: TimeRange) {
  const days = Math.ceil((range.to - range.from) / DAY_MS)
  const bucket_ms = days <= 2 ? HOUR_MS : DAY_MS * Math.ceil(days / BUCKETS_MAX)
  const first = Math.floor(range.from / bucket_ms)
  const counts = Array.from({ length: Math.ceil(range.to / bucket_ms) - first }, () => ({
    before: 0,
    after: 0,
  }))
  return {
    add: (time: number, before: boolean, after: boolean) => {
      const bucket = counts[Math.floor(time / bucket_ms) - first]
      if (bucket === undefined) return
      if (before) bucket.before++
      if (after) bucket.after++
    },
    result: (): { bucket_ms: number; histogram: readonly PreviewBucket[] } => ({
      bucket_ms,
      histogram: counts.map((bucket, n) => ({ start: (first + n) * bucket_ms, ...bucket })),
    }),
  }
}
