/** @jsxImportSource hono/jsx */
import { formatCount } from '../shared/format.ts'

/** How many events the search has. */
export function Total(props: { readonly total: number; readonly exact: boolean }) {
  return (
    <span title={props.exact ? 'exact' : 'counted over a part of the range'}>
      {props.exact ? '' : 'at least '}
      {formatCount(props.total)} {props.total === 1 ? 'event' : 'events'}
    </span>
  )
}
