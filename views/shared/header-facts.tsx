/** @jsxImportSource hono/jsx */
import { urls } from '../urls.ts'
import { formatRate, plural } from './format.ts'

/** What the header shows, fetched anew every few seconds. */
export interface HeaderData {
  readonly user: string
  readonly role: string
  readonly rules: number
  readonly refusedRules: number
  readonly rulesVersion: string
  readonly eventsPerSecond: number
  readonly openAlerts: number
  /** Why the server is not ready, where it is not. */
  readonly problems: readonly string[]
}

/** Rules version, events a second, the clock: polls itself while the tab is visible. */
export function HeaderFacts(props: HeaderData) {
  const rules = plural(props.rules, 'rule')
  return (
    <div
      id="header-facts"
      class="facts"
      hx-get={urls.header.href()}
      hx-trigger="poll"
      hx-swap="outerMorph"
      data-poll-ms="5000"
    >
      <a href={urls.rules.href()} title={`${props.refusedRules} refused`}>
        <span class={`dot ${props.problems.length > 0 ? 'bad' : ''}`} />
        {rules} at <span class="mono">{props.rulesVersion.slice(0, 7)}</span>
      </a>
      <a href={urls.sources.href()}>{formatRate(props.eventsPerSecond)} events/s</a>
      <time data-clock="">UTC</time>
    </div>
  )
}
