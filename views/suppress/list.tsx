/** @jsxImportSource hono/jsx */
// All mutes: what each holds, until when, and where its filter is.
import type { Proposal } from '../../server/stores/state/proposals.ts'
import type { Suppression, SuppressionState } from '../../server/stores/state/suppressions.ts'
import { formatAge, formatCount, formatIso, formatSpan, plural, visible } from '../shared/format.ts'
import { Notice, Section } from '../shared/section.tsx'
import { urls } from '../urls.ts'

export interface MuteRow extends Suppression {
  readonly ruleTitle: string
  readonly proposal?: Pick<Proposal, 'state' | 'url'>
}

export interface MutesProps {
  readonly mutes: readonly MuteRow[]
  readonly me: string
  readonly canMute: boolean
  readonly csrfToken: string
  readonly now: number
  readonly notice?: { readonly kind: 'ok' | 'problem'; readonly text: string }
}

const LABELS: Readonly<Record<SuppressionState, string>> = {
  pending: 'waits for agreement',
  active: 'active',
  merged: 'merged',
  expired: 'expired',
  ended: 'ended',
}

const FOLLOWED = { from: 'now-365d', group: 'none' } as const

export function MutesPage(props: MutesProps) {
  const open = props.mutes.filter(isOpen)
  const done = props.mutes.filter((mute) => !isOpen(mute))
  return (
    <>
      <div class="bar title">
        <div>
          <h1>Mutes</h1>
          <p class="muted">
            {plural(open.length, 'mute')} open. A mute holds alerts back at once and proposes a
            Sigma filter; what is not merged in time comes back.
          </p>
        </div>
      </div>
      <div class="page">
        {props.notice !== undefined && (
          <Notice kind={props.notice.kind}>{visible(props.notice.text)}</Notice>
        )}
        {props.mutes.length === 0 && (
          <div class="empty">
            <h2>Nothing is muted</h2>
            <p>
              Open an event or an alert, or the menu of a value, and choose Suppress: it shows what
              it would hide before it does.
            </p>
          </div>
        )}
        <List {...props} mutes={open} />
        {done.length > 0 && <h2 class="spaced">Ended</h2>}
        <List {...props} mutes={done} />
        <h2 class="spaced">Filters in Git</h2>
        <Section id="live-filters" label="Filters" url={urls.liveFilters.href()} />
      </div>
    </>
  )
}

function isOpen({ state }: Suppression): boolean {
  return state === 'active' || state === 'pending'
}

function List(props: MutesProps) {
  if (props.mutes.length === 0) return null
  return (
    <ul class="releases">
      {props.mutes.map((mute) => (
        <Mute {...props} mute={mute} />
      ))}
    </ul>
  )
}

function Mute(props: MutesProps & { readonly mute: MuteRow }) {
  const { mute, now } = props
  const { id, state, reason, owner, by, created, criteria } = mute
  return (
    <li class="release" id={id}>
      <div class="release-head">
        <span class={`pill ${state === 'active' ? 'on' : ''}`}>{LABELS[state]}</span>
        <strong>
          {mute.ruleId === undefined ? (
            visible(mute.ruleTitle)
          ) : (
            <a class="link" href={urls.rule.href({ id: mute.ruleId })}>
              {visible(mute.ruleTitle)}
            </a>
          )}
        </strong>
        <span class="mono muted">{id}</span>
        <Acts {...props} />
      </div>
      <p class="criteria-line">
        {Object.entries(criteria).map(([name, value]) => (
          <span class="chip mono">
            {visible(name)}: {visible([value].flat().map(String).join(' or '))}
          </span>
        ))}
      </p>
      <p>{visible(reason)}</p>
      <p class="muted small-text">
        Made by {visible(by)} <time title={formatIso(created)}>{formatAge(created, now)}</time>,
        owner {visible(owner)}
        {mute.agreedBy !== undefined && <Agreement mute={mute} />}. {timeText(mute, now)}
      </p>
      <p class="muted small-text">
        <Held mute={mute} /> <FilterLink mute={mute} />
      </p>
    </li>
  )
}

function Agreement({ mute }: { readonly mute: MuteRow }) {
  const { agreed, agreedBy = '' } = mute
  return (
    <>
      ; {visible(agreedBy)} {agreed === undefined ? 'was asked to agree' : 'agreed'}
    </>
  )
}

function timeText({ state, expires, ended, endedBy }: MuteRow, now: number): string {
  if (state === 'active' || state === 'pending') return `Ends in ${formatSpan(expires - now)}.`
  const when = ended === undefined ? '' : ` ${formatAge(ended, now)}`
  if (state === 'merged') return `Its filter went live${when}.`
  return state === 'expired' ? `Ran out${when}.` : `Ended by ${visible(endedBy ?? '')}${when}.`
}

function Held({ mute }: { readonly mute: MuteRow }) {
  const { matches, held, effect } = mute
  return (
    <>
      {plural(matches, 'match', 'matches')} held back
      {held > 0 && (
        <>
          ,{' '}
          <a
            class="link"
            href={urls.alerts.href({ ...FOLLOWED, status: 'held', rule: mute.ruleId })}
          >
            {plural(held, 'alert')} held
          </a>
        </>
      )}
      . When it was made it hid {formatCount(effect.hidden)} of {plural(effect.looked, 'alert')} of{' '}
      {effect.days} days.
    </>
  )
}

function FilterLink({ mute }: { readonly mute: MuteRow }) {
  const { proposal, path } = mute
  return (
    <>
      Filter <span class="mono">{visible(path)}</span>
      {proposal !== undefined && (
        <>
          ,{' '}
          <a class="link" href={proposal.url ?? urls.releases.href()}>
            change {proposal.state}
          </a>
        </>
      )}
      .
    </>
  )
}

function Acts(props: MutesProps & { readonly mute: MuteRow }) {
  const { mute, me, canMute, csrfToken } = props
  if (!canMute || !isOpen(mute)) return null
  const { id } = mute
  return (
    <span class="acts">
      {mute.state === 'pending' && mute.agreedBy === me && (
        <form method="post" action={urls.suppressionAgree.href({ id })}>
          <input type="hidden" name="_csrf" value={csrfToken} />
          <button type="submit" class="small primary">
            Agree
          </button>
        </form>
      )}
      <form method="post" action={urls.suppressionEnd.href({ id })}>
        <input type="hidden" name="_csrf" value={csrfToken} />
        <button
          type="submit"
          class="small"
          title="What it holds is new again, and its change to Git is closed"
        >
          End now
        </button>
      </form>
    </span>
  )
}
