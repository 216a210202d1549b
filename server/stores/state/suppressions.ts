// What the state store keeps about mutes.
import type { Actor } from './access.ts'
import type { ProposalRecord } from './proposals.ts'
import type { Verdict } from './state-store.ts'

/** A value of an event that must be equal: text without regard to case, and whole. */
export type CriteriaValue = string | number | boolean
/** All must hold; of a list one. Names are fields as rules call them, or columns: `@host`. */
export type Criteria = Readonly<Record<string, CriteriaValue | readonly CriteriaValue[]>>

/** `pending`: waits for the second person. `merged`: its filter is live in Git, which took over. `ended`: by
 * someone. */
export const SUPPRESSION_STATES = ['pending', 'active', 'merged', 'expired', 'ended'] as const
export type SuppressionState = (typeof SUPPRESSION_STATES)[number]

/** What it would have hidden when it was made. */
export interface SuppressionEffect {
  /** Alerts all of whose events it hides, and those that only lose some. */
  readonly hidden: number
  readonly partly: number
  /** Of both. */
  readonly byVerdict: Readonly<Partial<Record<Verdict | 'none', number>>>
  /** Alerts that were looked at, and how far back, days. */
  readonly looked: number
  readonly days: number
}

export interface NewSuppression {
  /** Undefined: every rule of the log source that the filter names. */
  readonly ruleId?: string
  readonly criteria: Criteria
  /** Id, text and path of the Sigma filter that says the same, and its tests. */
  readonly filterId: string
  readonly filter: string
  readonly tests: string
  readonly path: string
  readonly owner: string
  readonly reason: string
  readonly eventId?: string
  readonly effect: SuppressionEffect
  /** Milliseconds since 1970 UTC. */
  readonly expires: number
  /** Who has to agree, where it hides true positives: it acts only then. */
  readonly agreedBy?: string
}

export interface Suppression extends NewSuppression {
  readonly id: string
  readonly state: SuppressionState
  readonly created: number
  readonly by: string
  /** When the second person agreed. */
  readonly agreed?: number
  readonly ended?: number
  readonly endedBy?: string
  /** Id of the proposal that carries the filter to Git. */
  readonly proposalId?: string
  /** Matches held back, the newest match's time, and alerts that are held now. */
  readonly matches: number
  readonly last?: number
  readonly held: number
}

export interface SuppressionList {
  readonly ruleId?: string
  readonly states?: readonly SuppressionState[]
  /** At most `SUPPRESSIONS_PAGE_MAX`. */
  readonly limit: number
}

export interface SuppressionStore {
  /** Stores it and, with `proposal`, its proposal in the same transaction; without one it is `pending`. */
  addSuppression(
    suppression: NewSuppression,
    proposal: ProposalRecord | undefined,
    by: Actor,
  ): Promise<Suppression>
  /** The second person agrees: it acts from now on. `forbidden` for another person than the one asked,
   * `conflict` where it is not pending or its time is over. */
  agreeSuppression(id: string, proposal: ProposalRecord, by: Actor): Promise<Suppression>
  /** Ends it; its held alerts are new again. `conflict` where it has ended. */
  endSuppression(id: string, by: Actor): Promise<Suppression>
  getSuppression(id: string): Promise<Suppression | undefined>
  /** Newest first. */
  listSuppressions(request: SuppressionList): Promise<readonly Suppression[]>
  /** Those that hold matches back now, oldest first. */
  activeSuppressions(): Promise<readonly Suppression[]>
  /** Filters of these ids are live: mutes with one of them are done, and what they hold stays held. */
  suppressionsMerged(filterIds: readonly string[]): Promise<readonly string[]>
  /** Ends those whose time is over or whose proposal was closed unmerged; gives back ids of the alerts that
   * are new again. */
  expireSuppressions(): Promise<readonly string[]>
}
