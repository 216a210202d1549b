// What the state store keeps of rules on their way to live.
import type { RolloutStage } from '../../../sigma/rule.ts'
import type { Actor } from './access.ts'
import type { ProposalRecord } from './proposals.ts'
import type { AlertSeverity } from './state-store.ts'

/** A criterion of a rule with what was measured for it. */
export interface MeasuredCriterion {
  readonly name: 'min_days' | 'max_alerts_per_day' | 'min_precision'
  readonly wanted: number
  /** Undefined: nothing to measure by, as a precision without verdicts. */
  readonly measured?: number
  readonly met: boolean
}

export interface RolloutDecision {
  readonly to: RolloutStage
  readonly at: number
  readonly criteria: readonly MeasuredCriterion[]
  readonly proposalId?: string
  /** Why no change could be proposed. */
  readonly problem?: string
}

/** A rule at a stage, with the text that it has there. */
export interface RolloutState {
  readonly ruleId: string
  readonly ruleHash: string
  readonly stage: RolloutStage
  readonly since: number
  readonly decision?: RolloutDecision
}

export interface RuleStage {
  readonly ruleId: string
  readonly ruleHash: string
  readonly stage: RolloutStage
}

/** Counts of one rule since some time. Alerts that mutes hold are left out. */
export interface RolloutMeasures {
  readonly alerts: number
  readonly shadow: number
  readonly truePositives: number
  readonly falsePositives: number
}

export const SHADOW_VERDICTS = ['true_positive', 'false_positive'] as const
export type ShadowVerdict = (typeof SHADOW_VERDICTS)[number]

/** An alert that a rule would have raised. */
export interface ShadowAlert {
  readonly id: string
  readonly ruleId: string
  readonly ruleHash: string
  /** The rule's stage then: in a canary it is of a host outside the share. */
  readonly stage: RolloutStage
  readonly title: string
  readonly severity: AlertSeverity
  readonly count: number
  readonly firstSeen: number
  readonly lastSeen: number
  readonly host?: string
  readonly user?: string
  readonly srcIp?: string
  readonly source: string
  readonly eventId: string
  /** Newest first. */
  readonly eventIds: readonly string[]
  readonly verdict?: ShadowVerdict
  readonly judgedBy?: string
}

export const SHADOW_PAGE_MAX = 500

export interface RolloutStore {
  /** The stages of the rules that run from now on. A rule with another stage or text begins anew. */
  saveStages(stages: readonly RuleStage[]): Promise<void>
  rolloutStates(): Promise<readonly RolloutState[]>
  rolloutState(ruleId: string): Promise<RolloutState | undefined>
  rolloutMeasures(ruleId: string, since: number): Promise<RolloutMeasures>
  /** Keeps a decision and stores its proposal, in one transaction. False when this stage was decided already,
   * or is over. */
  decideRollout(
    state: RolloutState,
    decision: RolloutDecision,
    proposal: ProposalRecord | undefined,
    by: Actor,
  ): Promise<boolean>
  /** Would-be alerts of a rule or of all, newest match first; `total` counts them all. */
  listShadowAlerts(
    ruleId: string | undefined,
    limit: number,
  ): Promise<{ readonly alerts: readonly ShadowAlert[]; readonly total: number }>
  /** Says whether a would-be alert was right. Rejects `not-found`. */
  judgeShadowAlert(id: string, verdict: ShadowVerdict, by: Actor): Promise<ShadowAlert>
}
