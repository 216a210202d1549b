// Releases (G6): a commit is staged whole, checked as in CI, then swapped in at once, or refused with why.
// One at a time.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkContent } from '../releases/check.ts'
import { GitError, openRepository, type Repository } from '../releases/repository.ts'
import { OWN_BRANCH, SEED_REF } from '../releases/seed.ts'
import { signerOf } from '../releases/signature.ts'
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
  /** Armoured SSH signature over the bundle (`signature.ts`). */
  readonly signature: string | undefined
}

/** A branch that the server follows; without a remote, of the content repository in the data folder. */
export interface Followed {
  readonly remote: string | undefined
  readonly branch: string
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
  /** Undefined where there is no git for releases: then the program's own content runs as it is. */
  live(): string | undefined
  list(limit: number): Promise<readonly ReleaseRecord[]>
  /** Rejects `conflict` for a commit that does not descend from the live one, `invalid` for a bundle that
   * cannot be read or does not hold the commit, `forbidden` without the signature that this server asks. */
  push(push: Push, by: Actor): Promise<ReleaseOutcome>
  /** Looks at the followed branch; undefined when its head is live or was refused before. Rejects
   * `unavailable` when the remote cannot be reached: what is live stays live. */
  pull(by: Actor): Promise<ReleaseOutcome | undefined>
  /** Makes the commit that was live before, or a named one of the history, live again. */
  rollback(commit: string | undefined, by: Actor): Promise<ReleaseOutcome>
  /** Files that differ between two commits that were offered. */
  changed(before: string, after: string): Promise<readonly { status: string; path: string }[]>
}

export interface ReleaseParts {
  readonly data: string
  readonly ingest: Pick<IngestService, 'reload'>
  readonly state: Pick<StateClient, 'recordRelease' | 'listReleases'>
  readonly follow: Followed
  /** An allowed_signers file; pushes must be signed where it is set. */
  readonly signers?: string | undefined
}

/** The service, and how the server's start reaches it. */
export interface Releases extends ReleaseService {
  /** Records the first start's content as the first release. */
  begin(rules: number): Promise<void>
}

export function createReleases(parts: ReleaseParts): Releases {
  const { data, state, signers } = parts
  let opened: Promise<Repository> | undefined
  const repository = () => (opened ??= openRepository(contentRepository(data)))
  const inTurn = createTurn()
  const { release, refuse } = createReleaser(parts, repository)

  /** What came with the program gives way to any content. */
  const comesAfter = async (git: Repository, commit: string, live: string | undefined) =>
    live === undefined ||
    (await git.descends(commit, live)) ||
    live === (await git.resolve(SEED_REF))

  async function pull(by: Actor): Promise<ReleaseOutcome | undefined> {
    const { follow } = parts
    if (liveCommit(data) === undefined && follow.remote === undefined) return undefined
    const git = await repository()
    const head = await headOf(git, follow)
    const live = liveCommit(data)
    if (head === undefined || head === live) return undefined
    const known = (await state.listReleases(HISTORY_MAX)).find((r) => r.commit === head)
    // Refused once, or rolled back from: only a new commit is looked at again.
    if (known !== undefined) return undefined
    if (await comesAfter(git, head, live)) return release(head, 'pull', by, true)
    return refuse(git, head, by, {
      code: 'history-rewritten',
      message: `${follow.branch} no longer holds the live commit ${live}: was it force-pushed?`,
    })
  }

  return {
    live: () => liveCommit(data),
    list: (limit) => state.listReleases(limit),
    changed: async (before, after) => (await repository()).changed(before, after),
    push: ({ bundle, commit, force, signature }, by) =>
      inTurn(async () => {
        if (signers !== undefined) await checkSignature(bundle, signature, signers)
        const git = await repository()
        await takeBundle(git, bundle)
        const live = liveCommit(data)
        if ((await git.facts(commit)) === undefined)
          throw new ServiceError('invalid', `commit ${commit} is not there`)
        if (!force && !(await comesAfter(git, commit, live)))
          throw new ServiceError(
            'conflict',
            `${commit} does not come after the live commit ${live}: merge it first, or force`,
          )
        const outcome = await release(commit, 'push', by, true)
        if (outcome.status === 'live' && parts.follow.remote === undefined)
          await git.point(OWN_BRANCH, commit)
        return outcome
      }),
    pull: (by) => inTurn(() => pull(by)),
    rollback: (commit, by) =>
      inTurn(async () => {
        const history = (await state.listReleases(HISTORY_MAX)).filter((r) => r.status === 'live')
        const live = liveCommit(data)
        const target = commit ?? beforeOf(history, live)
        if (target === undefined)
          throw new ServiceError('conflict', 'the first release is live: nothing came before it')
        if (!history.some((r) => r.commit === target))
          throw new ServiceError('not-found', `${target} was never live`)
        return release(target, 'rollback', by, false)
      }),
    begin: (rules) =>
      inTurn(async () => {
        const live = liveCommit(data)
        const isFirst = live !== undefined && (await state.listReleases(1)).length === 0
        const git = isFirst ? await repository() : undefined
        const facts = await git?.facts(live ?? '')
        if (facts === undefined) return
        await state.recordRelease({ ...facts, ...SEEDED, rules }, { name: 'trapline' })
      }),
  }
}

const SEEDED = { way: 'seed', status: 'live', summary: 'first start', findings: [] } as const

/** What was live before a commit went live; going back itself does not count. */
function beforeOf(history: readonly ReleaseRecord[], live: string | undefined) {
  return history.find(({ commit, way }) => commit === live && way !== 'rollback')?.previous
}

/** Stages, checks and swaps one commit, or records why not. */
function createReleaser(
  { data, ingest, state }: ReleaseParts,
  repository: () => Promise<Repository>,
) {
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

  async function refuse(
    git: Repository,
    commit: string,
    by: Actor,
    why: Omit<ReleaseFinding, 'severity'>,
  ): Promise<ReleaseOutcome> {
    const facts = await git.facts(commit)
    const previous = liveCommit(data)
    const findings = [{ severity: 'error', ...why }]
    await state.recordRelease(
      {
        ...{ commit, way: 'pull', status: 'refused', rules: 0, summary: why.message, findings },
        ...{ author: facts?.author ?? '', subject: facts?.subject ?? '' },
        ...(previous === undefined ? {} : { previous }),
      },
      by,
    )
    return { status: 'refused', commit, findings }
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

  return { release, refuse }
}

/** What was live once passed its checks; going back must not wait for them. */
const CHECKED_BEFORE = { passed: true, summary: 'was live before', findings: [] } as const

async function checkSignature(bundle: Uint8Array, signature: string | undefined, signers: string) {
  if (signature === undefined)
    throw new ServiceError('forbidden', 'this server takes signed releases only: deploy --sign KEY')
  if ((await signerOf(bundle, signature, signers)) === undefined)
    throw new ServiceError('forbidden', 'the signature is not good, or not by an allowed signer')
}

async function headOf(git: Repository, { remote, branch }: Followed): Promise<string | undefined> {
  if (remote === undefined) return git.resolve(`refs/heads/${branch}`)
  try {
    return await git.fetch(remote, branch)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw new ServiceError('unavailable', `${branch} cannot be fetched: ${error.message}`)
  }
}

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
