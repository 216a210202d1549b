// What the address of the alert queue says, and links that change a part of it.
import type { AlertSeverity, AlertStatus, Verdict } from '../../server/stores/state/state-store.ts'
import { urls } from '../urls.ts'

export const ALERT_TABS = ['summary', 'event', 'raw', 'rule', 'activity'] as const
export type AlertTab = (typeof ALERT_TABS)[number]

export const ALERT_SORTS = ['severity', 'latest', 'count'] as const
export type AlertSort = (typeof ALERT_SORTS)[number]

export interface AlertState {
  /** `open`, `any`, or one status. */
  readonly status: 'open' | 'any' | AlertStatus
  readonly severity: AlertSeverity | ''
  /** Empty: anyone; `none`: nobody's; else a name. */
  readonly owner: string
  readonly from: string
  readonly to: string
  readonly rule: string
  readonly host: string
  readonly user: string
  readonly text: string
  readonly group: 'rule' | 'none'
  readonly sort: AlertSort
  readonly sel: string
  readonly tab: AlertTab
}

export const ALERT_FROM = 'now-24h'
export const ALERT_TO = 'now'

/** Query parameters of a state, defaults left out. */
export function alertParams(state: AlertState): Record<string, string | undefined> {
  const unless = (value: string, otherwise: string) => (value === otherwise ? undefined : value)
  return {
    status: unless(state.status, 'open'),
    severity: unless(state.severity, ''),
    owner: unless(state.owner, ''),
    from: unless(state.from, ALERT_FROM),
    to: unless(state.to, ALERT_TO),
    rule: unless(state.rule, ''),
    host: unless(state.host, ''),
    user: unless(state.user, ''),
    text: unless(state.text, ''),
    group: unless(state.group, 'rule'),
    sort: unless(state.sort, 'severity'),
    sel: unless(state.sel, ''),
    tab: unless(state.tab, 'summary'),
  }
}

/** The queue with a part of its state changed. */
export function alertsHref(state: AlertState, change: Partial<AlertState> = {}): string {
  return urls.alerts.href(alertParams({ ...state, ...change }))
}

export const STATUS_LABELS: Readonly<Record<AlertStatus, string>> = {
  new: 'new',
  acknowledged: 'acknowledged',
  investigating: 'investigating',
  resolved: 'resolved',
  false_positive: 'false positive',
  held: 'held',
}

/** The verdicts in the order of their keys 1 to 7. */
export const VERDICT_LABELS: Readonly<Record<Verdict, string>> = {
  true_positive: 'True positive',
  benign_true_positive: 'Benign true positive',
  false_positive_logic: 'False positive: rule logic',
  false_positive_data: 'False positive: data',
  duplicate: 'Duplicate',
  test: 'Test',
  insufficient_evidence: 'Not enough evidence',
}

/** A false positive says why: the rule's tuning starts from that sentence. */
export function needsReason(verdict: string): boolean {
  return verdict.startsWith('false_positive')
}
