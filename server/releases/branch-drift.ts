// What is live against the head of the followed branch, both ways.
import type { ReleaseCommit } from '../stores/state/releases.ts'
import type { ChangedFile, Repository } from './repository.ts'

/** `behind`: the branch has commits that are not live. `ahead`: what is live is not in the branch.
 * `diverged`: both. `unknown`: the branch was never seen. */
export type BranchState = 'same' | 'behind' | 'ahead' | 'diverged' | 'unknown'

export interface BranchDrift {
  readonly state: BranchState
  readonly live: string | undefined
  readonly head: string | undefined
  /** In the branch and not live; newest first, at most `COMMITS_SHOWN`. */
  readonly waiting: readonly ReleaseCommit[]
  /** Live and not in the branch. */
  readonly unmerged: readonly ReleaseCommit[]
  /** Files in which the two differ: their status on the way from the branch to what is live. */
  readonly files: readonly ChangedFile[]
}

export const COMMITS_SHOWN = 20

/** Compares two commits of the repository. */
export async function branchDrift(
  git: Repository,
  live: string | undefined,
  head: string | undefined,
): Promise<BranchDrift> {
  const none = { live, head, waiting: [], unmerged: [], files: [] }
  if (live === undefined || head === undefined) return { ...none, state: 'unknown' }
  if (live === head) return { ...none, state: 'same' }
  const [waiting, unmerged, files] = await Promise.all([
    git.between(live, head, COMMITS_SHOWN),
    git.between(head, live, COMMITS_SHOWN),
    git.changed(head, live),
  ])
  const state = unmerged.length === 0 ? 'behind' : waiting.length === 0 ? 'ahead' : 'diverged'
  return { live, head, waiting: waiting.map(plain), unmerged: unmerged.map(plain), files, state }
}

function plain({ commit, author, subject }: ReleaseCommit): ReleaseCommit {
  return { commit, author, subject }
}
