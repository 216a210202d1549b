/** @jsxImportSource hono/jsx */
import type { Top } from '../../server/stores/events/event-store.ts'
import { formatCount, visible } from '../shared/format.ts'
import { SeverityMark } from '../shared/severity.tsx'
import { Value } from '../shared/value-menu.tsx'
import { urls } from '../urls.ts'
import {
  filterHref,
  grouped,
  type Resolved,
  type SearchState,
  searchHref,
  sectionParams,
} from './state.ts'

export interface FacetProps {
  readonly state: SearchState
  readonly range: Resolved
  readonly field: string
  readonly order: 'most' | 'fewest'
  readonly top: Top
  /** Names to show instead of values (rule ids have titles). */
  readonly labels?: Readonly<Record<string, string>>
}

/** The values of one field, most or fewest first; the name opens the value menu, the count filters. */
export function Facet(props: FacetProps) {
  const { state, field, order, top } = props
  const highest = Math.max(1, ...top.values.map((value) => value.count))
  const other = order === 'most' ? 'fewest' : 'most'
  return (
    <>
      <h2>
        <a
          href={searchHref(state, { group: grouped(state, field), sel: '' })}
          title={state.group === '' ? `Group by ${field}` : `Then group by ${field}`}
        >
          {field}
        </a>
        <button
          type="button"
          class="order"
          title={`${formatCount(top.distinct)} different values; show the ${other} first`}
          hx-get={urls.searchFacet.href({
            ...sectionParams(state, props.range),
            field,
            order: other,
          })}
          hx-target="closest section"
        >
          {order}
          {top.distinct > top.values.length && ` of ${formatCount(top.distinct)}`}
        </button>
      </h2>
      {top.values.length === 0 && <p class="faint none">no event has it</p>}
      <ul class={order === 'fewest' ? 'rare' : ''}>
        {top.values.map(({ value, count }) => (
          <FacetValue {...props} value={value} count={count} share={count / highest} />
        ))}
      </ul>
      {!top.exact && <p class="faint none">over a part of the range</p>}
    </>
  )
}

const PATH_SHOWN_chars = 24

/** A long path by its end, which is what tells paths apart. */
export function shortPath(text: string): string {
  if (text.length <= PATH_SHOWN_chars) return text
  const parts = /[\\/][^\\/]+$/.exec(text)
  return parts === null || parts.index === 0 ? text : `…${parts[0]}`
}

function FacetValue(
  props: FacetProps & { readonly value: string; readonly count: number; readonly share: number },
) {
  const { field, value } = props
  const label = props.labels?.[value] ?? shortPath(visible(value))
  return (
    <li>
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect x="0" y="0" width={(props.share * 100).toFixed(1)} height="1" />
      </svg>
      <Value field={field} value={value} title={visible(value)}>
        {field === 'severity' ? <SeverityMark severity={value} text={true} /> : label}
      </Value>
      <a
        class="muted"
        href={filterHref(props.state, field, value)}
        aria-label={`${formatCount(props.count)} events with ${label}, filter for it`}
      >
        {formatCount(props.count)}
      </a>
    </li>
  )
}
