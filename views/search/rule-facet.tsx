/** @jsxImportSource hono/jsx */
import type { AlertSeverity } from '../../server/stores/state/state-store.ts'
import { formatCount, visible } from '../shared/format.ts'
import { SeverityMark } from '../shared/severity.tsx'
import { urls } from '../urls.ts'
import { type SearchState, searchHref } from './state.ts'

export interface RuleFacetProps {
  readonly state: SearchState
  readonly rules: readonly {
    readonly id: string
    readonly title: string
    /** Undefined for a rule that is no longer loaded. */
    readonly level: AlertSeverity | undefined
    readonly events: number
  }[]
  /** How many rules matched some of the events. */
  readonly distinct: number
  readonly exact: boolean
}

/** Rules that matched the events found: the name opens the rule, the count keeps what it matched. */
export function RuleFacet({ state, rules, distinct, exact }: RuleFacetProps) {
  const highest = Math.max(1, ...rules.map(({ events }) => events))
  return (
    <>
      <h2>
        rules that matched
        <span class="faint">{distinct > rules.length && ` of ${formatCount(distinct)}`}</span>
      </h2>
      {rules.length === 0 && <p class="faint none">none of these events</p>}
      <ul>
        {rules.map(({ id, title, level, events }) => (
          <li>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width={((events / highest) * 100).toFixed(1)} height="1" />
            </svg>
            <a
              class="name"
              href={urls.rule.href({ id })}
              title={`${title}: ${level ?? 'no longer loaded'}`}
            >
              <SeverityMark severity={level} /> {visible(title)}
            </a>
            <a
              class="muted"
              href={searchHref(state, { rule: id, sel: '' })}
              aria-label={`${events} events`}
            >
              {formatCount(events)}
            </a>
          </li>
        ))}
      </ul>
      {!exact && <p class="faint none">over a part of the range</p>}
    </>
  )
}
