// Token buckets by name (P3). In memory: a restart forgives.

/** `rate_per_s` refills up to `burst`. */
export interface Rate {
  readonly rate_per_s: number
  readonly burst: number
}

const perMinute = (count: number): Rate => ({ rate_per_s: count / 60, burst: count })

export const RATES = {
  /** Tries with a password or a wrong credential, per address. */
  auth: perMinute(10),
  /** Requests without a session or key, per address. */
  anonymous: perMinute(200),
  /** Requests per session or key. */
  identified: perMinute(3_000),
  /** Ingest requests per key. */
  ingest: { rate_per_s: 200, burst: 400 },
} as const satisfies Record<string, Rate>
export type RateName = keyof typeof RATES

/** Names counted at once; beyond it those that nobody used for a minute are forgotten, then the oldest. */
export const NAMES_MAX = 50_000

export interface RateLimits {
  /** Takes one; 0 when allowed, else the seconds until one is free. */
  take(rate: RateName, name: string): number
}

/** Buckets of one server; `now` in milliseconds. */
export function createRateLimits(now: () => number = Date.now): RateLimits {
  const buckets = new Map<string, { left: number; at: number }>()
  return {
    take: (rate, name) => {
      const { rate_per_s, burst } = RATES[rate]
      const id = `${rate} ${name}`
      const at = now()
      const bucket = buckets.get(id) ?? { left: burst, at }
      bucket.left = Math.min(burst, bucket.left + ((at - bucket.at) / 1_000) * rate_per_s)
      bucket.at = at
      if (buckets.size >= NAMES_MAX && !buckets.has(id)) makeRoom(buckets, at)
      // Last used, last in the map: the first is the one to forget.
      buckets.delete(id)
      buckets.set(id, bucket)
      if (bucket.left < 1) return (1 - bucket.left) / rate_per_s
      bucket.left -= 1
      return 0
    },
  }
}

/** Forgets buckets that nobody used for a minute, each full again or nearly; if there are none, a tenth
 * of all, longest unused first. */
function makeRoom(buckets: Map<string, { readonly at: number }>, now: number): void {
  for (const [id, bucket] of buckets) {
    if (now - bucket.at <= 60_000) break
    buckets.delete(id)
  }
  let excess = buckets.size - NAMES_MAX * 0.9
  for (const id of buckets.keys()) {
    if (excess-- <= 0) return
    buckets.delete(id)
  }
}
