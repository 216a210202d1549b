// Times as numbers.

/** What a double of this era may lack of the decimal it was written as. Fractions are cut, not rounded. */
const DOUBLE_SLACK_MS = 5e-4

/** Epoch seconds below 10^11, then milliseconds, microseconds and nanoseconds by factors of 1,000. */
export function epochTime(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined
  const size = Math.abs(value)
  if (size < 1e11) return Math.floor(value * 1000 + DOUBLE_SLACK_MS)
  if (size < 1e14) return Math.round(value)
  if (size < 1e17) return Math.floor(value / 1000)
  return size < 1e20 ? Math.floor(value / 1e6) : undefined
}
