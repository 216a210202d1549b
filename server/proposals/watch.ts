// Learns what became of open proposals: by asking GitHub, or by looking whether the followed branch holds
// them. A webhook says it sooner; this one never misses it.
import { DeliveryError } from '../outbox/delivery.ts'
import type { Proposal, ProposalChange } from '../stores/state/proposals.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { Content } from './content.ts'
import { changeOf, TRAPLINE } from './deliver.ts'
import type { GitHubClient } from './github.ts'
import type { Head } from './head.ts'

/** Open proposals asked about in one round, those not asked about for longest first: GitHub grants 5,000
 * calls an hour for everything. */
export const WATCHED_MAX = 20
/** Open proposals among which they are chosen. */
const OPEN_MAX = 200

export interface WatchParts {
  readonly content: Content
  readonly head: Head
  readonly state: Pick<StateClient, 'listProposals' | 'changeProposal'>
  readonly github?: GitHubClient | undefined
  /** Open proposals were merged: the followed branch has something new. */
  readonly onMerged: () => void
  readonly now?: () => number
}

/** Returns a round; rejects when the remote cannot be asked, to be tried at the next. */
export function createWatch(parts: WatchParts): () => Promise<void> {
  const { state, head, github, onMerged, now = Date.now } = parts
  const looked = new Map<string, number>()
  let round = 0
  let quietUntil = 0
  return async () => {
    const open = await state.listProposals(OPEN_MAX, ['open'])
    if (open.length === 0 || now() < quietUntil) return
    round++
    const due = [...open]
      .sort((a, b) => (looked.get(a.id) ?? 0) - (looked.get(b.id) ?? 0))
      .slice(0, WATCHED_MAX)
    let merged = false
    try {
      const tip = github === undefined ? await head.fetch() : undefined
      for (const proposal of due) {
        looked.set(proposal.id, round)
        const change = await lookAt(proposal, tip, parts)
        if (change === undefined || change.state === proposal.state) continue
        await state.changeProposal(proposal.id, { ...change, when: ['open'] }, TRAPLINE)
        merged ||= change.state === 'merged'
      }
    } catch (error) {
      const wait = error instanceof DeliveryError ? error.retryAfter_ms : undefined
      if (wait !== undefined) quietUntil = now() + wait
      throw error
    } finally {
      if (merged) onMerged()
    }
  }
}

/** What became of a proposal, by the head of the followed branch or by its pull request. */
async function lookAt(
  proposal: Proposal,
  tip: string | undefined,
  { content, github }: WatchParts,
): Promise<ProposalChange | undefined> {
  if (tip === undefined) return asked(proposal, github)
  return (await holds(content, tip, proposal)) ? { state: 'merged' } : undefined
}

async function asked({ number }: Proposal, github: GitHubClient | undefined) {
  return number === undefined || github === undefined
    ? undefined
    : changeOf(await github.pull(number))
}

/** Whether a branch has the proposal's commit, or, squashed or picked, its files as they are proposed. */
async function holds(content: Content, tip: string, proposal: Proposal): Promise<boolean> {
  const { commit, paths, base } = proposal
  if (await content.descends(tip, commit)) return true
  if (tip === base) return false
  for (const path of paths) {
    const [there, proposed] = await Promise.all(
      [tip, commit].map(async (at) => (await content.entry(at, path))?.object),
    )
    if (there !== proposed) return false
  }
  return true
}
