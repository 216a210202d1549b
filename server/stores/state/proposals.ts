// What the state store keeps about proposed changes to content.
import type { Actor } from './access.ts'

export const PROPOSAL_KINDS = ['rule', 'filter', 'hunt', 'rollout', 'revert'] as const
export type ProposalKind = (typeof PROPOSAL_KINDS)[number]

/** `pending`: the branch is not yet at the remote. `failed`: it could not be opened; see `error`. */
export const PROPOSAL_STATES = ['pending', 'open', 'merged', 'closed', 'failed'] as const
export type ProposalState = (typeof PROPOSAL_STATES)[number]

/** A change whose branch and commit are in content.git, ready to be stored. */
export interface ProposalRecord {
  readonly id: string
  readonly kind: ProposalKind
  readonly title: string
  /** Markdown. */
  readonly body: string
  readonly branch: string
  readonly base: string
  readonly commit: string
  readonly paths: readonly string[]
  /** Milliseconds since 1970 UTC. */
  readonly created: number
  readonly by: Actor
}

export interface Proposal extends Omit<ProposalRecord, 'by'> {
  readonly by: string
  readonly state: ProposalState
  /** Where people see it: the pull request, or the comparison of the branches. */
  readonly url?: string
  /** Number of the pull request. */
  readonly number?: number
  /** Why it is not open yet, or never will be. */
  readonly error?: string
  readonly updated: number
}

/** What the remote says of a proposal. */
export interface ProposalChange {
  readonly state?: ProposalState
  readonly url?: string
  readonly number?: number
  /** Null forgets the last error. */
  readonly error?: string | null
  /** Only while it is in one of these states; else nothing changes. */
  readonly when?: readonly ProposalState[]
}

export interface ProposalStore {
  /** Stores a proposal with its outbox row; one that is stored already stays as it is. */
  addProposal(record: ProposalRecord): Promise<Proposal>
  getProposal(id: string): Promise<Proposal | undefined>
  findProposalByBranch(branch: string): Promise<Proposal | undefined>
  /** Newest first. */
  listProposals(limit: number, states?: readonly ProposalState[]): Promise<readonly Proposal[]>
  /** A change of state is audited. Undefined when there is no such proposal. */
  changeProposal(id: string, change: ProposalChange, by: Actor): Promise<Proposal | undefined>
}
