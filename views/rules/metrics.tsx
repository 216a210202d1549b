/** @jsxImportSource hono/jsx */
// What detection did in the last day, above the list of rules (D10).
import type { Child } from 'hono/jsx'
import type { BusyRule, RuleMetrics } from '../../server/services/runs.ts'
import { formatCount, formatShare, formatTook, plural, visible } from '../shared/format.ts'
import { urls } from '../urls.ts'

/** The numbers in a line; what is behind them opens below. */
export function RuleMetricsPart(props: { readonly metrics: RuleMetrics }) {
  const { metrics } = props
  const { runs } = metrics
  return (
    <details class="metrics">
      <summary>
        <Figure value={metrics.matches} label="matches, 24 h" />
        <Figure value={metrics.alerts} label="alerts, 24 h" />
        <Figure value={metrics.suppressed} label="suppressed, 24 h" />
        <Figure value={metrics.shadowAlerts} label="in shadow, 24 h" href={urls.shadow.href()} />
        <Figure value={metrics.scheduled} label="scheduled rules" />
        <Figure value={runs.runs} label="runs, 24 h" />
        {runs.failed > 0 && <Figure value={runs.failed} label="failed" bad />}
        {metrics.overdue > 0 && <Figure value={metrics.overdue} label="overdue" bad />}
        <Figure value={metrics.noisy.length} label="noisy rules" bad={metrics.noisy.length > 0} />
      </summary>
      <div class="metric-lists">
        <Noisy {...metrics} />
        <MetricList
          title="Most matches"
          none="No rule matched in the last 24 hours."
          head={['rule', 'matches', 'alerts']}
          rows={metrics.highMatch.map((rule) => busyRow(rule, rule.matches, rule.alerts))}
        />
        <MetricList
          title="Most suppressed"
          none="No mute held anything back."
          head={['rule', 'held back', 'matches']}
          rows={metrics.mostSuppressed.map((rule) => busyRow(rule, rule.suppressed, rule.matches))}
        />
        <MetricList
          title="Most time in runs"
          none="No scheduled rule ran."
          head={['rule', 'runs', 'time']}
          rows={metrics.costly.map(({ id, title, runs: count, duration_ms }) => [
            ruleLink(id, title),
            formatCount(count),
            formatTook(duration_ms),
          ])}
        />
      </div>
    </details>
  )
}

function Figure(props: {
  readonly value: number
  readonly label: string
  readonly bad?: boolean
  readonly href?: string
}) {
  const { value, label, bad, href } = props
  const body = (
    <>
      <strong>{formatCount(value)}</strong> {label}
    </>
  )
  return (
    <span class={bad === true ? 'figure bad' : 'figure'}>
      {href === undefined || value === 0 ? (
        body
      ) : (
        <a class="link" href={href}>
          {body}
        </a>
      )}
    </span>
  )
}

function Noisy({ noisy }: RuleMetrics) {
  return (
    <MetricList
      title="Noisy"
      none="No rule with three verdicts or more is wrong half of the time."
      head={['rule', 'false', 'share']}
      rows={noisy.map(({ id, title, judged, falsePositives }) => [
        ruleLink(id, title),
        `${formatCount(falsePositives)} of ${plural(judged, 'verdict')}`,
        formatShare(falsePositives / judged),
      ])}
    />
  )
}

const busyRow = (rule: BusyRule, first: number, second: number): readonly Child[] => [
  ruleLink(rule.id, rule.title),
  formatCount(first),
  formatCount(second),
]

function ruleLink(id: string, title: string): Child {
  return (
    <a class="link" href={urls.rule.href({ id })}>
      {visible(title)}
    </a>
  )
}

function MetricList(props: {
  readonly title: string
  readonly none: string
  readonly head: readonly [string, string, string]
  readonly rows: readonly (readonly Child[])[]
}) {
  return (
    <section class="metric-list">
      <h2 class="sub">{props.title}</h2>
      {props.rows.length === 0 ? (
        <p class="faint">{props.none}</p>
      ) : (
        <table class="auto">
          <thead>
            <tr>
              {props.head.map((name, at) => (
                <th scope="col" class={at === 0 ? '' : 'num'}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.rows.map((row) => (
              <tr>
                {row.map((cell, at) => (
                  <td class={at === 0 ? '' : 'num'}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
