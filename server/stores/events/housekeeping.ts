// What leaves the intake, done inside a commit's transaction or, when nothing comes in, in one of its own:
// sealed chunks, matches that became alerts, old keys, all but the newest dead letters.
import type { Database } from 'bun:sqlite'
import { dropDeadLetters } from './dead-letter.ts'
import { dropBatches, dropChunks } from './intake.ts'
import { dropMatches } from './intake-matches.ts'
import type { Sealer } from './sealer.ts'

/** How long a batch's key and answer are kept, milliseconds. */
export const KEY_KEPT_MS = 7 * 86_400_000
/** Keys and dead letters are swept at most this often, milliseconds. */
const SWEEP_MS = 60_000
/** Without commits, housekeeping runs by itself after this long, milliseconds. */
const IDLE_MS = 1000

export interface Housekeeping {
  /** Runs inside the caller's transaction; `settle` after it was committed. */
  run(): void
  settle(): void
  /** Runs by itself if no commit did for a while and there is something to do. */
  runIfIdle(): void
  acknowledge(sequence: number): void
}

export function createHousekeeping(
  intake: Database,
  sealer: Sealer,
  now: () => number,
): Housekeeping {
  let acknowledged = 0
  let dropped = 0
  let swept = Number.NEGATIVE_INFINITY
  let ran = now()
  /** Taken from the sealer in a transaction that is not known to be committed. */
  let expired: readonly number[] = []

  function run(): void {
    expired = [...expired, ...sealer.takeExpired()]
    dropChunks(intake, expired)
    if (acknowledged > dropped || expired.length > 0) dropMatches(intake, acknowledged)
    dropped = acknowledged
    if (now() - swept >= SWEEP_MS) {
      dropBatches(intake, now() - KEY_KEPT_MS)
      dropDeadLetters(intake)
      swept = now()
    }
    ran = now()
  }

  function settle(): void {
    expired = []
  }

  return {
    run,
    settle,
    runIfIdle: () => {
      if (now() - ran < IDLE_MS) return
      const due = sealer.hasExpired() || acknowledged > dropped || now() - swept >= SWEEP_MS
      if (!due) return
      intake.transaction(run)()
      settle()
    },
    acknowledge: (sequence) => {
      acknowledged = Math.max(acknowledged, sequence)
    },
  }
}
