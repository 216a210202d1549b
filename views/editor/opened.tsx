/** @jsxImportSource hono/jsx */
import type { Proposal } from '../../server/stores/state/proposals.ts'
import { visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'

/** After a draft became a proposal: where it is. */
export function OpenedPage(props: { readonly proposal: Proposal; readonly now: number }) {
  const { proposal } = props
  return (
    <div class="page settings">
      <h1>{visible(proposal.title)}</h1>
      {proposal.state === 'failed' ? (
        <Notice kind="problem">It could not be opened: {visible(proposal.error ?? '')}</Notice>
      ) : (
        <Notice kind="ok">
          {proposal.url === undefined
            ? 'The branch is made; the pull request follows as soon as the remote takes it.'
            : 'It is open.'}
        </Notice>
      )}
      <dl class="facts-list">
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
              <a href={proposal.url} rel="noopener noreferrer">
                {proposal.url}
              </a>
            </dd>
          </>
        )}
      </dl>
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
