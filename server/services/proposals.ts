// Changes to content that people make on a page: a branch and a commit in content.git, then a pull request
// or a branch at the remote. Nothing live changes before it is merged.
import type { Actor } from '../stores/state/access.ts'
import type { Proposal, ProposalKind, ProposalRecord } from '../stores/state/proposals.ts'
import type { ReleaseOutcome } from './releases.ts'

export interface ProposedFile {
  /** Relative to the content root: `detections/...`, `hunts/...`; filters lie in `detections/filters/`. */
  readonly path: string
  /** Null deletes the file. */
  readonly text: string | null
}

export interface NewProposal {
  readonly kind: ProposalKind
  /** Commit subject and title of the pull request, one line. */
  readonly title: string
  /** Markdown. */
  readonly body: string
  readonly files: readonly ProposedFile[]
  /** Commit to build on; default the head of the followed branch, else the live commit. */
  readonly base?: string
}

/** What merging did: the new head of the branch and, where it was looked at, the release. */
export interface MergeOutcome {
  readonly proposal: Proposal
  readonly commit: string
  readonly release: ReleaseOutcome | undefined
}

export interface ProposalService {
  /** Makes branch and commit (author the person, committer Trapline) and stores nothing: a record that is
   * not kept leaves an unused branch. The same change by the same person on the same base is the same
   * record. Rejects `invalid` for paths outside content folders, a change that changes nothing, or an
   * unknown base; `unavailable` where there is no content repository yet. */
  prepare(proposal: NewProposal, by: Actor): Promise<ProposalRecord>
  /** `prepare`, then stores it; the outbox worker pushes and opens the pull request. */
  open(proposal: NewProposal, by: Actor): Promise<Proposal>
  get(id: string): Promise<Proposal | undefined>
  /** Newest first. */
  list(limit: number): Promise<readonly Proposal[]>
  /** Text of a content file at the default base; undefined when it is not there. */
  file(path: string): Promise<string | undefined>
  /** Merges a branch of the local content repository. Rejects `conflict` with the files that conflict, or
   * where content is followed elsewhere. */
  merge(id: string, by: Actor): Promise<MergeOutcome>
  /** Where proposals go: GitHub, another Git remote, or the content repository in the data folder. */
  readonly target: 'github' | 'git' | 'local'
}
