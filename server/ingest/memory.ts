// Keeps the process small: parsing makes garbage faster than the collector, which looks at the machine's
// memory, finds worth collecting.

/** Above this the ingest thread collects at once, resident bytes of the whole process. */
export const RESIDENT_HIGH_BYTES = 832 * 1_048_576
/** A collection stops the thread for a tenth of a second: so often at most, milliseconds. */
const COLLECT_MS = 4000

/** Collects when the process is larger than `high`; to be called once a second or so. */
export function createMemoryWatch(
  collect = () => Bun.gc(true) as unknown,
  high = RESIDENT_HIGH_BYTES,
  now = () => performance.now(),
): () => void {
  let collected = Number.NEGATIVE_INFINITY
  return () => {
    if (now() - collected < COLLECT_MS || process.memoryUsage.rss() < high) return
    collect()
    collected = now()
  }
}
