// Merging a proposal where the content repository in the data folder is the one that is followed.
import type { MergeOutcome, ProposalTarget } from '../services/proposals.ts'
import type { ReleaseService } from '../services/releases.ts'
import { ServiceError } from '../services/services.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Proposal } from '../stores/state/proposals.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { Content } from './content.ts'
import { authorOf } from './prepare.ts'

/** Conflicting files that a refusal names. */
const CONFLICTS_SHOWN = 10

export interface MergeParts {
  readonly content: Content
  readonly state: Pick<StateClient, 'getProposal' | 'changeProposal'>
  readonly releases: Pick<ReleaseService, 'pull'>
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
  if (commit !== head) await content.setRef(ref, commit, head)
  const changed = await state.changeProposal(id, { state: 'merged', error: null }, by)
  const release = await releases.pull(by)
  return { proposal: changed ?? proposal, commit, release }
}

/** The commit that holds both: one of the two where it holds the other already. */
async function merged(
  { content, branch, emailDomain, now }: MergeParts,
  proposal: Proposal,
  head: string,
  by: Actor,
): Promise<string> {
  const { commit } = proposal
  if (await content.descends(head, commit)) return head
  if (await content.descends(commit, head)) return commit
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
