// The address of the search page as a hunt and back, without loss (H6): what the page can show a hunt's file
// can say, and the other way round.
import { splitFilters, withFilters } from '../../../query/hunt/filters.ts'
import {
  HUNT_RANGE,
  type HuntFilters,
  type HuntSearch,
  type HuntView,
  rangeEnds,
  rangeOf,
} from '../../../query/hunt/hunt.ts'
import {
  DEFAULT_COLUMNS,
  SEARCH_TABS,
  type SearchState,
  type SearchTab,
} from '../../../views/search/state.ts'
import { ServiceError } from '../../services/service-error.ts'

/** What a search looks for, as a hunt. Rejects `invalid` for a range that no file can say. */
export function huntOfSearch(state: SearchState): HuntSearch {
  const range = rangeOf(state.from, state.to)
  if (range === undefined) throw new ServiceError('invalid', 'the time range cannot be kept')
  const { query, filters } = splitFilters(state.q)
  const narrowed: HuntFilters = {
    ...filters,
    ...(state.rule === undefined ? {} : { rule: state.rule }),
    range,
  }
  const view = viewOf(state)
  return { query, filters: narrowed, ...(Object.keys(view).length === 0 ? {} : { view }) }
}

function viewOf(state: SearchState): HuntView {
  const columns = state.cols.join(',') === DEFAULT_COLUMNS.join(',') ? {} : { columns: state.cols }
  return {
    ...columns,
    ...(state.group === '' ? {} : { group: state.group }),
    ...(state.live ? { live: true } : {}),
    ...(state.sel === '' ? {} : { selected: state.sel }),
    ...(state.tab === 'summary' ? {} : { tab: state.tab }),
    ...(state.since === undefined ? {} : { since: state.since }),
    ...(state.until === undefined ? {} : { until: state.until }),
  }
}

/** The search page of a hunt. Rejects `invalid` for a filter that cannot be written as a term. */
export function searchOfHunt({ query, filters, view = {} }: HuntSearch): SearchState {
  const q = withFilters(query, filters)
  if (q === undefined)
    throw new ServiceError('invalid', 'a filter of this hunt cannot be written in the search bar')
  const tab = SEARCH_TABS.find((one): one is SearchTab => one === view.tab)
  return {
    q,
    ...rangeEnds(filters.range ?? HUNT_RANGE),
    cols: view.columns ?? DEFAULT_COLUMNS,
    group: view.group ?? '',
    ...(filters.rule === undefined ? {} : { rule: filters.rule }),
    ...(view.since === undefined ? {} : { since: view.since }),
    ...(view.until === undefined ? {} : { until: view.until }),
    sel: view.selected ?? '',
    tab: tab ?? 'summary',
    live: view.live ?? false,
  }
}
