// What the address of the search page says, and links that change a part of it.
import { urls } from '../urls.ts'
import { GROUPS_MAX } from './limits.ts'

export const SEARCH_TABS = ['summary', 'event', 'raw', 'rules'] as const
export type SearchTab = (typeof SEARCH_TABS)[number]

/** The address, as typed: times may be relative (`now-1h`). */
export interface SearchState {
  readonly q: string
  readonly from: string
  readonly to: string
  readonly cols: readonly string[]
  /** Fields separated by commas: `host,user`. */
  readonly group: string
  /** Only events that this rule matched. */
  readonly rule?: string | undefined
  /** Only events taken in after and up to these places in the order of ingest. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  readonly sel: string
  readonly tab: SearchTab
  readonly live: boolean
}

/** The same range in milliseconds, resolved once per page so that all sections agree. */
export interface Resolved {
  readonly start: number
  readonly end: number
}

export const DEFAULT_FROM = 'now-1h'
export const DEFAULT_TO = 'now'
export const DEFAULT_COLUMNS = ['source', 'host'] as const

export function groupFields(state: Pick<SearchState, 'group'>): readonly string[] {
  const names = state.group.split(',').map((name) => name.trim())
  return [...new Set(names.filter((name) => name !== ''))].slice(0, GROUPS_MAX)
}

/** The grouping with one more field inside, where there is room. */
export function grouped(state: Pick<SearchState, 'group'>, field: string): string {
  const fields = groupFields(state)
  if (fields.includes(field)) return state.group
  return [...fields.slice(0, GROUPS_MAX - 1), field].join(',')
}

/** Query parameters of a state, defaults left out. */
export function searchParams(state: SearchState): Record<string, string | undefined> {
  const cols = state.cols.join(',')
  return {
    q: state.q,
    from: state.from === DEFAULT_FROM ? undefined : state.from,
    to: state.to === DEFAULT_TO ? undefined : state.to,
    cols: cols === DEFAULT_COLUMNS.join(',') ? undefined : cols,
    group: state.group,
    rule: state.rule,
    since: state.since?.toString(),
    until: state.until?.toString(),
    live: state.live ? '1' : undefined,
    sel: state.sel,
    tab: state.tab === 'summary' ? undefined : state.tab,
  }
}

/** The page with a part of its state changed. */
export function searchHref(state: SearchState, change: Partial<SearchState> = {}): string {
  return urls.search.href(searchParams({ ...state, ...change }))
}

/** The page with an edit to apply to its query: the server rewrites the address. */
export function filterHref(
  state: SearchState,
  field: string,
  value: string,
  mode: 'for' | 'out' | 'only' = 'for',
): string {
  return urls.search.href({
    ...searchParams({ ...state, sel: '' }),
    filterField: field,
    filterValue: value,
    filterMode: mode === 'for' ? undefined : mode,
  })
}

/** Parameters of a section's request: the state and the resolved range. */
export function sectionParams(
  state: SearchState,
  range: Resolved,
): Record<string, string | number | undefined> {
  return {
    ...searchParams({ ...state, sel: '', tab: 'summary' }),
    start: range.start,
    end: range.end,
  }
}
