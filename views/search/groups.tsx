/** @jsxImportSource hono/jsx */
import type { Top } from '../../server/stores/events/event-store.ts'
import { formatCount, formatShare, visible } from '../shared/format.ts'
import { Value } from '../shared/value-menu.tsx'
import { urls } from '../urls.ts'
import { filterHref, groupFields, type Resolved, type SearchState, sectionParams } from './state.ts'

export interface GroupsProps {
  /** Its first group is the field of these rows; those after it lie below. */
  readonly state: SearchState
  readonly range: Resolved
  readonly top: Top
  readonly total: number
  /** How many groups these rows lie in. */
  readonly level: number
}

/** The events grouped by one field: value, count, share; the count drills down, a row opens into the next
 * field. */
export function Groups(props: GroupsProps) {
  const { state, top } = props
  return (
    <table class="groups" data-list="">
      <thead>
        <tr>
          <th scope="col">{groupFields(state).join(' › ')}</th>
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
        <GroupRows {...props} />
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

/** Rows of one group, for the table or below a row of it. */
export function GroupRows(props: GroupsProps) {
  const { top, total, level } = props
  const highest = top.values.reduce((most, { count }) => Math.max(most, count), 1)
  return (
    <>
      {top.values.map(({ value, count }) => (
        <tr data-row={value} data-level={level}>
          <td>
            <span class={`indent-${level}`} />
            <Expand {...props} value={value} />
            <Value field={fieldOf(props.state)} value={value}>
              {visible(value)}
            </Value>
          </td>
          <td class="num">
            <a
              class="link"
              href={filterHref({ ...props.state, group: '' }, fieldOf(props.state), value)}
              data-open=""
            >
              {formatCount(count)}
            </a>
          </td>
          <td class="num muted">{total === 0 ? '' : formatShare(count / total)}</td>
          <td class="wide">
            <svg class="sharebar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width={((count / highest) * 100).toFixed(1)} height="1" />
            </svg>
          </td>
        </tr>
      ))}
      {level > 0 && top.distinct > top.values.length && (
        <tr data-level={level}>
          <td colspan={4} class="faint">
            <span class={`indent-${level}`} />
            {formatCount(top.values.length)} of {formatCount(top.distinct)}: click a count above to
            see all
          </td>
        </tr>
      )}
    </>
  )
}

function fieldOf(state: SearchState): string {
  return groupFields(state)[0] ?? ''
}

/** Opens a row into its values of the next field. */
function Expand(props: GroupsProps & { readonly value: string }) {
  const { state, range, level, value } = props
  const [field = '', ...below] = groupFields(state)
  if (below.length === 0) return null
  const inside = sectionParams({ ...state, group: below.join(',') }, range)
  const edit = { filterField: field, filterValue: value, level: level + 1 }
  return (
    <button
      type="button"
      class="expand"
      aria-expanded="false"
      aria-label={`${below[0]} of ${visible(value)}`}
      data-expand=""
      hx-get={urls.searchGroups.href({ ...inside, ...edit })}
      hx-target="closest tr"
      hx-swap="after"
    >
      ▸
    </button>
  )
}
