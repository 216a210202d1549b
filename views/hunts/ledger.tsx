/** @jsxImportSource hono/jsx */
import type { HuntRunDetail } from '../../server/hunts/run.ts'
import type { RunRecord } from '../../server/stores/state/runs.ts'
import { formatCount, formatTook, visible } from '../shared/format.ts'
import { urls } from '../urls.ts'
import { Age } from './labels.tsx'

/** A run with what a hunt's ledger keeps of it. */
export interface LedgerRow {
  readonly run: RunRecord
  readonly detail: HuntRunDetail | undefined
  /** The search of that run with its times pinned. */
  readonly searchUrl: string | undefined
  /** The search for what was new in it. */
  readonly freshUrl: string | undefined
}

const FIRST = {
  'first-run': 'the first run: all of it is new',
  'search-changed': 'another search than before: all of it is new',
  'other-intake': 'another data folder than before: all of it is new',
} as const

const TRIGGERS = { schedule: 'by the clock', 'catch-up': 'caught up', manual: '' } as const

/** How often a run under way is looked at, milliseconds. */
const RUNNING_POLL_MS = 1_000

/** Runs, newest first; `problem` says why another could not begin. */
export function Ledger(props: {
  readonly huntId: string
  readonly rows: readonly LedgerRow[]
  readonly now: number
  readonly problem?: string
}) {
  const { rows, now } = props
  const newest = rows.find(({ detail }) => (detail?.samples.length ?? 0) > 0)
  return (
    <>
      {props.problem !== undefined && (
        <div class="notice problem" role="alert">
          {visible(props.problem)}
        </div>
      )}
      <h2 class="sub">Runs</h2>
      {rows.some(({ run }) => run.status === 'running') && (
        <div
          hx-get={urls.huntLedger.href({ id: props.huntId })}
          hx-trigger="poll"
          hx-target="#hunt-ledger"
          hx-swap="innerHTML"
          data-poll-ms={RUNNING_POLL_MS}
        />
      )}
      {rows.length === 0 && <p class="faint">It has not run yet.</p>}
      {rows.length > 0 && (
        <table class="auto ledger">
          <thead>
            <tr>
              <th scope="col">when</th>
              <th scope="col">by</th>
              <th scope="col" class="num">
                matches
              </th>
              <th scope="col">new since the run before</th>
              <th scope="col" class="num wide">
                took
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row {...row} huntId={props.huntId} now={now} />
            ))}
          </tbody>
        </table>
      )}
      {newest !== undefined && <Samples {...newest} huntId={props.huntId} now={now} />}
    </>
  )
}

function Row(props: LedgerRow & { readonly huntId: string; readonly now: number }) {
  const { run, detail, searchUrl, now } = props
  const by = [run.by === 'trapline' ? '' : run.by, TRIGGERS[run.trigger]]
  return (
    <tr>
      <td>
        <Age at={run.started} now={now} />
      </td>
      <td class="muted">{visible(by.filter((part) => part !== '').join(', '))}</td>
      {run.status === 'ok' ? (
        <>
          <td class="num">
            <a class="link" href={searchUrl}>
              {formatCount(run.matches)}
            </a>
          </td>
          <td>
            <Fresh run={run} url={props.freshUrl} />
            {detail?.first !== undefined && run.fresh !== 0 && (
              <span class="faint"> {FIRST[detail.first]}</span>
            )}
          </td>
        </>
      ) : (
        <td colspan={2}>
          {run.status === 'running' ? (
            <progress value={run.progress} max={1} aria-label="Share searched" />
          ) : (
            <span class="high">{visible(run.error ?? run.status)}</span>
          )}
        </td>
      )}
      <td class="num wide muted">
        {run.duration_ms === undefined ? '' : formatTook(run.duration_ms)}
      </td>
    </tr>
  )
}

function Fresh(props: { readonly run: RunRecord; readonly url: string | undefined }) {
  const { run, url } = props
  if (run.fresh === undefined || run.fresh === 0) return <span class="faint">nothing</span>
  return (
    <a class="link" href={url}>
      {formatCount(run.fresh)} new
    </a>
  )
}

function Samples(props: LedgerRow & { readonly huntId: string; readonly now: number }) {
  const { detail, run, huntId, now } = props
  const samples = detail?.samples ?? []
  return (
    <>
      <h2 class="sub">
        Newest of the {formatCount(run.fresh ?? 0)} that were new{' '}
        <span class="faint">
          <Age at={run.started} now={now} />
        </span>
      </h2>
      <ul class="contributing">
        {samples.slice(0, 8).map(({ id, time, host, message }) => (
          <li>
            <a href={urls.huntFresh.href({ id: huntId, run: run.run })} title={id}>
              <Age at={time} now={now} /> {visible(host)} {visible(message)}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}
