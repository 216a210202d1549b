/** @jsxImportSource hono/jsx */
import type { ScenarioRun, ScenarioSummary } from '../../server/services/services.ts'
import { formatAge, formatCount, formatIso, formatSpan, visible } from '../shared/format.ts'
import { Section } from '../shared/section.tsx'
import { urls } from '../urls.ts'

const SPEEDS = [
  ['1', 'real time'],
  ['10', '10 times faster'],
  ['100', '100 times faster'],
] as const

/** Attacks that can be played through the real way in. */
export function ScenariosPage(props: {
  readonly scenarios: readonly ScenarioSummary[]
  readonly canPlay: boolean
  readonly csrfToken: string
}) {
  return (
    <>
      <div class="bar title">
        <div>
          <h1>Scenarios</h1>
          <p class="muted">
            Recorded attacks as raw log lines, sent the way every source sends. What they raise are
            real alerts.
          </p>
        </div>
      </div>
      <div class="page">
        <ul class="cards wide-cards">
          {props.scenarios.map((scenario) => (
            <Scenario {...props} scenario={scenario} />
          ))}
        </ul>
        <h2 class="spaced">Runs</h2>
        <Section id="runs" label="Runs" url={urls.scenarioRuns.href()} poll_ms={1000} />
      </div>
    </>
  )
}

function Scenario(props: {
  readonly scenario: ScenarioSummary
  readonly canPlay: boolean
  readonly csrfToken: string
}) {
  const { scenario } = props
  return (
    <li class="card" id={`scenario-${scenario.id}`}>
      <h2>
        {scenario.title}
        {scenario.techniques.map((technique) => (
          <span class="pill mono">{technique}</span>
        ))}
      </h2>
      <p>{visible(scenario.description, 'keep-lines')}</p>
      <p class="muted">
        {formatCount(scenario.events)} events over {formatSpan(scenario.duration_s * 1000)}
      </p>
      {props.canPlay ? (
        <form
          class="inline"
          hx-post={urls.scenarioPlay.href({ id: scenario.id })}
          hx-target="#runs"
        >
          <input type="hidden" name="_csrf" value={props.csrfToken} />
          <select name="speed" aria-label={`Speed of ${scenario.title}`}>
            {SPEEDS.map(([speed, label]) => (
              <option value={speed}>{label}</option>
            ))}
          </select>
          <button type="submit" class="primary">
            Play
          </button>
        </form>
      ) : (
        <p class="faint">Playing needs the right to send events.</p>
      )}
    </li>
  )
}

/** The runs since the server started, newest first. */
export function Runs(props: {
  readonly runs: readonly ScenarioRun[]
  readonly titles: Readonly<Record<string, string>>
  readonly now: number
}) {
  if (props.runs.length === 0) return <p class="muted">Nothing played since the server started.</p>
  return (
    <ul class="runs">
      {props.runs.map((run) => (
        <Run run={run} title={props.titles[run.scenario] ?? run.scenario} now={props.now} />
      ))}
    </ul>
  )
}

const WATCH_BEFORE_MS = 60_000

function Run(props: { readonly run: ScenarioRun; readonly title: string; readonly now: number }) {
  const { run, now } = props
  const share = run.total === 0 ? 0 : (run.sent / run.total) * 100
  const from = formatIso(run.started - WATCH_BEFORE_MS)
  return (
    <li class="run" id={`run-${run.id}`}>
      <span class="what">{props.title}</span>
      <progress value={String(run.sent)} max={String(Math.max(run.total, 1))}>
        {Math.round(share)}%
      </progress>
      <span class="muted">
        {formatCount(run.sent)} of {formatCount(run.total)}
        {run.error === undefined && run.finished === undefined && ', playing'}
        {run.finished !== undefined && `, finished ${formatAge(run.finished, now)}`}
      </span>
      {run.error !== undefined && <span class="high">{visible(run.error)}</span>}
      <span class="links">
        <a class="link" href={urls.search.href({ from, live: '1' })}>
          Events
        </a>
        <a class="link" href={urls.alerts.href({ sort: 'latest' })}>
          Alerts
        </a>
      </span>
    </li>
  )
}
