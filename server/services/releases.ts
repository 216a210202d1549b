// Releases (G6): a commit is staged whole, checked as in CI, then swapped in at once, or refused with why.
// One at a time.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkContent } from '../releases/check.ts'
import { GitError, openRepository, type Repository } from '../releases/repository.ts'
import {
  contentRepository,
  LIVE_FILE,
  liveCommit,
  setLiveCommit,
  stage,
} from '../releases/staging.ts'
import type { Actor } from '../stores/state/access.ts'
import type { NewRelease, ReleaseFinding, ReleaseRecord } from '../stores/state/releases.ts'
import type { StateClient } from '../workers/state-client.ts'
import { type IngestService, ServiceError } from './services.ts'

const HISTORY_MAX = 200

export interface Push {
  readonly bundle: Uint8Array
  readonly commit: string
  /** Take a commit that does not come after the live one. */
  readonly force: boolean
}

export type ReleaseOutcome =
  | {
      readonly status: 'live'
      readonly commit: string
      readonly rules: number
      readonly summary: string
    }
  | {
      readonly status: 'refused'
      readonly commit: string
      readonly findings: readonly ReleaseFinding[]
    }

export interface ReleaseService {
  /** Undefined while the content that came with the program is live. */
  live(): string | undefined
  list(limit: number): Promise<readonly ReleaseRecord[]>
  /** Rejects `conflict` for a commit that does not descend from the live one, `invalid` for a bundle that
   * cannot be read or does not hold the commit. */
  push(push: Push, by: Actor): Promise<ReleaseOutcome>
  /** Makes the commit that was live before, or a named one of the history, live again. */
  rollback(commit: string | undefined, by: Actor): Promise<ReleaseOutcome>
  /** Files that differ between two commits that were offered. */
  changed(before: string, after: string): Promise<readonly { status: string; path: string }[]>
}

export interface ReleaseParts {
  readonly data: string
  readonly ingest: Pick<IngestService, 'reload'>
  readonly state: Pick<StateClient, 'recordRelease' | 'listReleases'>
}

export function createReleases({ data, ingest, state }: ReleaseParts): ReleaseService {
  let opened: Promise<Repository> | undefined
  const repository = () => (opened ??= openRepository(contentRepository(data)))
  const inTurn = createTurn()

  /** Stages, checks and swaps; the way back is the old commit. */
  async function release(
    commit: string,
    way: NewRelease['way'],
    by: Actor,
    checked: boolean,
  ): Promise<ReleaseOutcome> {
    const git = await repository()
    const facts = await git.facts(commit)
    if (facts === undefined) throw new ServiceError('invalid', `commit ${commit} is not there`)
    const previous = liveCommit(data)
    const folder = await stage(data, git, commit)
    const record = {
      ...{ commit, way, author: facts.author, subject: facts.subject },
      ...(previous === undefined ? {} : { previous }),
    }
    const check = checked ? await checkContent(folder) : CHECKED_BEFORE
    if (!check.passed) {
      const { summary, findings } = check
      await state.recordRelease({ ...record, status: 'refused', rules: 0, summary, findings }, by)
      return { status: 'refused', commit, findings }
    }
    const { rules } = await swap(commit, previous)
    const { summary } = check
    await state.recordRelease({ ...record, status: 'live', rules, summary, findings: [] }, by)
    return { status: 'live', commit, rules, summary }
  }

  async function swap(commit: string, previous: string | undefined) {
    await setLiveCommit(data, commit)
    try {
      return await ingest.reload()
    } catch (error) {
      if (previous !== undefined) await setLiveCommit(data, previous)
      else await rm(join(data, LIVE_FILE))
      throw error
    }
  }

  return {
    live: () => liveCommit(data),
    list: (limit) => state.listReleases(limit),
    changed: async (before, after) => (await repository()).changed(before, after),
    push: ({ bundle, commit, force }, by) =>
      inTurn(async () => {
        const git = await repository()
        await takeBundle(git, bundle)
        const live = liveCommit(data)
        if (!force && live !== undefined && !(await git.descends(commit, live)))
          throw new ServiceError(
            'conflict',
            `${commit} does not come after the live commit ${live}: merge it first, or force`,
          )
        return release(commit, 'push', by, true)
      }),
    rollback: (commit, by) =>
      inTurn(async () => {
        const history = (await state.listReleases(HISTORY_MAX)).filter((r) => r.status === 'live')
        const live = liveCommit(data)
        const target = commit ?? history.find((r) => r.commit === live)?.previous
        if (target === undefined) throw new ServiceError('conflict', 'nothing was live before')
        if (!history.some((r) => r.commit === target))
          throw new ServiceError('not-found', `${target} was never live`)
        return release(target, 'rollback', by, false)
      }),
  }
}

/** What was live once passed its checks; going back must not wait for them. */
const CHECKED_BEFORE = { passed: true, summary: 'was live before', findings: [] } as const

async function takeBundle(git: Repository, bundle: Uint8Array): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-bundle-'))
  try {
    const path = join(folder, 'content.bundle')
    await writeFile(path, bundle)
    await git.take(path)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw new ServiceError('invalid', `the bundle cannot be taken: ${error.message}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function createTurn() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }
}
