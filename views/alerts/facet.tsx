/** @jsxImportSource hono/jsx */
import type { AlertFacet, AlertTop } from '../../server/stores/state/alerts-store.ts'
import { formatCount, visible } from '../shared/format.ts'
import { Section } from '../shared/section.tsx'
import { SeverityMark } from '../shared/severity.tsx'
import { urls } from '../urls.ts'
import { type AlertState, alertParams, alertsHref, STATUS_LABELS } from './state.ts'

/** Columns that have a facet, and which end of their values is shown first. */
const FACETS = {
  severity: 'most',
  rule: 'most',
  host: 'most',
  user: 'fewest',
  status: 'most',
  owner: 'most',
} as const satisfies Record<AlertFacet, 'most' | 'fewest'>

/** The queue's facets, each a section of its own. */
export function AlertFacets(props: { readonly state: AlertState }) {
  const params = alertParams({ ...props.state, sel: '', tab: 'summary' })
  return (
    <details class="facets" id="facets" open>
      <summary>Facets</summary>
      {Object.entries(FACETS).map(([field, order]) => (
        <Section
          id={`facet-${field}`}
          class="facet-section"
          label={field}
          on="queue-changed from:body"
          url={urls.alertFacet.href({ ...params, field, order })}
        />
      ))}
    </details>
  )
}

export interface AlertFacetProps {
  readonly state: AlertState
  readonly field: AlertFacet
  readonly order: 'most' | 'fewest'
  readonly top: AlertTop
}

/** The values of one column among the alerts that fit the filters; each narrows them. */
export function AlertFacetPart(props: AlertFacetProps) {
  const { state, field, order, top } = props
  const highest = Math.max(1, ...top.values.map((value) => value.count))
  const other = order === 'most' ? 'fewest' : 'most'
  const params = alertParams({ ...state, sel: '', tab: 'summary' })
  return (
    <>
      <h2>
        {field}
        {field === 'severity' ? (
          <span class="faint">worst</span>
        ) : (
          <button
            type="button"
            class="order"
            title={`${formatCount(top.distinct)} different values; show the ${other} first`}
            hx-get={urls.alertFacet.href({ ...params, field, order: other })}
            hx-target="closest section"
          >
            {order}
            {top.distinct > top.values.length && ` of ${formatCount(top.distinct)}`}
          </button>
        )}
      </h2>
      {top.values.length === 0 && <p class="faint none">none</p>}
      <ul class={order === 'fewest' ? 'rare' : ''}>
        {top.values.map(({ value, label, count }) => (
          <li>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width={((count / highest) * 100).toFixed(1)} height="1" />
            </svg>
            <a class="name" href={narrowed(state, field, value)} title={visible(label)}>
              {nameOf(field, value, label)}
            </a>
            <a
              class="muted"
              href={narrowed(state, field, value)}
              aria-label={`${formatCount(count)} alerts with ${visible(label)}, filter for it`}
            >
              {formatCount(count)}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

function nameOf(field: AlertFacet, value: string, label: string) {
  if (field === 'severity') return <SeverityMark severity={value} text={true} />
  if (field === 'status') return STATUS_LABELS[value as keyof typeof STATUS_LABELS]
  return visible(label)
}

function narrowed(state: AlertState, field: AlertFacet, value: string): string {
  return alertsHref(state, { [field]: value, sel: '' })
}
