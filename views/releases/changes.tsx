/** @jsxImportSource hono/jsx */
import type { ProposalTarget } from '../../server/services/proposals.ts'
import type { Proposal, ProposalState } from '../../server/stores/state/proposals.ts'
import { DialogFoot } from '../shared/dialog-foot.tsx'
import { formatAge, formatIso, plural, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'

export interface ChangesProps {
  /** Newest first. */
  readonly changes: readonly Proposal[]
  readonly target: ProposalTarget
  /** Branch that they are merged into. */
  readonly branch: string
  readonly canChange: boolean
  readonly csrfToken: string
  readonly now: number
  readonly notice?: { readonly kind: 'ok' | 'problem'; readonly text: string }
}

const STATES: Readonly<Record<ProposalState, { readonly word: string; readonly tone: string }>> = {
  pending: { word: 'waiting', tone: '' },
  open: { word: 'open', tone: 'on' },
  merged: { word: 'merged', tone: '' },
  closed: { word: 'closed', tone: '' },
  failed: { word: 'failed', tone: 'refused' },
}

const KINDS = {
  rule: 'rule',
  filter: 'filter',
  hunt: 'hunt',
  rollout: 'rollout',
  revert: 'revert',
} as const

/** Done ones shown beside all that are not. */
const DONE_SHOWN = 5

/** Changes to content that people proposed on pages: what waits, where to decide it, what became of it. */
export function Changes(props: ChangesProps) {
  const { changes, notice } = props
  const isDone = ({ state }: Proposal) => state === 'merged' || state === 'closed'
  const open = changes.filter((one) => !isDone(one))
  const done = changes.filter(isDone).slice(0, DONE_SHOWN)
  return (
    <>
      {notice !== undefined && <Notice kind={notice.kind}>{visible(notice.text)}</Notice>}
      <h2>Proposed changes</h2>
      {changes.some(isUnderWay) && (
        <div hx-get={urls.releaseChanges.href()} hx-trigger="load delay:2s" hx-target="#changes" />
      )}
      {open.length === 0 && (
        <p class="faint">
          {done.length === 0
            ? 'What you change on a page becomes a branch to review: it is listed here.'
            : 'None is open.'}
        </p>
      )}
      {open.length + done.length > 0 && (
        <ol class="releases">
          {[...open, ...done].map((change) => (
            <Change {...props} change={change} />
          ))}
        </ol>
      )}
    </>
  )
}

/** It becomes open by itself in a moment: the section asks again. */
function isUnderWay({ state, error }: Proposal): boolean {
  return state === 'pending' && error === undefined
}

type One = ChangesProps & { readonly change: Proposal }

function Change(props: One) {
  const { change, now } = props
  const { id, kind, title, state, by, created, updated, branch, error, paths, body } = change
  const { word, tone } = STATES[state]
  const isDone = state === 'merged' || state === 'closed'
  const at = isDone ? updated : created
  return (
    <li class="release" id={`change-${id}`}>
      <div class="release-head">
        <span class={`pill ${tone}`}>{word}</span>
        <strong>{visible(title)}</strong>
        <span class="muted">{KINDS[kind]}</span>
        <Actions {...props} />
      </div>
      <p class="muted small-text">
        proposed by {visible(by)}
        {isDone ? `; ${word} ` : ' '}
        <time datetime={formatIso(at)} title={formatIso(at)}>
          {formatAge(at, now)}
        </time>
        ; <span class="mono">{branch}</span>
      </p>
      {error !== undefined && !isDone && (
        <p class="small-text">
          <span class={state === 'failed' ? 'high' : 'medium'}>
            {state === 'pending' ? 'not yet' : 'problem'}
          </span>{' '}
          {visible(error)}
        </p>
      )}
      {!isDone && <HowToReview {...props} />}
      <details hx-get={urls.releaseChangeDiff.href({ id })} {...LOAD_ONCE}>
        <summary>{plural(paths.length, 'file')}</summary>
        {body !== '' && <p class="change-body">{visible(body.trim(), 'keep-lines')}</p>}
        <div class="change-diff">
          <a class="link" href={urls.releaseChangeDiff.href({ id })}>
            Diff
          </a>
        </div>
      </details>
    </li>
  )
}

const LOAD_ONCE = { 'hx-trigger': 'toggle once', 'hx-target': 'find .change-diff' } as const

/** Where it is decided: the pull request, or the buttons that merge and close. */
function Actions(props: One) {
  const { change, target, canChange } = props
  const { id, state, url, number, error } = change
  const isOpen = state === 'open' || state === 'pending'
  const canRetry = canChange && (state === 'failed' || (state === 'pending' && error !== undefined))
  const canClose = canChange && (isOpen || state === 'failed') && number === undefined
  return (
    <div class="change-actions">
      {url !== undefined && (
        <a class="link" href={url} rel="noreferrer" target="_blank">
          {number === undefined ? 'Compare' : `Pull request #${number}`}
        </a>
      )}
      {canRetry && <Act {...props} to={urls.releaseChangeRetry.href({ id })} label="Try again" />}
      {canClose && <Act {...props} to={urls.releaseChangeClose.href({ id })} label="Close" />}
      {target === 'local' && canChange && isOpen && <MergeButton {...props} />}
    </div>
  )
}

function Act(props: One & { readonly to: string; readonly label: string }) {
  return (
    <form method="post" action={props.to} hx-post={props.to} hx-target="#changes">
      <input type="hidden" name="_csrf" value={props.csrfToken} />
      <button type="submit" class="small">
        {props.label}
      </button>
    </form>
  )
}

/** The button and what it asks before it acts. */
function MergeButton({ change, branch, csrfToken }: One) {
  const dialog = `merge-${change.id}`
  const action = urls.releaseChangeMerge.href({ id: change.id })
  return (
    <>
      <button type="button" class="small" data-dialog={dialog}>
        Merge
      </button>
      <dialog id={dialog} aria-labelledby={`${dialog}-title`}>
        <form
          method="post"
          action={action}
          hx-post={action}
          hx-target="#changes"
          hx-disable="find [type=submit]"
        >
          <h2 id={`${dialog}-title`}>Merge this change?</h2>
          <p>
            “{visible(change.title)}” becomes part of <span class="mono">{branch}</span>. The result
            is checked, tested and goes live for everyone; if it is refused, nothing changes.
          </p>
          <input type="hidden" name="_csrf" value={csrfToken} />
          <DialogFoot label="Merge" doing="Checked, tested and compiled: a few seconds." />
        </form>
      </dialog>
    </>
  )
}

/** At a Git remote whose pages are not known, the commands that show the change. */
function HowToReview({ change, target, branch }: One) {
  if (target !== 'git' || change.url !== undefined || change.state !== 'open') return null
  const commands = `git fetch origin ${change.branch}\ngit diff origin/${branch}...FETCH_HEAD`
  return <pre class="raw">{commands}</pre>
}

const TONES: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '@': 'hunk' }

/** A unified diff, line by line. */
export function ChangeDiff({ diff }: { readonly diff: string | undefined }) {
  if (diff === undefined)
    return <p class="faint">The commit of this change is no longer on this server.</p>
  const lines = diff
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(index|diff --git) /.test(line))
  return (
    <pre class="unified">
      {lines.map((line) => {
        const isName = line.startsWith('+++ ') || line.startsWith('--- ')
        return (
          <span class={isName ? 'name' : (TONES[line[0] ?? ''] ?? '')}>{`${visible(line)}\n`}</span>
        )
      })}
    </pre>
  )
}
