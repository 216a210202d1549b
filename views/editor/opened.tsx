/** @jsxImportSource hono/jsx */

import type { ProposalTarget } from '../../server/services/proposals.ts'
import type { Proposal } from '../../server/stores/state/proposals.ts'
import { visible } from '../shared/format.ts'
import { Notice, Section } from '../shared/section.tsx'
import { urls } from '../urls.ts'

export interface OpenedProps {
  readonly proposal: Proposal
  readonly target: ProposalTarget
}

function said({ proposal, target }: OpenedProps): string {
  if (proposal.state === 'merged') return 'It is merged.'
  if (proposal.state === 'closed') return 'It was closed without being merged.'
  if (target === 'local')
    return 'The change is a branch of this server’s content repository: look at it and merge it on the Releases page.'
  return proposal.state === 'pending'
    ? 'The branch is made; it goes to the remote as soon as that takes it.'
    : 'It is open.'
}

/** How often a proposal that is not at the remote yet is looked at, milliseconds. */
const POLL_MS = 3_000

/** After a draft became a proposal: where it is, until it is there. */
export function OpenedPage(props: OpenedProps & { readonly draft: string }) {
  const { proposal } = props
  return (
    <div class="page settings">
      <h1>{visible(proposal.title)}</h1>
      {proposal.state === 'pending' ? (
        <Section
          id="proposal"
          label="Pull request"
          url={urls.ruleDraft.href({ draft: props.draft }, { part: 'proposal' })}
          poll_ms={POLL_MS}
        >
          <ProposalFacts {...props} />
        </Section>
      ) : (
        <ProposalFacts {...props} />
      )}
      <p>
        <a class="button" href={urls.releases.href()}>
          Releases and open changes
        </a>{' '}
        <a class="button" href={urls.rules.href()}>
          Rules
        </a>
      </p>
    </div>
  )
}

/** What became of it, its branch, its link. */
export function ProposalFacts(props: OpenedProps) {
  const { proposal } = props
  return (
    <>
      {proposal.state === 'failed' ? (
        <Notice kind="problem">It could not be opened: {visible(proposal.error ?? '')}</Notice>
      ) : (
        <Notice kind="ok">{said(props)}</Notice>
      )}
      <dl class="facts-list spaced">
        <dt>branch</dt>
        <dd class="mono">{proposal.branch}</dd>
        <dt>commit</dt>
        <dd class="mono">{proposal.commit.slice(0, 12)}</dd>
        <dt>files</dt>
        <dd class="mono">{proposal.paths.join(', ')}</dd>
        <dt>state</dt>
        <dd>
          {proposal.state}
          {proposal.error !== undefined && proposal.state === 'pending' && (
            <span class="muted">: {visible(proposal.error)}</span>
          )}
        </dd>
        {proposal.url !== undefined && (
          <>
            <dt>pull request</dt>
            <dd>
              <a class="link" href={proposal.url} rel="noopener noreferrer">
                {proposal.url}
              </a>
            </dd>
          </>
        )}
      </dl>
    </>
  )
}
