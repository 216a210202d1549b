// Event time by source: how far each has come, who is late, and how far back entries must be kept.
import { SOURCE_LAG_MAX_MS, SOURCES_MAX } from './limits.ts'

export interface Clock {
  /** Newest event time seen, milliseconds. */
  max: number
  /** Events behind the watermark, left out. */
  late: number
}

/** Looking at every source costs; it is done once in so many matches when there are several. */
const LOW_EVERY = 64

export interface Clocks {
  readonly bySource: Map<string, Clock>
  /** Nothing that is still let in lies before this. */
  low(): number
  /** Notes an event; false when it is behind its source's watermark. */
  note(source: string, time: number): boolean
}

/** The clocks of one stream. */
export function createClocks(
  lateness_ms: number,
  known: readonly (readonly [string, number, number])[] = [],
): Clocks {
  const bySource = new Map<string, Clock>(
    known.map(([source, max, late]) => [source, { max, late }]),
  )
  let low = Number.NEGATIVE_INFINITY
  let turns = 0
  const findLow = () => {
    let newest = Number.NEGATIVE_INFINITY
    let oldest = Number.POSITIVE_INFINITY
    for (const { max } of bySource.values()) if (max > newest) newest = max
    for (const { max } of bySource.values()) {
      if (max < oldest && max >= newest - SOURCE_LAG_MAX_MS) oldest = max
    }
    low = oldest - lateness_ms
  }
  if (bySource.size > 0) findLow()
  return {
    bySource,
    low: () => low,
    note: (source, time) => {
      let clock = bySource.get(source)
      if (clock === undefined) {
        if (bySource.size >= SOURCES_MAX) dropStalest(bySource)
        clock = { max: time, late: 0 }
        bySource.set(source, clock)
        findLow()
      } else if (time < clock.max - lateness_ms) {
        clock.late++
        return false
      } else if (time > clock.max) clock.max = time
      if (bySource.size === 1) low = clock.max - lateness_ms
      else if (turns++ % LOW_EVERY === 0) findLow()
      return true
    },
  }
}

function dropStalest(bySource: Map<string, Clock>): void {
  let stalest: string | undefined
  let oldest = Number.POSITIVE_INFINITY
  for (const [source, { max }] of bySource) {
    if (max >= oldest) continue
    oldest = max
    stalest = source
  }
  if (stalest !== undefined) bySource.delete(stalest)
}
