// What the state store keeps of work by the clock: when it is due, who runs it, what each run did.
import type { IngestPosition } from '../events/event-store.ts'

export const WORK_KINDS = ['rule', 'hunt', 'rollout'] as const
export type WorkKind = (typeof WORK_KINDS)[number]

export const RUN_TRIGGERS = ['schedule', 'catch-up', 'manual'] as const
export type RunTrigger = (typeof RUN_TRIGGERS)[number]

export const RUN_STATUSES = ['running', 'ok', 'failed', 'interrupted'] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

/** `detect` raises alerts, `replay` only looks. */
export type RunMode = 'detect' | 'replay'

/** What runs: a rule, a hunt. */
export interface Work {
  readonly kind: WorkKind
  readonly id: string
}

export interface Schedule extends Work {
  /** Undefined: it runs on demand only. */
  readonly interval_ms?: number
  readonly nextRunAt?: number
  readonly lastRunAt?: number
  /** Covered up to here. */
  readonly cutoff?: IngestPosition
  /** Sequences (from, to] that are not its to cover, oldest first; `to` null: nothing after `from` is. */
  readonly gaps?: readonly (readonly [from: number, to: number | null])[]
  /** The run under way, and how often its holder said that it lives. */
  readonly lease?: { readonly run: string; readonly beat: number }
}

/** What is written of a schedule; its lease and last run stay as they are. */
export interface ScheduleChange extends Work {
  readonly interval_ms: number | null
  readonly nextRunAt: number | null
  /** Undefined leaves it. */
  readonly cutoff?: IngestPosition
  /** Undefined leaves them. */
  readonly gaps?: Schedule['gaps']
}

/** A run's right to write. */
export interface Lease extends Work {
  readonly run: string
}

export interface NewRun extends Work {
  readonly trigger: RunTrigger
  readonly mode: RunMode
  /** Who asked for it; `trapline` for the clock. */
  readonly by: string
  readonly scheduledFor?: number
}

/** What a run says at its end. */
export interface RunOutcome {
  readonly matches: number
  readonly suppressed?: number
  readonly alerts?: number
  /** Matches that the run before did not have. */
  readonly fresh?: number
  /** At most `RUN_SAMPLES_MAX`. */
  readonly sampleEventIds?: readonly string[]
  readonly ruleCommit?: string
  readonly ruleHash?: string
  /** Sequences looked at: above the first, up to the second. */
  readonly from?: number
  readonly to?: number
  /** What the kind of work adds; plain JSON. */
  readonly detail?: unknown
}

export interface RunRecord extends Work, RunOutcome {
  readonly run: string
  readonly trigger: RunTrigger
  readonly mode: RunMode
  readonly status: RunStatus
  readonly by: string
  readonly scheduledFor?: number
  readonly started: number
  readonly finished?: number
  readonly duration_ms?: number
  /** 0 to 1. */
  readonly progress: number
  readonly suppressed: number
  readonly alerts: number
  readonly sampleEventIds: readonly string[]
  readonly error?: string
}

/** Sums over runs of one kind. */
export interface RunTotals {
  readonly runs: number
  readonly failed: number
  /** Of those that raise alerts: a replay only looks. */
  readonly matches: number
  readonly suppressed: number
  readonly alerts: number
  readonly duration_ms: number
}

export interface RunCost {
  readonly id: string
  readonly runs: number
  readonly duration_ms: number
}

/** What detection did for one rule, by the server's clock. */
export interface RuleVolume {
  readonly matches: number
  readonly suppressed: number
  readonly alerts: number
  /** Would-be alerts of the shadow lane. */
  readonly shadow: number
}

export const RUN_SAMPLES_MAX = 20
export const RUN_ERROR_CHARACTERS_MAX = 1000
export const RUNS_PAGE_MAX = 200
export const RUNS_KEPT_MS = 90 * 24 * 3600_000

export interface RunStore {
  /** Those with an interval, by kind; those of on-demand runs too where `all`. */
  listSchedules(kind: WorkKind, all?: boolean): Promise<readonly Schedule[]>
  getSchedule(work: Work): Promise<Schedule | undefined>
  /** Writes schedules and forgets others, in one transaction. */
  saveSchedules(changes: readonly ScheduleChange[], gone: readonly Work[]): Promise<void>
  /** It runs on demand only from now on, unless its gaps are others by now. */
  closeSchedule(work: Work, gaps: Schedule['gaps']): Promise<void>
  /** Work of these kinds that is due at `now`, longest due first, be it leased or not; and whatever is
   * leased. */
  dueWork(kinds: readonly WorkKind[], now: number, limit: number): Promise<readonly Schedule[]>
  /** Takes the lease and records the run's start; undefined when someone else has it. `over` is the lease
   * that is taken over from a holder that is gone: its run is recorded as interrupted. */
  claimRun(run: NewRun, over?: Schedule['lease']): Promise<RunRecord | undefined>
  /** Frees a lease whose holder is gone and records its run as interrupted. False when it moved since. */
  dropLease(work: Work, over: NonNullable<Schedule['lease']>): Promise<boolean>
  /** The holder lives. False when the lease is another's by now. */
  beatRun(lease: Lease, progress: number): Promise<boolean>
  /** Records the end and frees the lease. Rejects `conflict` when the lease is another's. */
  finishRun(lease: Lease, end: RunEnd): Promise<RunRecord>
  getRun(run: string): Promise<RunRecord | undefined>
  /** Newest first. */
  listRuns(filter: RunFilter): Promise<readonly RunRecord[]>
  runTotals(kind: WorkKind, since: number): Promise<RunTotals>
  /** By rule id, since the begin of the hour of `since`; rules without matches are left out. */
  ruleVolumes(since: number): Promise<Readonly<Record<string, RuleVolume>>>
  /** What took most time since then, by its sum. */
  runCosts(kind: WorkKind, since: number, limit: number): Promise<readonly RunCost[]>
  /** Frees every lease: at a start that knows that no other server runs over this state. */
  dropLeases(): Promise<void>
}

export type RunEnd = {
  readonly duration_ms: number
  /** Undefined for work without an interval. */
  readonly nextRunAt?: number | undefined
} & (
  | { readonly status: 'ok'; readonly outcome: RunOutcome; readonly cutoff?: IngestPosition }
  /** Interrupted: the server stops, and what was due stays due. */
  | { readonly status: 'failed' | 'interrupted'; readonly error: string }
)

export interface RunFilter {
  readonly kind?: WorkKind
  readonly id?: string
  readonly limit: number
}
