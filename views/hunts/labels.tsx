/** @jsxImportSource hono/jsx */
import type { HuntSummary } from '../../server/services/hunts.ts'
import type { RunRecord } from '../../server/stores/state/runs.ts'
import { formatAge, formatCount, formatIso } from '../shared/format.ts'

/** Where a hunt lies and who sees it, in a word. */
export function PlacePill(props: { readonly hunt: HuntSummary }) {
  const { place, isOwner, createdBy, hunt } = props.hunt
  if (place === 'git') return <span class="pill">Git</span>
  const who = isOwner ? 'mine' : (createdBy ?? '')
  const shared =
    hunt.sharing === 'private'
      ? 'private'
      : hunt.sharing === 'team'
        ? 'team'
        : hunt.shared_with_roles.join(', ')
  return (
    <span class={`pill ${isOwner ? 'on' : ''}`}>
      {who}, {shared}
    </span>
  )
}

/** When, as an age with the time on hover. */
export function Age(props: { readonly at: number; readonly now: number }) {
  return (
    <time datetime={formatIso(props.at)} title={formatIso(props.at)}>
      {formatAge(props.at, props.now)}
    </time>
  )
}

/** What the last run came to. */
export function LastRun(props: { readonly run: RunRecord | undefined; readonly now: number }) {
  const { run, now } = props
  if (run === undefined) return <span class="faint">never</span>
  return (
    <>
      {run.status !== 'ok' && <span class="high">{run.status} </span>}
      <Age at={run.started} now={now} />
    </>
  )
}

/** A count that stands out when it is not nothing. */
export function NewCount(props: { readonly count: number | undefined }) {
  const { count } = props
  if (count === undefined) return null
  if (count === 0) return <span class="faint">0</span>
  return <span class="pill on">{formatCount(count)} new</span>
}
