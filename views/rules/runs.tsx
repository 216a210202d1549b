/** @jsxImportSource hono/jsx */
// How a rule runs: its schedule, the run under way, the runs so far (D8, D9).
import type { RunRecord, Schedule } from '../../server/stores/state/runs.ts'
import {
  formatAge,
  formatCount,
  formatIso,
  formatSpan,
  formatTook,
  plural,
  visible,
} from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'

export interface RuleRunsProps {
  readonly ruleId: string
  /** As written; undefined: it runs as events arrive. */
  readonly every: string | undefined
  readonly schedule: Schedule | undefined
  readonly runs: readonly RunRecord[]
  readonly canRun: boolean
  readonly csrfToken: string
  readonly now: number
  /** What a run that was just asked for was refused with. */
  readonly problem?: string | undefined
}

/** Ranges that a replay may cover. */
export const REPLAY_RANGES = ['1h', '24h', '7d', '30d'] as const
const DAY_MS = 86_400_000
/** How far back the search for a run's matches reaches. */
const MATCHES_BACK_MS = 30 * DAY_MS

export function RuleRuns(props: RuleRunsProps) {
  const { runs, now, problem } = props
  const running = runs.find(({ status }) => status === 'running')
  return (
    <>
      <ScheduleFacts {...props} />
      {problem !== undefined && <Notice kind="problem">{visible(problem)}</Notice>}
      {running !== undefined && (
        <p
          class="run-now"
          role="status"
          hx-get={urls.ruleRuns.href({ id: props.ruleId })}
          hx-trigger="load delay:1s"
          hx-target="#rule-runs"
          hx-swap="innerHTML"
        >
          <progress value={String(running.progress)} max="1">
            {Math.round(running.progress * 100)}%
          </progress>{' '}
          {running.mode === 'replay' ? 'replaying' : 'running'},{' '}
          {plural(running.matches, 'match', 'matches')} so far
        </p>
      )}
      {running === undefined && props.canRun && <RunNow {...props} />}
      {runs.length > 0 && <RunTable runs={runs} now={now} />}
    </>
  )
}

function ScheduleFacts({ every, schedule, runs, now }: RuleRunsProps) {
  if (every === undefined)
    return <p class="small-text">It runs on every event as it arrives. A run replays the past.</p>
  const { nextRunAt, lastRunAt } = schedule ?? {}
  const last = runs.find(({ status, mode }) => status === 'ok' && mode === 'detect')
  return (
    <dl class="facts-list run-facts">
      <dt>every</dt>
      <dd>{every}, what came in since the run before</dd>
      <dt>next run</dt>
      <dd>
        {nextRunAt === undefined ? (
          'not planned yet'
        ) : (
          <span title={formatIso(nextRunAt)}>
            {nextRunAt <= now ? 'due now' : `in ${formatSpan(nextRunAt - now)}`}
          </span>
        )}
      </dd>
      <dt>last run</dt>
      <dd>
        {lastRunAt === undefined ? (
          'none yet'
        ) : (
          <span title={formatIso(lastRunAt)}>{formatAge(lastRunAt, now)}</span>
        )}
        {last !== undefined && `, ${plural(last.matches, 'match', 'matches')}`}
        {last !== undefined &&
          last.suppressed > 0 &&
          `, ${formatCount(last.suppressed)} held back by mutes`}
      </dd>
    </dl>
  )
}

function RunNow({ ruleId, every, csrfToken }: RuleRunsProps) {
  return (
    <form
      class="inline run-form"
      hx-post={urls.ruleRun.href({ id: ruleId })}
      hx-target="#rule-runs"
      hx-swap="innerHTML"
    >
      <input type="hidden" name="_csrf" value={csrfToken} />
      {every === undefined ? (
        <>
          <select name="range" aria-label="Range of the replay">
            {REPLAY_RANGES.map((range) => (
              <option value={range} selected={range === '24h'}>
                last {range}
              </option>
            ))}
          </select>
          <button type="submit" class="small">
            Replay
          </button>
          <span class="muted">raises no alert</span>
        </>
      ) : (
        <button type="submit" class="small">
          Run now
        </button>
      )}
    </form>
  )
}

function RunTable(props: { readonly runs: readonly RunRecord[]; readonly now: number }) {
  return (
    <table class="auto run-table">
      <thead>
        <tr>
          <th scope="col">run</th>
          <th scope="col">how</th>
          <th scope="col" class="num">
            matches
          </th>
          <th scope="col" class="num">
            alerts
          </th>
          <th scope="col" class="num">
            held
          </th>
          <th scope="col" class="num">
            took
          </th>
          <th scope="col">rule</th>
        </tr>
      </thead>
      <tbody>
        {props.runs.map((run) => (
          <Run run={run} now={props.now} />
        ))}
      </tbody>
    </table>
  )
}

/** A run by the clock keeps what it matched where searches by rule look; a replay keeps some events. */
function matchesOf({ id, mode, sampleEventIds, started, from: since, to: until }: RunRecord) {
  const [sample] = sampleEventIds
  if (sample === undefined) return undefined
  if (mode === 'replay' || since === undefined || until === undefined)
    return { href: urls.searchEvent.href({ id: sample }), what: 'an event it matched' }
  const [from, to] = [started - MATCHES_BACK_MS, started + DAY_MS].map(formatIso)
  const href = urls.search.href({ rule: id, since, until, from, to })
  return { href, what: `what it matched, with times of ${MATCHES_BACK_MS / DAY_MS} days` }
}

function Run(props: { readonly run: RunRecord; readonly now: number }) {
  const { run, now } = props
  const { status, mode, trigger, matches, duration_ms, error, ruleCommit } = run
  const found = matchesOf(run)
  return (
    <>
      <tr id={`run-${run.run}`} class={status === 'ok' || status === 'running' ? '' : 'bad'}>
        <td title={`${formatIso(run.started)} by ${run.by}`}>{formatAge(run.started, now)}</td>
        <td class="muted">{status === 'ok' ? howOf(run) : status}</td>
        <td class="num">
          {found === undefined ? (
            formatCount(matches)
          ) : (
            <a class="link" href={found.href} title={`${found.what}; ${trigger}, ${mode}`}>
              {formatCount(matches)}
            </a>
          )}
        </td>
        <td class="num">{mode === 'replay' ? '' : formatCount(run.alerts)}</td>
        <td class="num">{mode === 'replay' ? '' : formatCount(run.suppressed)}</td>
        <td class="num">{duration_ms === undefined ? '' : formatTook(duration_ms)}</td>
        <td class="mono" title={run.ruleHash}>
          {(ruleCommit ?? run.ruleHash ?? '').slice(0, 7)}
        </td>
      </tr>
      {error !== undefined && (
        <tr class="run-error">
          <td colspan={7} class="high">
            {visible(error)}
          </td>
        </tr>
      )}
    </>
  )
}

function howOf({ mode, trigger, by }: RunRecord): string {
  if (mode === 'replay') return `replay, ${by}`
  return trigger === 'manual' ? by : trigger.replace('-', ' ')
}
