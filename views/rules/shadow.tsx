/** @jsxImportSource hono/jsx */
// The shadow lane: alerts that rules would have raised.
import type { RuleSummary } from '../../server/services/services.ts'
import type { ShadowAlert } from '../../server/stores/state/rollouts.ts'
import { formatAge, formatCount, formatIso, plural, visible } from '../shared/format.ts'
import { SeverityMark } from '../shared/severity.tsx'
import { urls } from '../urls.ts'
import { StagePill } from './stage.tsx'

interface TableProps {
  readonly alerts: readonly ShadowAlert[]
  /** Titles by rule id: shown where rows are of several rules. */
  readonly rules?: ReadonlyMap<string, Pick<RuleSummary, 'title' | 'rollout'>>
  readonly canJudge: boolean
  readonly csrfToken: string
  readonly now: number
  readonly verdictUrl: (alert: ShadowAlert) => string
  /** What a verdict's answer replaces. */
  readonly target: string
}

/** Would-be alerts of all rules. */
export function ShadowPage(
  props: Omit<TableProps, 'verdictUrl' | 'target'> & { readonly total: number },
) {
  const { alerts, total } = props
  return (
    <>
      <h1 class="hidden">Shadow lane</h1>
      <p class="muted">
        {plural(total, 'alert')} of the last 90 days that rules in shadow, and canaries outside
        their share, would have raised. Nobody was told of them.{' '}
        {alerts.length < total && `The newest ${formatCount(alerts.length)} are shown.`}
      </p>
      {alerts.length > 0 && (
        <ShadowTable
          {...props}
          verdictUrl={(alert) => urls.shadowVerdict.href({ alert: alert.id })}
          target="#shadow-lane"
        />
      )}
    </>
  )
}

export function ShadowTable(props: TableProps) {
  const several = props.rules !== undefined
  return (
    <table class="auto run-table">
      <thead>
        <tr>
          <th scope="col">last</th>
          {several && <th scope="col">rule</th>}
          <th scope="col">host</th>
          <th scope="col">user</th>
          <th scope="col" class="num">
            matches
          </th>
          <th scope="col">event</th>
          <th scope="col">verdict</th>
        </tr>
      </thead>
      <tbody>
        {props.alerts.map((alert) => (
          <tr id={alert.id}>
            <td title={formatIso(alert.lastSeen)}>{formatAge(alert.lastSeen, props.now)}</td>
            {several && <RuleCell alert={alert} rules={props.rules} />}
            <td>{visible(alert.host ?? '')}</td>
            <td>{visible(alert.user ?? '')}</td>
            <td class="num">{formatCount(alert.count)}</td>
            <td>
              <a class="link" href={eventHref(alert)}>
                event
              </a>
            </td>
            <td>
              <Verdict {...props} alert={alert} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function RuleCell(props: { readonly alert: ShadowAlert; readonly rules: TableProps['rules'] }) {
  const { alert, rules } = props
  const title = rules?.get(alert.ruleId)?.title ?? alert.title
  return (
    <td>
      <SeverityMark severity={alert.severity} />{' '}
      <a class="link" href={urls.rule.href({ id: alert.ruleId })}>
        {visible(title)}
      </a>{' '}
      <StagePill rollout={{ stage: alert.stage }} />
    </td>
  )
}

const AROUND_MS = 5 * 60_000

function eventHref({ firstSeen, eventId }: ShadowAlert): string {
  return urls.search.href({
    from: formatIso(firstSeen - AROUND_MS),
    to: formatIso(firstSeen + AROUND_MS),
    sel: eventId,
  })
}

function Verdict(props: TableProps & { readonly alert: ShadowAlert }) {
  const { alert, canJudge, csrfToken, verdictUrl, target } = props
  const { verdict, judgedBy } = alert
  if (verdict !== undefined)
    return (
      <span title={`by ${judgedBy ?? ''}`}>{verdict === 'true_positive' ? 'true' : 'false'}</span>
    )
  if (!canJudge) return null
  return (
    <form class="inline" hx-post={verdictUrl(alert)} hx-target={target} hx-swap="innerHTML">
      <input type="hidden" name="_csrf" value={csrfToken} />
      <button type="submit" class="small" name="verdict" value="true_positive">
        True
      </button>
      <button type="submit" class="small" name="verdict" value="false_positive">
        False
      </button>
    </form>
  )
}
