// Brings a stored proposal to where it is decided: pushes its branch, opens its pull request. Each step
// looks first at what is there, since the process may have been killed after doing it.
import { z } from 'zod'
import { type Delivered, DeliveryError } from '../outbox/delivery.ts'
import type { Actor } from '../stores/state/access.ts'
import type { OutboxItem } from '../stores/state/outbox.ts'
import type { Proposal, ProposalChange } from '../stores/state/proposals.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { Content } from './content.ts'
import type { GitHubClient, PullRequest } from './github.ts'
import { pushBranch } from './push.ts'
import { comparePage } from './remote.ts'

/** Who changes proposals by itself, in the audit log. */
export const TRAPLINE: Actor = { name: 'trapline' }

export interface DeliverParts {
  readonly content: Content
  readonly state: Pick<StateClient, 'getProposal' | 'changeProposal'>
  /** Branch that proposals are merged into. */
  readonly branch: string
  /** Undefined: the content repository itself is followed. */
  readonly remote: string | undefined
  /** Where branches are pushed to, if not to `remote`. */
  readonly pushTo?: string | undefined
  readonly github?: GitHubClient | undefined
  readonly environment: () => Promise<Readonly<Record<string, string>>>
  readonly secrets: () => readonly string[]
}

/** It may be merged while it is being opened. */
const UNDECIDED = ['pending', 'open', 'failed'] as const

const Payload = z.object({
  proposal: z.string(),
  /** Why it is given up; left out: it is to be opened. */
  close: z.string().optional(),
})

/** Opens the proposal of an outbox row, or closes it. */
export async function deliverProposal(item: OutboxItem, parts: DeliverParts): Promise<Delivered> {
  const { state } = parts
  const { proposal: id, close } = Payload.parse(item.payload)
  const proposal = await state.getProposal(id)
  if (proposal === undefined) return { result: 'skipped', note: `there is no proposal ${id}` }
  if (proposal.state === 'merged' || proposal.state === 'closed')
    return { result: 'skipped', note: `it is ${proposal.state} already` }
  const change =
    close === undefined
      ? await openAtRemote(proposal, parts)
      : await closeAtRemote(proposal, markdownLine(close), parts.github)
  await state.changeProposal(id, { ...change, error: null, when: UNDECIDED }, TRAPLINE)
  return { result: 'sent' }
}

async function openAtRemote(proposal: Proposal, parts: DeliverParts): Promise<ProposalChange> {
  const { content, remote, pushTo = remote, github, branch: base } = parts
  const { branch, commit } = proposal
  if (remote === undefined || pushTo === undefined) return { state: 'open' }
  const known = await github?.findPull(branch)
  // A pull request that is closed has had its say: nothing is pushed again.
  if (known !== undefined && known.state !== 'open') return changeOf(known)
  if ((await content.commitOf(commit)) === undefined)
    throw new DeliveryError(`commit ${commit} is no longer here`, { isFinal: true })
  await pushBranch(
    content,
    { remote: pushTo, commit, branch },
    await parts.environment(),
    parts.secrets(),
  )
  if (github === undefined) {
    const url = comparePage(remote, base, branch)
    return { state: 'open', ...(url === undefined ? {} : { url }) }
  }
  return changeOf(known ?? (await createPull(github, proposal, base)))
}

/** One that was merged meanwhile stays merged; branches stay where they are. */
async function closeAtRemote(
  { number, branch }: Proposal,
  reason: string,
  github: GitHubClient | undefined,
): Promise<ProposalChange> {
  // It may have been opened by a try whose answer was lost.
  const known = number === undefined ? await github?.findPull(branch) : await github?.pull(number)
  if (github === undefined || known === undefined) return { state: 'closed' }
  if (known.state !== 'open') return changeOf(known)
  await github.commentOnce(known.number, reason)
  return changeOf(await github.closePull(known.number))
}

/** Made at once, or by an earlier try whose answer was lost. */
async function createPull(
  github: GitHubClient,
  { title, body, branch, by }: Proposal,
  base: string,
): Promise<PullRequest> {
  try {
    const text = `${body.trim()}\n\n---\nProposed by **${markdownLine(by)}** with Trapline.`
    return await github.createPull({ title, body: text.trimStart(), branch, base })
  } catch (error) {
    const made = error instanceof DeliveryError ? await github.findPull(branch) : undefined
    if (made === undefined) throw error
    return made
  }
}

/** A line that mentions nobody and formats nothing. */
function markdownLine(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ._-]/gu, ' ').trim()
}

/** What a pull request says of its proposal. */
export function changeOf({ number, url, state }: PullRequest): ProposalChange {
  return { state, number, url }
}

/** A failed try is shown on the proposal; a last one ends it until someone tries again. */
export async function proposalFailed(
  item: OutboxItem,
  error: string,
  isDead: boolean,
  state: DeliverParts['state'],
): Promise<void> {
  const { proposal } = Payload.parse(item.payload)
  const change = { error, when: UNDECIDED, ...(isDead ? { state: 'failed' as const } : {}) }
  await state.changeProposal(proposal, change, TRAPLINE)
}
