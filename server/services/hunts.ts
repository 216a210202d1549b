// Hunts (H1-H5): files of the live content, and those that people keep on the server. Both run by the same
// scheduler into the same ledger. What lies in Git changes through a proposal alone.
import type { Hunt } from '../../query/hunt/hunt.ts'
import { createHuntChanges } from '../hunts/changes.ts'
import type { GitHunts, RefusedHunt } from '../hunts/git-hunts.ts'
import type { PromoteAsk, Promotion } from '../hunts/promote.ts'
import { createHuntPromotions } from '../hunts/promotions.ts'
import { createHuntReads } from '../hunts/reads.ts'
import { createHuntRuns } from '../hunts/runs.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Proposal } from '../stores/state/proposals.ts'
import type { RunRecord } from '../stores/state/runs.ts'
import type { Principal } from '../stores/state/state-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { ProposalService } from './proposals.ts'
import type { Rules } from './rules.ts'
import type { ScheduleService, StartedRun } from './schedules.ts'

/** A hunt as someone sees it. */
export interface HuntSummary {
  readonly hunt: Hunt
  readonly place: 'git' | 'database'
  /** File below the content root, for those of Git. */
  readonly path?: string
  /** Whose it is, for those of the database. */
  readonly createdBy?: string
  readonly isOwner: boolean
  readonly created?: number
  readonly updated?: number
  readonly version?: number
  /** Id of the proposal that publishes it. */
  readonly proposal?: string
  /** The newest run that came to its end, and one under way. */
  readonly last?: RunRecord
  readonly running?: RunRecord
  readonly nextRunAt?: number
}

export interface HuntList {
  readonly hunts: readonly HuntSummary[]
  /** Files of `hunts/` that hold no hunt. */
  readonly refused: readonly RefusedHunt[]
}

/** What came of a change: it is made, or proposed. */
export type HuntChange =
  | { readonly kind: 'changed'; readonly hunt: HuntSummary }
  | { readonly kind: 'proposed'; readonly proposal: Proposal }

/** Everything of a hunt but its id. */
export type HuntContent = Omit<Hunt, 'id'>

/** Parts that change; undefined takes one away. */
export type HuntPatch = { readonly [name in keyof HuntContent]?: HuntContent[name] | undefined }

export interface HuntService {
  list(by: Principal): Promise<HuntList>
  /** Undefined for one that the caller may not see. */
  get(id: string, by: Principal): Promise<HuntSummary | undefined>
  /** Keeps it on the server, or with `place: 'git'` proposes its file. Rejects `invalid` with what is wrong. */
  create(
    hunt: HuntContent & { readonly id?: string },
    place: 'git' | 'database',
    by: Principal,
    actor: Actor,
  ): Promise<HuntChange>
  /** Rejects `forbidden` for another's, `conflict` for a stale version. */
  change(
    id: string,
    change: HuntPatch,
    version: number | undefined,
    by: Principal,
    actor: Actor,
  ): Promise<HuntChange>
  /** Removes it, or proposes to where it lies in Git. */
  remove(id: string, by: Principal, actor: Actor): Promise<Proposal | undefined>
  /** Proposes the file of one that is kept on the server. */
  publish(id: string, by: Principal, actor: Actor): Promise<Proposal>
  /** The rule that finds the same, with tests and volume. Rejects `invalid` by the name of what Sigma cannot
   * say. */
  promotion(id: string, ask: PromoteAsk, by: Principal): Promise<Promotion>
  /** Proposes that rule and its tests; the hunt remembers it. */
  promote(id: string, ask: PromoteAsk, by: Principal, actor: Actor): Promise<Proposal>
  run(id: string, by: Principal, actor: Actor): Promise<StartedRun>
  /** Newest first. */
  runs(id: string, limit: number, by: Principal): Promise<readonly RunRecord[]>
  /** What runs by that id, whoever may see it. */
  find(id: string): Promise<Hunt | undefined>
  /** Brings the schedules in line with the hunts there are, and lets go of those that Git took over. */
  sync(): Promise<void>
}

export interface HuntParts {
  readonly state: Pick<
    StateClient,
    | 'addHunt'
    | 'getHunt'
    | 'listHunts'
    | 'changeHunt'
    | 'setHuntProposal'
    | 'removeHunt'
    | 'listSchedules'
    | 'listRuns'
    | 'audit'
  >
  readonly events: Pick<EventReader, 'search' | 'count' | 'position' | 'histogram' | 'get'>
  readonly schedules: Pick<ScheduleService, 'register' | 'put' | 'remove' | 'runNow' | 'runs'>
  readonly proposals: Pick<ProposalService, 'open' | 'file'>
  readonly rules: Rules
  readonly gitHunts: () => GitHunts
  /** DNS domains that never leave the server. */
  readonly ownDomains?: readonly string[]
  readonly now?: () => number
}

export function createHunts(parts: HuntParts): HuntService {
  const reads = createHuntReads(parts)
  return {
    ...reads,
    ...createHuntChanges(parts, reads),
    ...createHuntPromotions(parts, reads),
    ...createHuntRuns(parts, reads),
  }
}
