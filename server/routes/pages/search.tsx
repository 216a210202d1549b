/** @jsxImportSource hono/jsx */
// The search page and its sections, each a request of its own.
import { Hono } from 'hono'
import { z } from 'zod'
import { EmptyResults, EmptySoFar } from '../../../views/search/empty.tsx'
import { Facet } from '../../../views/search/facet.tsx'
import { GroupRows, Groups } from '../../../views/search/groups.tsx'
import { Histogram } from '../../../views/search/histogram.tsx'
import { GROUPS_MAX } from '../../../views/search/limits.ts'
import { SearchPage } from '../../../views/search/page.tsx'
import { RuleFacet } from '../../../views/search/rule-facet.tsx'
import { groupFields, searchHref } from '../../../views/search/state.ts'
import { EventTable, Rows, type RowsProps } from '../../../views/search/table.tsx'
import { Total } from '../../../views/search/total.tsx'
import { formatCount, formatTook, plural } from '../../../views/shared/format.ts'
import { Announce, StatusUpdate } from '../../../views/shared/section.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import type { CountRequest, QueryStats, SearchResult } from '../../stores/events/event-store.ts'
import { queryOf } from './forms.ts'
import { fragment, isPartial, page, type Renderer, wantsFrame } from './render.tsx'
import { rulesById, rulesOfEvents } from './rule-names.ts'
import { explainEmpty } from './search-empty.ts'
import { bucketWidth, chipsOf, readSearch, type SearchInput } from './search-query.ts'

/** Releases that the histogram may mark, the newest. */
const DEPLOYS_MAX = 200
const PAGE_ROWS = 100
const FACET_VALUES = 6
const GROUP_VALUES = 200
/** Values shown below one row of a group. */
const INNER_VALUES = 20
/** A section gives up after this long and says so, milliseconds. */
const SECTION_TIMEOUT_MS = 10_000
/** A facet is of the newest events after this long, and says so, milliseconds. */
const FACET_TIMEOUT_MS = 150
/** A count that only explains an empty result may take this long, milliseconds. */
const EXPLAIN_TIMEOUT_MS = 1_500

const FACTS = { title: 'Search', nav: 'search' } as const

/** Routes of the search page. */
export function searchRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.search.pattern, (c) => searchPage(c, services, renderer))
  app.get(urls.searchTable.pattern, (c) => table(c, services, renderer))
  app.get(urls.searchMore.pattern, (c) => moreRows(c, services, renderer))
  app.get(urls.searchEmpty.pattern, (c) => empty(c, services, renderer))
  app.get(urls.searchGroups.pattern, (c) => groups(c, services, renderer))
  app.get(urls.searchHistogram.pattern, (c) => histogram(c, services, renderer))
  app.get(urls.searchFacet.pattern, (c) => facet(c, services, renderer))
  app.get(urls.searchCount.pattern, (c) => count(c, services, renderer))
  return app
}

async function searchPage(c: AppContext, services: Services, renderer: Renderer) {
  const input = readSearch(c)
  if (input.edited) {
    const canonical = searchHref(input.state)
    if (!wantsFrame(c)) return c.redirect(canonical)
    c.header('HX-Push-Url', canonical)
  }
  const { state, range, diagnostics, valid, openEnded } = input
  const title = state.q === '' ? 'Search' : `${state.q.slice(0, 60)} · Search`
  const ruleTitle = rulesById(services.rules).get(state.rule ?? '')?.title
  const body = (
    <SearchPage
      {...{ state, range, diagnostics, valid, openEnded, ruleTitle }}
      parts={chipsOf(input)}
      canHunt={can(c.get('principal'), 'hunts:write')}
    />
  )
  return page(c, renderer, { ...FACTS, title }, body)
}

/** The request of a section; refuses a query with errors. */
function countRequest(input: SearchInput, timeout_ms = SECTION_TIMEOUT_MS): CountRequest {
  if (!input.valid) {
    throw new ServiceError('invalid', input.diagnostics.map((d) => d.message).join('; '))
  }
  const { range, query, state } = input
  return {
    ...(state.rule === undefined ? {} : { rules: [state.rule] }),
    ...(state.since === undefined ? {} : { after: state.since }),
    ...(state.until === undefined ? {} : { asof: state.until }),
    from: range.start,
    to: range.end,
    timeout_ms,
    ...(query.expr === undefined ? {} : { expr: query.expr }),
  }
}

async function table(c: AppContext, services: Services, renderer: Renderer) {
  const input = readSearch(c)
  const request = { ...countRequest(input), limit: PAGE_ROWS }
  const [result, stored] = await Promise.all([
    services.events.search(request, c.req.raw.signal),
    services.events.stats(),
  ])
  const rows = await rowsProps(services, input, result)
  const { stats, events } = result
  const status = [
    formatTook(stats.took_ms),
    `${formatCount(stats.candidates)} proposed, ${formatCount(stats.scanned)} read`,
    stats.complete ? 'exact' : stoppedText(stats),
    indexText(stored.indexLag_ms),
  ]
  const isEmpty = events.length === 0 && stats.complete
  const body = !isEmpty ? (
    <EventTable {...rows} />
  ) : isPartial(c) && stored.events > 0 ? (
    <EmptySoFar state={input.state} range={input.range} />
  ) : (
    await explained(services, input)
  )
  return fragment(
    c,
    renderer,
    FACTS,
    <>
      {body}
      {isPartial(c) && <StatusUpdate parts={status} />}
      {isPartial(c) && <Announce text={`${events.length} rows`} />}
    </>,
  )
}

/** Why nothing was found. */
async function explained(services: Services, input: SearchInput) {
  const request = countRequest(input, EXPLAIN_TIMEOUT_MS)
  const explanation = await explainEmpty(services, input, request)
  return <EmptyResults state={input.state} explanation={explanation} now={Date.now()} />
}

async function empty(c: AppContext, services: Services, renderer: Renderer) {
  return fragment(c, renderer, FACTS, await explained(services, readSearch(c)))
}

function stoppedText({ segments, segments_total }: QueryStats): string {
  const done = Math.floor((100 * segments) / Math.max(1, segments_total))
  return `stopped at its time limit after ${done} % of the range: older events may be missing`
}

/** Up to when events are indexed; those after it are read one by one. */
function indexText(lag_ms: number | undefined): string {
  const to = new Date(Date.now() - (lag_ms ?? 0)).toISOString().slice(11, 19)
  return `index to ${to}`
}

async function rowsProps(
  services: Services,
  input: SearchInput,
  result: SearchResult,
): Promise<RowsProps> {
  const { cursor, asof, events } = result
  const ids = events.map((event) => event.id)
  const [rulesOf, linksOf] = await Promise.all([
    rulesOfEvents(services, ids),
    services.state.alertsOfEvents(ids),
  ])
  const ruleIds = Object.entries(rulesOf).map(([id, rules]) => [id, rules.map((rule) => rule.id)])
  return {
    state: input.state,
    range: input.range,
    events,
    marks: input.marks,
    rulesOf,
    linksOf,
    mutedBy: await services.suppressions.muted(events, Object.fromEntries(ruleIds)),
    ...(cursor === undefined ? {} : { more: { ...cursor, asof } }),
  }
}

const MoreParams = z.object({
  beforeTime: z.coerce.number(),
  beforeId: z.string().max(64),
  asof: z.coerce.number(),
})

async function moreRows(c: AppContext, services: Services, renderer: Renderer) {
  const input = readSearch(c)
  const { beforeTime: time, beforeId: id, asof } = queryOf(c, MoreParams)
  const request = { ...countRequest(input), limit: PAGE_ROWS, cursor: { time, id }, asof }
  const result = await services.events.search(request, c.req.raw.signal)
  const rows = await rowsProps(services, input, result)
  if (isPartial(c)) return c.html(<Rows {...rows} above={time} />)
  return fragment(c, renderer, FACTS, <EventTable {...rows} above={time} />)
}

const GroupParams = z.object({
  level: z.coerce
    .number()
    .int()
    .min(0)
    .max(GROUPS_MAX - 1)
    .default(0),
})

async function groups(c: AppContext, services: Services, renderer: Renderer) {
  const input = readSearch(c)
  const { level } = queryOf(c, GroupParams)
  const request = countRequest(input)
  const signal = c.req.raw.signal
  const [field = ''] = groupFields(input.state)
  const limit = level === 0 ? GROUP_VALUES : INNER_VALUES
  const top = await services.events.top({ ...request, field, limit, order: 'most' }, signal)
  const { total } = await services.events.count(request, signal)
  const props = { state: input.state, range: input.range, top, total, level }
  if (level > 0 && isPartial(c)) return c.html(<GroupRows {...props} />)
  const status = [formatTook(top.stats.took_ms), plural(top.distinct, 'value')]
  return fragment(
    c,
    renderer,
    FACTS,
    <>
      <Groups {...props} />
      {isPartial(c) && <StatusUpdate parts={status} />}
    </>,
  )
}

async function histogram(c: AppContext, services: Services, renderer: Renderer) {
  const input = readSearch(c)
  const bucket_ms = bucketWidth(input.range)
  const [data, deploys] = await Promise.all([
    services.events.histogram({ ...countRequest(input), bucket_ms }, c.req.raw.signal),
    deploysOf(services, input.range),
  ])
  const body = <Histogram {...{ data, bucket_ms, deploys }} range={input.range} />
  return fragment(c, renderer, FACTS, body)
}

/** Releases that went live in a range. */
async function deploysOf({ releases }: Services, { start, end }: { start: number; end: number }) {
  return (await releases.list(DEPLOYS_MAX))
    .filter(({ status, at }) => status === 'live' && at >= start && at < end)
    .map(({ at, commit, subject }) => ({ at, text: `release ${commit.slice(0, 10)}: ${subject}` }))
}

const FacetParams = z.object({
  field: z.string().min(1).max(200),
  order: z.enum(['most', 'fewest']).default('most'),
})

async function facet(c: AppContext, services: Services, renderer: Renderer) {
  const input = readSearch(c)
  const { field, order } = queryOf(c, FacetParams)
  const { state, range } = input
  const request = countRequest(input, FACET_TIMEOUT_MS)
  const column = field === 'rule' ? '@rule' : field
  const top = await services.events.top(
    { ...request, field: column, order, limit: FACET_VALUES },
    c.req.raw.signal,
  )
  if (field !== 'rule') {
    return fragment(c, renderer, FACTS, <Facet {...{ state, range, field, order, top }} />)
  }
  const known = rulesById(services.rules)
  const rules = top.values.map(({ value: id, count: events }) => {
    const rule = known.get(id)
    return { id, title: rule?.title ?? id, level: rule?.level, events }
  })
  const { distinct, exact } = top
  return fragment(c, renderer, FACTS, <RuleFacet {...{ state, rules, distinct, exact }} />)
}

async function count(c: AppContext, services: Services, renderer: Renderer) {
  const input = readSearch(c)
  const found = await services.events.count(countRequest(input), c.req.raw.signal)
  return fragment(c, renderer, FACTS, <Total total={found.total} exact={found.exact} />)
}
