// What routes and pages may ask for: one bundle, made once at start (`server/main.ts`) and passed to every
// route factory, so that tests build an app over real stores without a port. Methods reject with
// `ServiceError`; routes map its code to a status in one place (`server/routes/errors.ts`).

import type { Event } from '../../parsers/event.ts'
import type { CorrelatorStats } from '../../sigma/correlate/types.ts'
import type { Why } from '../../sigma/eval/why.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { LoadedRule, Rollout, RuleFile } from '../../sigma/rule.ts'
import type { Settings } from '../config.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type {
  Alert,
  AlertFilter,
  AlertSeverity,
  Principal,
  RuleFacts,
} from '../stores/state/state-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { CredentialService } from './credentials.ts'
import type { DraftService } from './drafts.ts'
import type { DriftService } from './drift.ts'
import type { FeedbackService } from './feedback.ts'
import type { FilterService } from './filters.ts'
import type { HuntService } from './hunts.ts'
import type { OutboxService } from './outbox.ts'
import type { CorrelationVersion } from './preview-versions.ts'
import type { PromoteService } from './promote.ts'
import type { ProposalService } from './proposals.ts'
import type { ProvenanceService } from './provenance.ts'
import type { ReleaseService } from './releases.ts'
import type { RolloutService } from './rollout.ts'
import type { RuleRunService } from './runs.ts'
import type { ScheduleService } from './schedules.ts'
import type { SuppressionService } from './suppressions.ts'

export interface Services {
  readonly settings: Settings
  readonly ingest: IngestService
  /** Query workers behind the reader's interface. */
  readonly events: EventReader
  /** The same for long work that nobody waits for on a page: it gives way to all else. */
  readonly background: EventReader
  /** The state worker. */
  readonly state: StateClient
  readonly rules: RuleService
  readonly releases: ReleaseService
  readonly drift: DriftService
  readonly provenance: ProvenanceService
  /** Work by the clock, and its runs. */
  readonly schedules: ScheduleService
  readonly hunts: HuntService
  readonly ruleRuns: RuleRunService
  readonly rollouts: RolloutService
  readonly proposals: ProposalService
  readonly outbox: OutboxService
  readonly suppressions: SuppressionService
  readonly promote: PromoteService
  readonly feedback: FeedbackService
  readonly filters: FilterService
  readonly sources: SourceService
  readonly liveness: LivenessService
  readonly scenarios: ScenarioService
  readonly imports: ImportService
  readonly health: HealthService
  readonly live: LiveService
  readonly credentials: CredentialService
  readonly drafts: DraftService
}

export interface IngestRequest {
  readonly body: Uint8Array
  /** `?source=`: a parser's name, or a label. */
  readonly source?: string
  /** `Idempotency-Key`. */
  readonly key?: string
  /** Raises the lower bound of accepted event times (imports of old logs). */
  readonly import?: boolean
  /** Which import: its events correlate among themselves. */
  readonly importId?: string
}

export interface IngestAnswer {
  readonly accepted: number
  readonly unparsed: number
  readonly batch: string
  /** The same batch came before: nothing was stored now. */
  readonly repeated?: boolean
  readonly errors: readonly {
    readonly index: number
    readonly code: string
    readonly message: string
  }[]
}

export interface IngestService {
  /** Resolves after the commit. Rejects `too-many` when the queue is full, `conflict` for a reused key,
   * `disk-full`. */
  ingest(request: IngestRequest): Promise<IngestAnswer>
  /** Datagrams and lines of the syslog listeners. */
  lines(lines: readonly string[], source: string): Promise<IngestAnswer>
  /** Whether events would be refused now, for want of room or because the server stops. */
  isFull(): boolean
  /** Compiles the rules anew in a second worker and hands over between two batches. */
  reload(): Promise<{ readonly rules: number; readonly refused: number; readonly took_ms: number }>
}

/** A loaded rule as the Rules page lists it. */
export interface RuleSummary {
  readonly id: string
  readonly title: string
  readonly level: AlertSeverity
  readonly status: string
  readonly author?: string
  readonly description?: string
  readonly logsource: {
    readonly product?: string
    readonly category?: string
    readonly service?: string
  }
  readonly techniques: readonly string[]
  readonly tags: readonly string[]
  readonly hash: string
  /** Path below its folder, and whether it is a read-only overlay (`TRAPLINE_RULES`). */
  readonly path: string
  readonly overlay: boolean
  /** Why it does not run, where it does not. */
  readonly refused?: { readonly code: string; readonly message: string }
  readonly tests: { readonly positive: number; readonly negative: number }
  /** Duration between runs; absent: it runs as events arrive. */
  readonly schedule?: string
  /** Its stage on the way to live, and the criteria. */
  readonly rollout?: Rollout
  readonly owner?: string
  /** Of its alerts, where that is not the level. */
  readonly severity?: AlertSeverity
  readonly autoCreateCase?: boolean
}

export interface RuleDetail extends RuleSummary {
  readonly text: string
  readonly testText?: string
  readonly testPath?: string
}

export interface RuleService {
  /** Short hash of everything loaded: what the header shows. */
  readonly version: string
  list(): readonly RuleSummary[]
  get(id: string): Promise<RuleDetail | undefined>
  /** False for a correlation: it reads matches of other rules. */
  readsEvents(id: string): boolean
  /** A rule as it runs with its filters, pipelines and lists, and with more files beside them; undefined for
   * what reads no events or does not run. */
  compiled(id: string, more?: readonly RuleFile[]): LoadedRule | undefined
  /** A correlation that runs with everything that it reads; undefined for what is none. */
  correlation(id: string): CorrelationVersion | undefined
  /** What alert making knows of a rule that runs. */
  facts(id: string): RuleFacts | undefined
  /** Matches of each rule since start of day and total, from alerts and intake counters. */
  hits(): Promise<Readonly<Record<string, { readonly total: number; readonly last?: number }>>>
  /** Why a rule fires or does not on an event, stored or given as a copy: one row per condition leaf, in rule
   * order. */
  explain(id: string, event: string | Event): Promise<readonly ExplainedLeaf[]>
  /** The same as a tree of the condition, with the smallest change that would make the rule fire. */
  why(id: string, event: string | Event): Promise<Why>
}

/** One leaf of a rule's condition on one event. */
export interface ExplainedLeaf {
  readonly selection: string
  readonly field: string
  /** `ends with`, `contains`, `matches`, ... */
  readonly operator: string
  readonly expected: string
  readonly actual?: string
  readonly matched: boolean
}

export interface SourceCard {
  readonly name: string
  readonly parsers: readonly string[]
  readonly connected: boolean
  readonly eventsPerSecond: number
  readonly eventsToday: number
  readonly total: number
  readonly lastEvent?: number
  /** Share of its events that could not be parsed, 0..1. */
  readonly failureRate: number
  readonly silentAfter_s: number
}

export interface DeadLetter {
  readonly at: number
  readonly source: string
  readonly code: string
  readonly message: string
  readonly eventId?: string
  readonly sample: string
}

/** What could not be parsed of one source for one reason. */
export interface ParseFailure {
  readonly source: string
  readonly code: string
  /** Newest first; at least one. */
  readonly samples: readonly DeadLetter[]
  /** How many of the source's newest failures are of this kind, and of how many. */
  readonly count: number
  readonly of: number
}

export interface SourceService {
  list(): Promise<readonly SourceCard[]>
  /** The newest failures by source and reason, of every source or of one; the newest first. */
  failures(source?: string): Promise<readonly ParseFailure[]>
  deadLetters(source?: string): Promise<readonly DeadLetter[]>
  setSilentAfter(source: string, seconds: number, by: Principal): Promise<void>
}

/** Share of events that carry a field, 0..1. */
export interface FieldFill {
  readonly name: string
  readonly share: number
}

export const LIVENESS_STATES = ['alive', 'silent', 'rare', 'dead'] as const
export type LivenessState = (typeof LIVENESS_STATES)[number]

/** Whether a rule can match what arrives. */
export interface RuleLiveness {
  readonly id: string
  readonly title: string
  readonly level: AlertSeverity
  readonly logsource: RuleSummary['logsource']
  /** `dead`: no stored event could match it. `rare`: hardly any carries the fields it needs. `silent`:
   * some could, but nothing of its log source arrives any more. */
  readonly state: LivenessState
  readonly cause?: {
    readonly code: string
    readonly message: string
    readonly fields?: readonly string[]
  }
  /** Newest event that reached its log source, milliseconds. */
  readonly lastEvent?: number
  /** Events of its log source that were looked at, and how many carry the fields it needs. */
  readonly events: number
  readonly able: number
  /** Fields it asks for, and how often they come. */
  readonly fields: readonly FieldFill[]
}

export interface LivenessReport {
  readonly at: number
  /** How many events it looked at. */
  readonly events: number
  readonly rules: readonly RuleLiveness[]
}

/** Fields that a source's newest events carry, beside what rules ask for. */
export interface SourceFields {
  readonly source: string
  /** Events looked at. */
  readonly events: number
  /** Rules whose log source it declares. */
  readonly rules: number
  /** Those that rules miss most first. `share` is over the events that the asking rules see. */
  readonly fields: readonly (FieldFill & { readonly rules: number })[]
}

export interface LivenessService {
  /** Made at most once a minute. */
  report(): Promise<LivenessReport>
  /** The last report, where there is one. */
  known(): LivenessReport | undefined
  fieldsOf(source: string): Promise<SourceFields>
}

export interface ScenarioSummary {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly techniques: readonly string[]
  readonly events: number
  readonly duration_s: number
}

export interface ScenarioRun {
  readonly id: string
  readonly scenario: string
  readonly started: number
  readonly sent: number
  readonly total: number
  readonly finished?: number
  readonly error?: string
}

export interface ScenarioService {
  list(): Promise<readonly ScenarioSummary[]>
  /** `speed` 1 is real pacing; 10 is ten times faster. */
  play(id: string, speed: number, by: Principal): Promise<ScenarioRun>
  runs(): readonly ScenarioRun[]
}

/** A file dropped on a page, and how far it is. */
export interface ImportRun {
  readonly id: string
  readonly name: string
  /** Parser or label that was chosen for it. */
  readonly source?: string
  readonly started: number
  /** Size of the file, where its sender said it. */
  readonly bytes?: number
  /** Bytes on the server's disk, and bytes read from there (before unpacking). */
  readonly received: number
  readonly read: number
  readonly events: number
  readonly unparsed: number
  /** Events that were stored by an earlier reading of the same log. */
  readonly before: number
  /** Reasons of the first failures, each after its line. */
  readonly samples: readonly string[]
  /** Members of an archive that could not be read (to their end): the first ones, and how many. */
  readonly unread: readonly string[]
  readonly unreadCount: number
  readonly finished?: number
  readonly error?: string
}

export interface ImportService {
  /** Resolves when the whole file was received; reading goes on. Rejects `too-many`, `too-large`,
   * `disk-full`, `invalid` for a file that did not arrive whole. */
  start(
    file: {
      readonly name: string
      readonly source?: string
      readonly bytes?: number
      readonly body: ReadableStream<Uint8Array>
    },
    by: Principal,
  ): Promise<ImportRun>
  /** Ends the receiving or reading of a file; what was stored stays. Rejects `not-found` for one that is not under way. */
  cancel(id: string, by: Principal): Promise<void>
  /** Those since the server started, newest first. */
  runs(): readonly ImportRun[]
}

export interface HealthService {
  /** What `/ready` answers with: every reason why it is not. */
  problems(): Promise<readonly string[]>
  /** Live figures for the header and `/metrics`. */
  figures(): Promise<Figures>
}

export interface Figures {
  readonly eventsPerSecond: number
  readonly eventsTotal: number
  readonly unparsedTotal: number
  readonly matchesTotal: number
  readonly rules: number
  readonly refusedRules: number
  readonly queue: number
  readonly indexLag_ms: number
  readonly residentBytes: number
  readonly commit_ms: { readonly p50: number; readonly p99: number }
  /** Counts of the correlation engine, where correlations run. */
  readonly correlations?: CorrelatorStats
}

/** What happens now: for live views and streams. Iterations end when the signal aborts. */
export interface LiveService {
  /** Events committed from now on, or after an intake sequence, in chunks. */
  logs(
    request: { readonly expr?: Expr; readonly after?: number },
    signal: AbortSignal,
  ): AsyncIterable<LiveLogs>
  /** What a stream of alerts goes on after to have all that changes from now on. */
  alertsAt(): string
  /** Alerts created or changed from now on, or after the id of an earlier message. */
  alerts(
    request: { readonly filter: AlertFilter; readonly after?: string },
    signal: AbortSignal,
  ): AsyncIterable<LiveAlert>
}

export interface LiveLogs {
  readonly events: readonly Event[]
  /** Resume after this. */
  readonly sequence: number
  /** True when some events before these were left out: too many, or no longer there. */
  readonly gap: boolean
}

export type LiveAlert =
  | { readonly id: string; readonly kind: 'created' | 'updated'; readonly alert: Alert }
  /** Some changes are not known any more, or were too many: read the list anew. */
  | { readonly id: string; readonly kind: 'reset' }
