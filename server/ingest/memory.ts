// Keeps the process small where the collector, which looks at the machine's memory, finds little worth
// collecting: a server's own start tells it of less (server/cli/heap.ts).

/** Above this the ingest thread collects at once, resident bytes of the whole process. */
export const RESIDENT_HIGH_BYTES = 1000 * 1_048_576
/** What a collection left is in use: the next one comes when the process has grown by this, bytes. */
export const RESIDENT_GROWTH_BYTES = 64 * 1_048_576
/** A collection stops the thread for a tenth of a second: so often at most, milliseconds. */
const COLLECT_MS = 3000

/** What the watch asks and does; tests set it. */
export interface MemoryWatchOptions {
  readonly collect?: () => unknown
  /** Resident bytes of the process. */
  readonly resident?: () => number
  /** Milliseconds of any clock. */
  readonly now?: () => number
}

/** Collects when the process is too large; to be called once a second or so. */
export function createMemoryWatch(options: MemoryWatchOptions = {}): () => void {
  const { collect = () => Bun.gc(true), resident = process.memoryUsage.rss } = options
  const { now = () => performance.now() } = options
  let collected = Number.NEGATIVE_INFINITY
  let high = RESIDENT_HIGH_BYTES
  return () => {
    if (now() - collected < COLLECT_MS || resident() < high) return
    collect()
    collected = now()
    high = Math.max(RESIDENT_HIGH_BYTES, resident() + RESIDENT_GROWTH_BYTES)
  }
}
