// Changes to content that people make on a page: a branch and a commit in content.git, then a pull request
// or a branch at the remote. Nothing live changes before it is merged.

import { createTurns } from '../in-turn.ts'
import type { Content } from '../proposals/content.ts'
import { HEAD_FRESH_MS, type Head } from '../proposals/head.ts'
import { mergeProposal } from '../proposals/merge.ts'
import { checkPath } from '../proposals/paths.ts'
import { prepareProposal } from '../proposals/prepare.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Proposal, ProposalKind, ProposalRecord } from '../stores/state/proposals.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { ReleaseOutcome, ReleaseService } from './releases.ts'
import { ServiceError } from './service-error.ts'

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
  /** Text of a content file at the default base, asked for anew when it is older than `maxAge_ms`; undefined
   * when it is not there. */
  file(path: string, maxAge_ms?: number): Promise<string | undefined>
  /** Merges a branch of the local content repository. Rejects `conflict` with the files that conflict, where
   * the release that follows is refused (the branch is as it was then), or where content is followed
   * elsewhere. */
  merge(id: string, by: Actor): Promise<MergeOutcome>
  /** Gives a proposal up; its branch stays. Rejects `conflict` for one that is decided, or that has a pull
   * request: that is closed where it is. */
  close(id: string, by: Actor): Promise<Proposal>
  /** What a proposal changes, as a unified diff, cut at `DIFF_MAX` characters; undefined when its commit is
   * no longer here. */
  diff(id: string): Promise<string | undefined>
  /** Tries again at once what failed or waits. Rejects `not-found`; `conflict` for one that is open or
   * done. */
  retry(id: string, by: Actor): Promise<Proposal>
  /** Where proposals go: GitHub, another Git remote, or the content repository in the data folder. */
  readonly target: ProposalTarget
}

/** Not merged and not closed. */
const UNDECIDED = ['pending', 'open', 'failed'] as const

/** Longest diff shown, characters. */
export const DIFF_MAX = 200_000

export type ProposalTarget = 'github' | 'git' | 'local'

export interface ProposalParts {
  readonly content: Content
  readonly head: Head
  readonly state: Pick<
    StateClient,
    'addProposal' | 'getProposal' | 'listProposals' | 'changeProposal' | 'replayTopic'
  >
  readonly releases: Pick<ReleaseService, 'pull' | 'list'>
  /** Branch that proposals are merged into. */
  readonly branch: string
  readonly target: ProposalTarget
  /** Domain of the authors' addresses. */
  readonly emailDomain: string
  /** Makes the content repository where there is none. */
  readonly ready: () => Promise<unknown>
  /** Something waits in the outbox. */
  readonly onOpened: () => void
  readonly now?: () => number
}

export function createProposals(parts: ProposalParts): ProposalService {
  const { content, head, state, ready, onOpened, emailDomain, target, now = Date.now } = parts
  const inTurn = createTurns()

  const prepare = async (proposal: NewProposal, by: Actor) => {
    await ready()
    const base = () => head.current()
    const stored = (id: string) => state.getProposal(id)
    return prepareProposal({ content, base, stored, emailDomain, now }, proposal, by)
  }
  const known = async (id: string) => {
    const proposal = await state.getProposal(id)
    if (proposal !== undefined) return proposal
    throw new ServiceError('not-found', `there is no change ${id}`)
  }
  return {
    target,
    prepare,
    open: async (proposal, by) => {
      const stored = await state.addProposal(await prepare(proposal, by))
      onOpened()
      return stored
    },
    get: (id) => state.getProposal(id),
    list: (limit) => state.listProposals(limit),
    file: async (path, maxAge_ms = HEAD_FRESH_MS) => {
      checkPath(path)
      await ready()
      const base = await head.current(maxAge_ms)
      return base === undefined ? undefined : content.text(base, path)
    },
    merge: (id, by) => inTurn(() => mergeProposal({ ...parts, now }, id, by)),
    close: (id, by) =>
      inTurn(async () => {
        const proposal = await known(id)
        if (!UNDECIDED.some((one) => one === proposal.state))
          throw new ServiceError('conflict', `the change is ${proposal.state} already`)
        if (proposal.number !== undefined)
          throw new ServiceError('conflict', `close its pull request: ${proposal.url}`)
        const change = { state: 'closed', error: null, when: UNDECIDED } as const
        return (await state.changeProposal(id, change, by)) ?? proposal
      }),
    diff: async (id) => {
      const proposal = await known(id)
      if ((await content.commitOf(proposal.commit)) === undefined) return undefined
      return (await content.diff(proposal.base, proposal.commit)).slice(0, DIFF_MAX)
    },
    retry: async (id, by) => {
      const proposal = await known(id)
      if (proposal.state !== 'failed' && proposal.state !== 'pending')
        throw new ServiceError('conflict', `the change is ${proposal.state}`)
      await state.replayTopic(`proposal ${id}`, by)
      const changed = await state.changeProposal(id, { state: 'pending', error: null }, by)
      onOpened()
      return changed ?? proposal
    },
  }
}
