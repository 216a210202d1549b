// What the state store keeps about releases of content.
import type { Actor } from './access.ts'

export interface ReleaseFinding {
  readonly code: string
  readonly severity: string
  readonly message: string
  readonly path?: string | undefined
  readonly line?: number | undefined
}

/** `seed`: the program's own content, at the first start. */
export const RELEASE_WAYS = ['seed', 'push', 'pull', 'rollback'] as const
export const RELEASE_STATUSES = ['live', 'refused'] as const

/** A rule whose answers a release changes, over the sample: matches of the old version and of the new. */
export interface SampledRule {
  readonly id: string
  readonly title: string
  readonly before: number
  readonly after: number
}

/** Stored events that both versions of what changed ran on before the swap. */
export interface ReleaseSample {
  /** Events that ran, of those in the range; fewer where time or number were over. */
  readonly events: number
  readonly total: number
  /** Milliseconds since 1970 UTC. */
  readonly from: number
  readonly to: number
  readonly took_ms: number
  /** Rules that a release adds, removes or gives another meaning. */
  readonly changed: number
  /** Those that matched differently, most changed first, at most `SAMPLED_RULES_MAX`. */
  readonly rules: readonly SampledRule[]
}
export const SAMPLED_RULES_MAX = 100

/** Events once judged true positives, of rules that a release changes. */
export interface ReleaseVerdicts {
  /** Judged true positives whose rule changed. */
  readonly events: number
  readonly fired: number
  /** Alerts that no longer fire. */
  readonly lost: readonly string[]
  /** Of correlations: one kept event cannot tell. */
  readonly notReplayed: number
}

/** A read-only overlay beside the content. */
export interface ReleaseOverlay {
  readonly path: string
  readonly files: number
  /** SHA-256 over its files' paths and texts, hex. */
  readonly hash: string
}

export interface ReleaseCommit {
  readonly commit: string
  readonly author: string
  readonly subject: string
}
/** Commits of a release that are kept with it, the newest. */
export const RELEASE_COMMITS_MAX = 20

/** What the checks of a release found. */
export interface ReleaseReport {
  /** Commits since the one that was live before, newest first. */
  readonly commits?: readonly ReleaseCommit[] | undefined
  readonly tests?: { readonly passed: number; readonly failed: number } | undefined
  readonly verdicts?: ReleaseVerdicts | undefined
  readonly sample?: ReleaseSample | undefined
  readonly overlays?: readonly ReleaseOverlay[] | undefined
  /** What the sender of a push says of its own run. */
  readonly sender?: string | undefined
  /** From offer to answer, milliseconds. */
  readonly took_ms?: number | undefined
}

/** One offer of content and what became of it. */
export interface NewRelease {
  readonly commit: string
  /** The commit that was live before. */
  readonly previous?: string
  readonly author: string
  readonly subject: string
  readonly way: (typeof RELEASE_WAYS)[number]
  /** `live`: it went live then, though another may be now. */
  readonly status: (typeof RELEASE_STATUSES)[number]
  /** Rules that ran with it; 0 when refused. */
  readonly rules: number
  /** What the checks said, one line. */
  readonly summary: string
  readonly findings: readonly ReleaseFinding[]
  readonly report?: ReleaseReport
}

export interface ReleaseRecord extends NewRelease {
  readonly number: number
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly by: string
}

/** A time range [from, to), milliseconds since 1970 UTC. */
export interface AlertWindow {
  readonly from: number
  readonly to: number
}

export interface ReleaseStore {
  /** Records it and, in the same transaction, the commit's status for the outbox. */
  recordRelease(release: NewRelease, by: Actor): Promise<void>
  /** Newest first. */
  listReleases(limit: number): Promise<readonly ReleaseRecord[]>
  /** How many alerts were made in each range. */
  countAlertsMade(windows: readonly AlertWindow[]): Promise<readonly number[]>
  /** The same by rule: reads each alert of the ranges. */
  alertsMade(windows: readonly AlertWindow[]): Promise<readonly Readonly<Record<string, number>>[]>
}
