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
}

export interface ReleaseRecord extends NewRelease {
  readonly number: number
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly by: string
}

export interface ReleaseStore {
  recordRelease(release: NewRelease, by: Actor): Promise<void>
  /** Newest first. */
  listReleases(limit: number): Promise<readonly ReleaseRecord[]>
}
