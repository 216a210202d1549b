// Merging a proposal where the content repository in the data folder is the one that is followed.
import { GitError } from '../releases/repository.ts'
import type { MergeOutcome, ProposalTarget } from '../services/proposals.ts'
import type { ReleaseOutcome, ReleaseService } from '../services/releases.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Proposal } from '../stores/state/proposals.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { Content } from './content.ts'
import { authorOf } from './prepare.ts'

/** Conflicting files that a refusal names. */
const CONFLICTS_SHOWN = 10
/** Findings that a refusal names. */
const FINDINGS_SHOWN = 5
const RELEASES_LOOKED_AT = 20

export interface MergeParts {
  readonly content: Content
  readonly state: Pick<StateClient, 'getProposal' | 'changeProposal'>
  readonly releases: Pick<ReleaseService, 'pull' | 'list'>
  readonly branch: string
  readonly target: ProposalTarget
  readonly emailDomain: string
  readonly now: () => number
}

/** Merges, then has the new head released. See `ProposalService.merge`. */
export async function mergeProposal(
  parts: MergeParts,
  id: string,
  by: Actor,
): Promise<MergeOutcome> {
  const { content, state, releases, branch, target } = parts
  const proposal = await state.getProposal(id)
  if (proposal === undefined) throw new ServiceError('not-found', `there is no change ${id}`)
  if (target !== 'local')
    throw new ServiceError('conflict', 'changes are merged where the content is followed from')
  if (proposal.state !== 'open' && proposal.state !== 'pending')
    throw new ServiceError('conflict', `the change is ${proposal.state} already`)
  const ref = `refs/heads/${branch}`
  const head = await content.commitOf(ref)
  if (head === undefined) throw new ServiceError('unavailable', `there is no branch ${branch}`)
  const commit = await merged(parts, proposal, head, by)
  if (commit !== head && !(await moved(content, ref, commit, head)))
    throw new ServiceError('conflict', `${branch} went on meanwhile: merge again`)
  const changed = await state.changeProposal(id, { state: 'merged', error: null }, by)
  const release = await releases.pull(by)
  const why = await refusalOf(releases, commit, release)
  if (why === undefined) return { proposal: changed ?? proposal, commit, release }
  // A head that cannot go live would be in the way of every change after it.
  const isUndone = await moved(content, ref, head, commit)
  const what = isUndone ? 'not merged' : 'merged, but not released'
  const error = `${what}: the release was refused: ${why}`
  if (isUndone) await state.changeProposal(id, { state: 'open', error }, by)
  throw new ServiceError('conflict', error)
}

/** Why a commit was not released, also where somebody else looked at it first. */
async function refusalOf(
  releases: MergeParts['releases'],
  commit: string,
  release: ReleaseOutcome | undefined,
): Promise<string | undefined> {
  if (release?.status === 'live') return undefined
  const record = (await releases.list(RELEASES_LOOKED_AT)).find((one) => one.commit === commit)
  if (record?.status !== 'refused') return undefined
  const shown = record.findings.slice(0, FINDINGS_SHOWN)
  return shown.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')
}

/** Moves the branch; false where it is no longer where it was seen. */
async function moved(content: Content, ref: string, to: string, from: string): Promise<boolean> {
  try {
    await content.setRef(ref, to, from)
    return true
  } catch (error) {
    if (error instanceof GitError) return false
    throw error
  }
}

/** The commit that holds both: one of the two where it holds the other already. */
async function merged(
  { content, branch, releases, emailDomain, now }: MergeParts,
  proposal: Proposal,
  head: string,
  by: Actor,
): Promise<string> {
  const { commit } = proposal
  if (await content.descends(head, commit)) return head
  // A commit that was refused is not looked at again: a merge of it is a new one.
  const wasRefused = (await refusalOf(releases, commit, undefined)) !== undefined
  if (!wasRefused && (await content.descends(commit, head))) return commit
  const outcome = await content.mergeTree(head, commit)
  if ('conflicts' in outcome) {
    const shown = outcome.conflicts.slice(0, CONFLICTS_SHOWN).join(', ')
    throw new ServiceError('conflict', `${branch} has changed in the same place: ${shown}`)
  }
  const message = `Merge ${proposal.branch}\n\n${proposal.title}\n`
  const author = authorOf(by, emailDomain)
  const parents = [head, commit]
  return content.commit({ tree: outcome.tree, parents, message, author, at: now() })
}
