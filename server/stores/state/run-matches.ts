// Matches that a scheduled run found: their alerts and the schedule's cut-off are one transaction.
import type { Event } from '../../../parsers/event.ts'
import type { IngestPosition, StoredMatch } from '../events/event-store.ts'
import type { Lease } from './runs.ts'

/** A match of a scheduled run; it has no sequence of its own. */
export type RunMatch = StoredMatch

export interface RunMatches {
  readonly lease: Lease
  /** Covered up to here once this is committed. */
  readonly cutoff: IngestPosition
  /** Oldest first. */
  readonly matches: readonly RunMatch[]
  /** The events that they are of. */
  readonly events: readonly Event[]
}

export interface RunMatchCounts {
  readonly suppressed: number
  /** Alerts that were made. */
  readonly alerts: number
}

export interface RunMatchStore {
  /** Makes alerts of the matches and moves the cut-off. Rejects `conflict` when the lease is another's. */
  commitRunMatches(found: RunMatches): Promise<RunMatchCounts>
}
