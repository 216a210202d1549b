import { describe, expect, test } from 'bun:test'
import { createRateLimits, NAMES_MAX, type RateName } from './rate-limit.ts'

/** How many of `tries` at one moment are let through. */
function allowed(limits: ReturnType<typeof createRateLimits>, rate: RateName, tries: number) {
  let count = 0
  for (let i = 0; i < tries; i++) if (limits.take(rate, 'x') === 0) count++
  return count
}

describe('token buckets', () => {
  test.each([
    ['auth', 10, 60_000, 10],
    ['anonymous', 200, 60_000, 200],
    ['identified', 3_000, 60_000, 3_000],
    ['ingest', 400, 1_000, 200],
  ] as const)('%s allows a burst of %i, then refills', (rate, burst, later_ms, refilled) => {
    let now = 0
    const limits = createRateLimits(() => now)
    expect(allowed(limits, rate, 5_000)).toBe(burst)
    now += later_ms
    expect(allowed(limits, rate, 5_000)).toBe(refilled)
    now += 3_600_000
    expect(allowed(limits, rate, 5_000)).toBe(burst)
  })

  test('say how many seconds until one is free', () => {
    let now = 0
    const limits = createRateLimits(() => now)
    allowed(limits, 'auth', 10)
    expect(limits.take('auth', 'x')).toBeCloseTo(6)
    now += 4_000
    expect(limits.take('auth', 'x')).toBeCloseTo(2)
  })

  test('count each name and each rate for itself', () => {
    const limits = createRateLimits(() => 0)
    allowed(limits, 'auth', 10)
    expect(limits.take('auth', 'y')).toBe(0)
    expect(limits.take('anonymous', 'x')).toBe(0)
  })

  test('forget the longest unused name when there are too many', () => {
    let now = 0
    const limits = createRateLimits(() => now)
    for (let i = 0; i < 10; i++) limits.take('auth', 'old')
    now += 1
    for (let i = 0; i < NAMES_MAX - 2; i++) limits.take('anonymous', `${i}`)
    for (let i = 0; i < 10; i++) limits.take('auth', 'recent')
    for (let i = 0; i < 10; i++) limits.take('anonymous', `more ${i}`)
    expect(limits.take('auth', 'recent')).toBeGreaterThan(0)
    expect(limits.take('auth', 'old')).toBe(0)
  })
})
