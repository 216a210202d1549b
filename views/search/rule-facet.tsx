/** @jsxImportSource hono/jsx */
import type { AlertGroup } from '../../server/stores/state/state-store.ts'
import { formatCount, visible } from '../shared/format.ts'
import { SeverityMark } from '../shared/severity.tsx'
import { urls } from '../urls.ts'
import type { SearchState } from './state.ts'

/** Rules with alerts in the range: the name opens the rule, the count its alerts. */
export function RuleFacet(props: {
  readonly groups: readonly AlertGroup[]
  readonly total: number
  readonly state: SearchState
}) {
  const highest = Math.max(1, ...props.groups.map((group) => group.alerts))
  const { from, to } = props.state
  return (
    <>
      <h2>
        <a href={urls.alerts.href({ status: 'any', from, to })}>rules with alerts</a>
        <span class="faint">{props.total > props.groups.length && `of ${props.total}`}</span>
      </h2>
      {props.groups.length === 0 && <p class="faint none">none in this range</p>}
      <ul>
        {props.groups.map((group) => (
          <li>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width={((group.alerts / highest) * 100).toFixed(1)} height="1" />
            </svg>
            <a
              class="name"
              href={urls.rule.href({ id: group.ruleId })}
              title={`${group.ruleTitle}: ${group.severity}`}
            >
              <SeverityMark severity={group.severity} /> {visible(group.ruleTitle)}
            </a>
            <a
              class="muted"
              href={urls.alerts.href({ status: 'any', from, to, rule: group.ruleId })}
              aria-label={`${group.alerts} alerts`}
            >
              {formatCount(group.alerts)}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}
