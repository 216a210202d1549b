// Learns what became of open proposals: by asking GitHub, or by looking whether the followed branch holds
// them. A webhook says it sooner; this one never misses it.
import type { Proposal } from '../stores/state/proposals.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { Content } from './content.ts'
import { changeOf, TRAPLINE } from './deliver.ts'
import type { GitHubClient } from './github.ts'
import type { Head } from './head.ts'

/** Open proposals looked at in one round, those not looked at for longest first. */
export const WATCHED_MAX = 50

export interface WatchParts {
  readonly content: Content
  readonly head: Head
  readonly state: Pick<StateClient, 'listProposals' | 'changeProposal'>
  readonly github?: GitHubClient | undefined
  /** Open proposals were merged: the followed branch has something new. */
  readonly onMerged: () => void
}

/** Returns a round; rejects when the remote cannot be asked, to be tried at the next. */
export function createWatch(parts: WatchParts): () => Promise<void> {
  const { state, content, head, github, onMerged } = parts
  const looked = new Map<string, number>()
  let round = 0
  return async () => {
    round++
    const open = await state.listProposals(WATCHED_MAX * 4, ['open'])
    if (open.length === 0) return
    const due = [...open]
      .sort((a, b) => (looked.get(a.id) ?? 0) - (looked.get(b.id) ?? 0))
      .slice(0, WATCHED_MAX)
    const tip = github === undefined ? await head.fetch() : undefined
    let merged = false
    for (const proposal of due) {
      looked.set(proposal.id, round)
      const change =
        tip === undefined
          ? await asked(proposal, github)
          : (await holds(content, tip, proposal))
            ? ({ state: 'merged' } as const)
            : undefined
      if (change === undefined || change.state === proposal.state) continue
      await state.changeProposal(proposal.id, change, TRAPLINE)
      merged ||= change.state === 'merged'
    }
    if (merged) onMerged()
  }
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
