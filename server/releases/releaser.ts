// One commit goes live, or is refused with why: staged whole, checked, swapped at once, recorded.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Actor } from '../stores/state/access.ts'
import {
  type NewRelease,
  RELEASE_COMMITS_MAX,
  type ReleaseFinding,
  type ReleaseOverlay,
  type ReleaseReport,
} from '../stores/state/releases.ts'
import { type GateOutcome, gate } from './gate.ts'
import type { KeptVerdict } from './gate-verdicts.ts'
import type { CommitFacts, Repository } from './repository.ts'
import { LIVE_FILE, liveCommit, readLive, setLive, stage, stagedFolder } from './staging.ts'

export type ReleaseOutcome =
  | {
      readonly status: 'live'
      readonly commit: string
      readonly rules: number
      readonly summary: string
      /** Warnings. */
      readonly findings: readonly ReleaseFinding[]
      readonly report?: ReleaseReport
    }
  | {
      readonly status: 'refused'
      readonly commit: string
      readonly findings: readonly ReleaseFinding[]
      readonly report?: ReleaseReport
    }

/** An offer of a commit that is in the repository. */
export interface Offer {
  readonly commit: CommitFacts
  readonly way: NewRelease['way']
  /** False for what passed its checks before: going back must not wait for them. */
  readonly isChecked: boolean
  /** What its sender says of tests it ran. */
  readonly sender?: string | undefined
}

export interface ReleaserParts {
  readonly data: string
  /** Makes what is live now run; resolves with the number of rules. */
  readonly reload: () => Promise<{ readonly rules: number }>
  readonly record: (release: NewRelease, by: Actor) => Promise<void>
  readonly verdicts: () => Promise<readonly KeptVerdict[]>
  /** Read-only folders beside the content. */
  readonly overlays: readonly string[]
  readonly describeOverlays: () => Promise<readonly ReleaseOverlay[]>
  readonly now: () => number
}

export interface Releaser {
  release(git: Repository, offer: Offer, by: Actor): Promise<ReleaseOutcome>
  /** Records why a commit is not even looked at. */
  refuse(offer: Offer, why: Omit<ReleaseFinding, 'severity'>, by: Actor): Promise<ReleaseOutcome>
}

export function createReleaser(parts: ReleaserParts): Releaser {
  const { data, record } = parts

  const recordOf = ({ commit, way }: Offer) => {
    const previous = liveCommit(data)
    const { author, subject } = commit
    return {
      ...{ commit: commit.commit, way, author, subject },
      ...(previous === undefined ? {} : { previous }),
    }
  }

  return {
    release: async (git, offer, by) => {
      const began = performance.now()
      const { commit } = offer.commit
      const base = recordOf(offer)
      const after = await stage(data, git, commit)
      const checked = offer.isChecked ? await check(parts, after, base.previous) : CHECKED_BEFORE
      const { summary, findings } = checked
      const report = {
        ...checked.report,
        commits: await commitsOf(git, commit, base.previous),
        overlays: await parts.describeOverlays(),
        ...(offer.sender === undefined ? {} : { sender: offer.sender }),
      }
      const took_ms = () => Math.round(performance.now() - began)
      if (!checked.passed) {
        const refused = { findings, report: { ...report, took_ms: took_ms() } }
        await record({ ...base, ...refused, status: 'refused', rules: 0, summary }, by)
        return { ...refused, status: 'refused', commit }
      }
      const { rules } = await swap(parts, { commit, way: offer.way, by: by.name })
      const live = { rules, summary, findings, report: { ...report, took_ms: took_ms() } }
      await record({ ...base, ...live, status: 'live' }, by)
      return { ...live, status: 'live', commit }
    },
    refuse: async (offer, why, by) => {
      const findings = [{ severity: 'error', ...why }]
      const refused = { findings, rules: 0, summary: why.message }
      await record({ ...recordOf(offer), ...refused, status: 'refused' }, by)
      return { status: 'refused', commit: offer.commit.commit, findings }
    },
  }
}

const CHECKED_BEFORE: GateOutcome = {
  passed: true,
  summary: 'was live before',
  findings: [],
  report: {},
}

async function check(
  { data, overlays, verdicts, now }: ReleaserParts,
  after: string,
  previous: string | undefined,
): Promise<GateOutcome> {
  const before = previous === undefined ? undefined : stagedFolder(data, previous)
  return gate({ data, before, after, overlays, verdicts: await verdicts(), now: now() })
}

async function commitsOf(git: Repository, commit: string, previous: string | undefined) {
  const commits = await git.between(previous, commit, RELEASE_COMMITS_MAX)
  return commits.map(({ commit: hash, author, subject }) => ({ commit: hash, author, subject }))
}

/** The way back is the old commit. */
async function swap(parts: ReleaserParts, live: Parameters<typeof setLive>[1]) {
  const { data, reload } = parts
  const before = readLive(data)
  await setLive(data, live)
  try {
    return await reload()
  } catch (error) {
    if (before !== undefined) await setLive(data, before)
    else await rm(join(data, LIVE_FILE))
    throw error
  }
}
