// Events a second by source: the difference of the counters over some seconds.
import type { SourceCount } from '../stores/events/counts.ts'

const WINDOW_S = 10

export interface Rates {
  /** Once a second. */
  sample(sources: readonly SourceCount[], now: number): void
  /** Events a second of each source that sent something in the window. */
  of(sources: readonly SourceCount[], now: number): ReadonlyMap<string, number>
}

interface Sample {
  readonly at: number
  readonly events: ReadonlyMap<string, number>
}

export function createRates(): Rates {
  const samples: Sample[] = []
  return {
    sample: (sources, now) => {
      samples.push({ at: now, events: new Map(sources.map((s) => [s.name, s.events])) })
      if (samples.length > WINDOW_S) samples.shift()
    },
    of: (sources, now) => {
      const rates = new Map<string, number>()
      const [oldest] = samples
      if (oldest === undefined) return rates
      const seconds = Math.max(1, (now - oldest.at) / 1000)
      for (const { name, events } of sources) {
        const added = events - (oldest.events.get(name) ?? 0)
        if (added > 0) rates.set(name, added / seconds)
      }
      return rates
    },
  }
}
