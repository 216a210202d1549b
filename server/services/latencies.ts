// The latest so many durations, for percentiles.

/** Durations remembered. */
const LATENCIES_MAX = 4096

export interface Latencies {
  add(ms: number): void
  /** Milliseconds; 0 before the first. */
  percentiles(): { readonly p50: number; readonly p99: number }
}

export function createLatencies(): Latencies {
  const ring = new Float64Array(LATENCIES_MAX)
  let added = 0
  return {
    add: (ms) => {
      ring[added++ % LATENCIES_MAX] = ms
    },
    percentiles: () => {
      const sorted = ring.slice(0, Math.min(added, LATENCIES_MAX)).sort()
      const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0
      return { p50: at(0.5), p99: at(0.99) }
    },
  }
}
