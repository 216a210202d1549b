// Follows a branch: of a remote, or of the content repository in the data folder.
import { scrub } from '../../ci/scrub.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Actor } from '../stores/state/access.ts'
import type { ReleaseFinding } from '../stores/state/releases.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { Offer, ReleaseOutcome } from './releaser.ts'
import { GitError, PULLED_REF, type Repository } from './repository.ts'
import { SEED_REF } from './seed.ts'
import { liveCommit } from './staging.ts'

/** How far back a commit is known to have been offered, releases. */
export const RELEASES_KNOWN_MAX = 200

/** A branch that the server follows; without a remote, of the content repository in the data folder. */
export interface Followed {
  readonly remote: string | undefined
  readonly branch: string
  /** Variables with which git may reach the remote. */
  readonly environment?: () => Promise<Readonly<Record<string, string>>>
}

export interface FollowerParts {
  readonly data: string
  readonly follow: Followed
  readonly state: Pick<StateClient, 'listReleases'>
  readonly repository: () => Promise<Repository>
  readonly release: (
    commit: string,
    by: Actor,
    offer: Omit<Offer, 'commit'>,
  ) => Promise<ReleaseOutcome>
  readonly refuse: (
    offer: Offer,
    why: Omit<ReleaseFinding, 'severity'>,
    by: Actor,
  ) => Promise<ReleaseOutcome>
}

/** Each call but `head` and `problem` must come in turn with other releases. */
export interface Follower {
  pull(by: Actor): Promise<ReleaseOutcome | undefined>
  adopt(by: Actor): Promise<ReleaseOutcome>
  /** The branch's head as it was seen last. */
  head(): Promise<string | undefined>
  /** Why it could not be asked the last time. */
  problem(): string | undefined
}

/** Whether a commit may go live without force. What came with the program gives way to any content. */
export async function comesAfter(
  git: Repository,
  commit: string,
  live: string | undefined,
): Promise<boolean> {
  if (live === undefined || (await git.descends(commit, live))) return true
  return live === (await git.resolve(SEED_REF))
}

export function createFollower(parts: FollowerParts): Follower {
  const { data, follow, state, repository, release, refuse } = parts
  const { remote, branch } = follow
  let problem: string | undefined

  async function ask(git: Repository): Promise<string | undefined> {
    try {
      const head = await headOf(git, follow)
      problem = undefined
      return head
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  const known = () => state.listReleases(RELEASES_KNOWN_MAX)

  /** Why the branch's head may not replace what is live. */
  async function whyNot(git: Repository, head: string, live: string | undefined) {
    if (live === undefined || (await comesAfter(git, head, live))) return undefined
    const pulled = (await known()).find(({ way, status }) => way === 'pull' && status === 'live')
    const base = await git.mergeBase(head, live)
    const isRewritten = pulled !== undefined && !(await git.descends(head, pulled.commit))
    if (base === undefined || isRewritten) {
      const lost = pulled?.commit ?? live
      const message = `${branch} no longer holds ${lost}, which went live from it: was it force-pushed?`
      return { code: 'history-rewritten', message }
    }
    const missing = await notTakenOver(git, { base, head, live })
    if (missing.length === 0) return undefined
    const message =
      `${branch} does not hold what was pushed to the server in ${live}: ${missing.join(', ')}. ` +
      'Take it over by a pull request, or revert to the branch'
    return { code: 'unmerged-live', message }
  }

  return {
    pull: async (by) => {
      if (liveCommit(data) === undefined && remote === undefined) return undefined
      const git = await repository()
      const head = await ask(git)
      const live = liveCommit(data)
      if (head === undefined || head === live) return undefined
      // Refused once, or rolled back from: only a new commit is looked at again.
      if ((await known()).some(({ commit }) => commit === head)) return undefined
      const offer = { way: 'pull', isChecked: true } as const
      const why = await whyNot(git, head, live)
      if (why === undefined) return release(head, by, offer)
      const facts = await git.facts(head)
      if (facts === undefined) throw new ServiceError('unavailable', `${head} is not there`)
      return refuse({ ...offer, commit: facts }, why, by)
    },
    adopt: async (by) => {
      const head = await ask(await repository())
      if (head === undefined || head === liveCommit(data))
        throw new ServiceError('conflict', `the head of ${branch} is live`)
      const wasLive = (await known()).some(
        ({ commit, status }) => commit === head && status === 'live',
      )
      return release(head, by, { way: 'pull', isChecked: !wasLive })
    },
    head: async () =>
      (await repository()).resolve(remote === undefined ? `refs/heads/${branch}` : PULLED_REF),
    problem: () => problem,
  }
}

/** Files that what is live changed, and that the head has otherwise. */
async function notTakenOver(
  git: Repository,
  { base, head, live }: { readonly base: string; readonly head: string; readonly live: string },
): Promise<readonly string[]> {
  const differing = new Set((await git.changed(head, live)).map(({ path }) => path))
  const own = await git.changed(base, live)
  return own.map(({ path }) => path).filter((path) => differing.has(path))
}

async function headOf(git: Repository, follow: Followed): Promise<string | undefined> {
  const { remote, branch, environment } = follow
  if (remote === undefined) return git.resolve(`refs/heads/${branch}`)
  try {
    return await git.fetch(remote, branch, await environment?.())
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw new ServiceError('unavailable', `${branch} cannot be fetched: ${scrub(error.message)}`)
  }
}
