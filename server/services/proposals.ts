// Changes to content that people make on a page: a branch and a commit in content.git, then a pull request
// or a branch at the remote. Nothing live changes before it is merged.
import { openContent } from '../proposals/content.ts'
import { createHead, HEAD_FRESH_MS } from '../proposals/head.ts'
import { mergeProposal } from '../proposals/merge.ts'
import { checkPath } from '../proposals/paths.ts'
import { prepareProposal } from '../proposals/prepare.ts'
import { openRepository } from '../releases/repository.ts'
import { contentRepository } from '../releases/staging.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Proposal, ProposalKind, ProposalRecord } from '../stores/state/proposals.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { ReleaseOutcome, ReleaseService } from './releases.ts'

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
  readonly target: ProposalTarget
}

export type ProposalTarget = 'github' | 'git' | 'local'

export interface ProposalParts {
  readonly data: string
  readonly state: Pick<
    StateClient,
    'addProposal' | 'getProposal' | 'listProposals' | 'changeProposal'
  >
  readonly releases: Pick<ReleaseService, 'pull'>
  readonly branch: string
  /** The followed repository; undefined: the one in the data folder. */
  readonly remote: string | undefined
  readonly target: ProposalTarget
  readonly emailDomain: string
  /** Variables with which git may reach the remote. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>
  /** Something waits in the outbox. */
  readonly onOpened?: () => void
  readonly now?: () => number
}

export function createProposals(parts: ProposalParts): ProposalService {
  const { data, state, releases, branch, emailDomain, target, now = Date.now } = parts
  const content = openContent(contentRepository(data))
  const head = createHead({ ...parts, content })
  let made: Promise<unknown> | undefined
  const ready = () => (made ??= openRepository(contentRepository(data)))

  const prepare = async (proposal: NewProposal, by: Actor) => {
    await ready()
    const base = () => head.current()
    const stored = (id: string) => state.getProposal(id)
    return prepareProposal({ content, base, stored, emailDomain, now }, proposal, by)
  }
  return {
    target,
    prepare,
    open: async (proposal, by) => {
      const stored = await state.addProposal(await prepare(proposal, by))
      parts.onOpened?.()
      return stored
    },
    get: (id) => state.getProposal(id),
    list: (limit) => state.listProposals(limit),
    file: async (path) => {
      checkPath(path)
      await ready()
      const base = await head.current(HEAD_FRESH_MS)
      return base === undefined ? undefined : content.text(base, path)
    },
    merge: (id, by) =>
      mergeProposal({ content, state, releases, branch, target, emailDomain, now }, id, by),
  }
}
