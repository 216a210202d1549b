// Chunks that are in a day file already and still in the intake, oldest first: live views follow them there.

/** Sealed chunks stay in the intake this long, for live views, milliseconds. */
export const TAIL_MS = 10_000
/** But no more of them than this: at 50,000 events a second live views have three seconds. */
export const TAIL_BYTES_MAX = 16 * 1_048_576
/** Chunks dropped in one transaction. */
const DROPPED_MAX = 512

export interface SealedTail {
  /** Remembers a chunk of so many bytes that was sealed at `at`. */
  noteSealed(seq: number, bytes: number, at: number): void
  /** Sequences of chunks that may leave the intake now; they are given once. */
  takeExpired(): readonly number[]
  hasExpired(): boolean
}

export function createSealedTail(now: () => number): SealedTail {
  const chunks: { readonly seq: number; readonly bytes: number; readonly at: number }[] = []
  let kept = 0

  /** How many, from the oldest, have been kept long enough. */
  function expired(): number {
    const until = now() - TAIL_MS
    let left = kept
    let count = 0
    for (const { at, bytes } of chunks) {
      if (count === DROPPED_MAX || (at > until && left <= TAIL_BYTES_MAX)) break
      left -= bytes
      count++
    }
    return count
  }

  return {
    noteSealed: (seq, bytes, at) => {
      chunks.push({ seq, bytes, at })
      kept += bytes
    },
    hasExpired: () => expired() > 0,
    takeExpired: () => {
      const gone = chunks.splice(0, expired())
      for (const { bytes } of gone) kept -= bytes
      return gone.map(({ seq }) => seq)
    },
  }
}
