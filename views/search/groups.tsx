/** @jsxImportSource hono/jsx */
import type { Top } from '../../server/stores/events/event-store.ts'
import { formatCount, formatShare, visible } from '../shared/format.ts'
import { Value } from '../shared/value-menu.tsx'
import { filterHref, type SearchState } from './state.ts'

/** The events grouped by one field: value, count, share; the count drills down. */
export function Groups(props: {
  readonly state: SearchState
  readonly top: Top
  readonly total: number
  readonly labels?: Readonly<Record<string, string>>
}) {
  const { state, top, total } = props
  const field = state.group
  return (
    <table class="groups" data-list="">
      <thead>
        <tr>
          <th scope="col">{field}</th>
          <th scope="col" class="num c-count">
            events
          </th>
          <th scope="col" class="num c-count">
            share
          </th>
          <th scope="col" class="c-bar wide">
            <span class="hidden">share drawn</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {top.values.map(({ value, count }) => (
          <tr data-row={value}>
            <td>
              <Value field={field} value={value}>
                {props.labels?.[value] ?? visible(value)}
              </Value>
            </td>
            <td class="num">
              <a class="link" href={filterHref({ ...state, group: '' }, field, value)} data-open="">
                {formatCount(count)}
              </a>
            </td>
            <td class="num muted">{total === 0 ? '' : formatShare(count / total)}</td>
            <td class="wide">
              <svg
                class="sharebar"
                viewBox="0 0 100 1"
                preserveAspectRatio="none"
                aria-hidden="true"
              >
                <rect width={((count / (top.values[0]?.count ?? 1)) * 100).toFixed(1)} height="1" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td colspan={4} class="muted">
            {formatCount(top.values.length)} of {formatCount(top.distinct)} values;{' '}
            {formatCount(top.missing)} events without one
          </td>
        </tr>
      </tfoot>
    </table>
  )
}
