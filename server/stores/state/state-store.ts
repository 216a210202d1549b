// Everything that is not an event: users, sessions, keys, alerts, sources, audit. Implemented over
// @libsql/client (a file, or a libSQL server by URL); lives in the state worker, called over RPC.
import type { Event } from '../../../parsers/event.ts'
import type { RolloutStage } from '../../../sigma/rule.ts'
import type { KeyStore, SessionStore, UserStore } from './access.ts'
import type { AlertMaking, AlertStore } from './alerts-store.ts'
import type { DraftStore } from './drafts.ts'
import type { FeedbackStore } from './feedback.ts'
import type { HuntStore } from './hunts.ts'
import type { OutboxStore } from './outbox.ts'
import type { PromotionReads } from './promotions.ts'
import type { ProposalStore } from './proposals.ts'
import type { RuleProvenance } from './provenance.ts'
import type { AuditStore, RecordStore } from './records.ts'
import type { ReleaseStore } from './releases.ts'
import type { RolloutStore } from './rollouts.ts'
import type { RunStore } from './runs.ts'
import type { SuppressionStore } from './suppressions.ts'

export const ROLES = ['viewer', 'analyst', 'operator', 'engineer', 'admin'] as const
export type Role = (typeof ROLES)[number]

export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const
export type AlertSeverity = (typeof SEVERITIES)[number]

export const ALERT_STATUSES = [
  'new',
  'acknowledged',
  'investigating',
  'resolved',
  'false_positive',
  'held',
] as const
export type AlertStatus = (typeof ALERT_STATUSES)[number]

export const VERDICTS = [
  'true_positive',
  'benign_true_positive',
  'false_positive_logic',
  'false_positive_data',
  'duplicate',
  'test',
  'insufficient_evidence',
] as const
export type Verdict = (typeof VERDICTS)[number]

export interface User {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly disabled: boolean
  readonly created: number
  readonly lastSeen?: number
}

export interface Session {
  readonly id: string
  readonly userId: string
  readonly created: number
  readonly expires: number
  readonly lastSeen: number
  readonly ip: string
  readonly agent: string
}

/** An API key as shown; its secret is stored hashed and seen once. `ingest` keys may only send. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** First characters, to recognise it by. */
  readonly prefix: string
  readonly kind: 'user' | 'ingest'
  readonly userId: string
  readonly created: number
  readonly lastUsed?: number
  readonly expires?: number
  readonly revoked?: number
}

/** Who a request comes from, after authentication. */
export interface Principal {
  readonly kind: 'session' | 'key' | 'basic' | 'token'
  readonly userId: string
  readonly name: string
  readonly role: Role | 'ingest'
  /** Id of the session or key: rate limits count by it. */
  readonly credentialId: string
}

export interface Alert {
  readonly id: string
  readonly ruleId: string
  readonly ruleTitle: string
  /** SHA-256 of the rule as it ran when it fired (its text; with what shaped it, if anything), and its text. */
  readonly ruleHash: string
  readonly ruleText: string
  /** The rule's stage when it fired, where it has one. */
  readonly ruleStage?: RolloutStage
  /** What it says of itself: `alertDescription` fills it. */
  readonly descriptionTemplate?: string
  /** Where the rule came from when it fired; undefined for what no rule raised. */
  readonly provenance?: RuleProvenance
  readonly title: string
  readonly severity: AlertSeverity
  readonly status: AlertStatus
  readonly verdict?: Verdict
  readonly reason?: string
  readonly owner?: string
  readonly dedupHash: string
  /** Matches folded into it. */
  readonly count: number
  readonly firstSeen: number
  readonly lastSeen: number
  readonly created: number
  readonly updated: number
  /** Raised by every change that someone makes (folding a match is none); PATCH must name it. */
  readonly version: number
  readonly previousId?: string
  readonly host?: string
  readonly user?: string
  readonly srcIp?: string
  /** The mute that made it, while that may give it back. */
  readonly muteId?: string
  readonly source: string
  readonly tags: readonly string[]
  readonly eventId: string
  /** A copy of the first event that matched: retention of events never empties an alert. */
  readonly event: Event
  /** Ids of the newest matching events, at most 100. */
  readonly eventIds: readonly string[]
}

export interface AlertFilter {
  readonly status?: readonly AlertStatus[]
  readonly severity?: readonly AlertSeverity[]
  readonly ruleId?: string
  readonly host?: string
  readonly user?: string
  readonly ip?: string
  readonly owner?: string
  readonly from?: number
  readonly to?: number
  /** Matched or raised since then: alerts of imported old events too, which `from` leaves out. */
  readonly activeFrom?: number
  readonly text?: string
}

export interface AlertPage {
  readonly alerts: readonly Alert[]
  readonly total: number
  readonly cursor?: string
}

/** Alerts of one rule, for the grouped queue. */
export interface AlertGroup {
  readonly ruleId: string
  readonly ruleTitle: string
  readonly severity: AlertSeverity
  readonly alerts: number
  readonly matches: number
  readonly hosts: readonly string[]
  readonly hostCount: number
  readonly users: number
  readonly statuses: Readonly<Partial<Record<AlertStatus, number>>>
  readonly firstSeen: number
  readonly lastSeen: number
  readonly newestAlertId: string
}

export interface AlertChange {
  readonly status?: AlertStatus
  readonly verdict?: Verdict
  readonly reason?: string
  readonly owner?: string | null
  readonly version: number
}

export interface AlertActivity {
  readonly at: number
  readonly who: string
  readonly what: string
  readonly before?: string
  readonly after?: string
}

/** One record of the audit log: chained by hash, never changed. */
export interface AuditEntry {
  readonly sequence: number
  readonly at: number
  readonly who: string
  readonly action: string
  readonly object: string
  readonly before?: string
  readonly after?: string
  readonly ip?: string
  readonly hash: string
}

/** What alert making needs to know of a rule. */
export interface RuleFacts {
  readonly id: string
  readonly title: string
  readonly level: AlertSeverity
  readonly hash: string
  readonly text: string
  readonly tags: readonly string[]
  /** Field names of the dedup hash; default host, user, src_ip. */
  readonly dedup: readonly string[]
  readonly dedupWindow_ms: number
  /** `trapline.title`: `{field}` is replaced by the event's value. */
  readonly titleTemplate?: string
  /** `trapline.description`, likewise. */
  readonly descriptionTemplate?: string
  /** It only feeds correlations: its matches raise nothing. */
  readonly feedsOnly?: true
  readonly provenance?: RuleProvenance
  /** Its stage, where it has one: matches that are not live go to the shadow lane. */
  readonly rollout?: { readonly stage: RolloutStage; readonly share?: number }
}

/** Everything the state store does; each part is described where it is declared. */
export interface StateStore
  extends UserStore,
    SessionStore,
    KeyStore,
    AlertStore,
    AlertMaking,
    AuditStore,
    RecordStore,
    ReleaseStore,
    RunStore,
    RolloutStore,
    HuntStore,
    FeedbackStore,
    SuppressionStore,
    PromotionReads,
    ProposalStore,
    OutboxStore,
    DraftStore {
  /** Flushes what is batched and closes the database. */
  close(): Promise<void>
}

/** What stopped a call; the codes are a subset of `ServiceErrorCode`. */
export class StateError extends Error {
  readonly code: 'invalid' | 'forbidden' | 'not-found' | 'conflict' | 'too-many' | 'unavailable'

  constructor(code: StateError['code'], message: string) {
    super(message)
    this.code = code
  }
}
