// What the state store does with alerts: the queue that people work, and what detection adds to it.
import type { CorrelatorStats, GroupView } from '../../../sigma/correlate/types.ts'
import type { LoadedCorrelation } from '../../../sigma/rule.ts'
import type { Actor } from './access.ts'
import type { PromotionStore } from './promotions.ts'
import type { RunMatchStore } from './run-matches.ts'
import type {
  Alert,
  AlertActivity,
  AlertChange,
  AlertFilter,
  AlertGroup,
  AlertPage,
  AlertSeverity,
  AlertStatus,
  RuleFacts,
} from './state-store.ts'

/** `newest` is order of creation and stable while data arrives. */
export const ALERT_ORDERS = ['newest', 'last_seen', 'severity', 'count'] as const
export type AlertOrder = (typeof ALERT_ORDERS)[number]

export interface AlertListRequest {
  readonly filter: AlertFilter
  /** At most `ALERT_PAGE_MAX`. */
  readonly limit: number
  readonly order?: AlertOrder
  readonly cursor?: string
}

/** The same change for many alerts: all that fit `filter` and were created up to `before`. */
export interface BulkChange {
  readonly filter: AlertFilter
  /** Cut-off, milliseconds: alerts created or changed by someone after it stay as they are. */
  readonly before: number
  readonly change: Omit<AlertChange, 'version'>
}

export interface BulkResult {
  readonly changed: number
  /** When, milliseconds: what `undoChanges` takes back. */
  readonly at: number
  /** Those that someone changed after the cut-off, with who and when. */
  readonly skipped: readonly { readonly id: string; readonly who: string; readonly at: number }[]
}

export interface AlertCounts {
  readonly total: number
  readonly byStatus: Readonly<Record<AlertStatus, number>>
  readonly bySeverity: Readonly<Record<AlertSeverity, number>>
}

/** What detection did for one rule since it was first seen. */
export interface RuleCounter {
  readonly matches: number
  readonly suppressed: number
  readonly alerts: number
  /** Time of the newest match, milliseconds. */
  readonly last?: number
}

export const ALERT_FACETS = ['severity', 'status', 'rule', 'host', 'user', 'owner'] as const
export type AlertFacet = (typeof ALERT_FACETS)[number]

export interface AlertTop {
  readonly values: readonly {
    readonly value: string
    /** A rule's title; else the value. */
    readonly label: string
    readonly count: number
  }[]
  /** How many different values there are. */
  readonly distinct: number
}

export interface AlertStore {
  listAlerts(request: AlertListRequest): Promise<AlertPage>
  getAlert(id: string): Promise<Alert | undefined>
  /** One row per rule, worst severity first, then newest. `total` counts rules. */
  groupAlerts(
    filter: AlertFilter,
    limit: number,
  ): Promise<{ readonly groups: readonly AlertGroup[]; readonly total: number }>
  countAlerts(filter: AlertFilter): Promise<AlertCounts>
  /** Values of one column with their alerts, most or fewest first; severities worst first. */
  topAlerts(
    filter: AlertFilter,
    field: AlertFacet,
    order: 'most' | 'fewest',
    limit: number,
  ): Promise<AlertTop>
  /** `conflict` for a stale version (says who changed it and when), `not-found`, `invalid`. */
  changeAlert(id: string, change: AlertChange, by: Actor): Promise<Alert>
  changeAlerts(bulk: BulkChange, by: Actor): Promise<BulkResult>
  /** Takes back what this person changed at that time, one alert or many: status, verdict, reason and owner
   * become what they were. Alerts that were changed since stay as they are and are named. */
  undoChanges(at: number, by: Actor): Promise<BulkResult>
  /** Oldest first. */
  alertActivity(id: string): Promise<readonly AlertActivity[]>
  /** Raises or keeps the one alert of a source that fell silent after `lastEvent` (ms). */
  sourceSilent(source: string, lastEvent: number, silentAfter_s: number): Promise<string>
  /** By rule id: matches, suppressed matches and alerts so far. */
  ruleCounters(): Promise<Readonly<Record<string, RuleCounter>>>
}

/** How alert making is going. */
export interface AlertMakerStatus {
  /** Identity of the intake it follows; undefined before its first batch. */
  readonly epoch?: string
  /** Last match sequence that is in alerts. */
  readonly sequence: number
  readonly matches: number
  readonly suppressed: number
  readonly alertsCreated: number
  readonly alertsUpdated: number
  /** Matches whose rule nobody has described: their alerts carry the rule's id as title. */
  readonly unknownRules: number
  /** The correlation engine's counts, where correlations run. */
  readonly correlations?: CorrelatorStats
  /** Matches up to this sequence are needed no more; `sequence` where absent. */
  readonly needless?: number
  /** Why it does not run: `waiting-for-rules`, `no-intake`, `other-epoch: ...`, or an error. */
  readonly stopped?: string
}

/** The detection side of the state worker. */
export interface AlertMaking extends RunMatchStore, PromotionStore {
  /** Facts of every loaded rule; call before matches of these rules are written. */
  setRules(
    rules: readonly RuleFacts[],
    correlations?: readonly (LoadedCorrelation & { readonly hash: string })[],
  ): Promise<void>
  alertMakerStatus(): Promise<AlertMakerStatus>
  /** One live group of a correlation as the engine holds it now; undefined where there is none. */
  correlationGroup(id: string, key: readonly (string | undefined)[]): Promise<GroupView | undefined>
}

/** Notice `alerts`, after each commit: ids, at most `ALERT_NOTICE_MAX` of each. */
export interface AlertNotice {
  readonly created: readonly string[]
  readonly updated: readonly string[]
  /** True when there were more than the notice names. */
  readonly more: boolean
}
