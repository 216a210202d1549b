/** @jsxImportSource hono/jsx */
// Hunts: the list, one hunt with its ledger and volume, and what was new in a run.
import { Hono } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { writeHunt } from '../../../query/hunt/file.ts'
import { withFilters } from '../../../query/hunt/filters.ts'
import type { Hunt } from '../../../query/hunt/hunt.ts'
import { FreshPage } from '../../../views/hunts/fresh.tsx'
import { Ledger, type LedgerRow } from '../../../views/hunts/ledger.tsx'
import { HUNT_PLACES, type HuntFilter, HuntListPage } from '../../../views/hunts/list.tsx'
import { type HuntNotice, HuntPage } from '../../../views/hunts/page.tsx'
import { Volume } from '../../../views/hunts/volume.tsx'
import { type SearchState, searchHref } from '../../../views/search/state.ts'
import { formatIso } from '../../../views/shared/format.ts'
import { Announce } from '../../../views/shared/section.tsx'
import { urls } from '../../../views/urls.ts'
import { detailOf } from '../../hunts/run.ts'
import { huntRequest } from '../../hunts/search.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import type { HuntSummary } from '../../services/hunts.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { RuleSummary, Services } from '../../services/services.ts'
import type { TimeRange } from '../../stores/events/event-store.ts'
import type { RunRecord } from '../../stores/state/runs.ts'
import { explainError } from '../errors.ts'
import { actorOf, principalOf, queryOf } from './forms.ts'
import { fragment, isPartial, page, type Renderer } from './render.tsx'
import { searchOfHunt } from './search-hunt.ts'
import { bucketWidth } from './search-query.ts'

const RUNS_SHOWN = 30
const FRESH_SHOWN = 200
const TIMEOUT_MS = 4_000
const FACTS = { title: 'Hunts', nav: 'hunts' } as const

/** Routes of the pages that show hunts. */
export function huntRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.hunts.pattern, (c) => list(c, services, renderer))
  app.get(urls.huntFresh.pattern, (c) => fresh(c, services, renderer))
  app.get(urls.huntLedger.pattern, (c) => ledger(c, services, renderer))
  app.get(urls.huntVolume.pattern, (c) => volume(c, services, renderer))
  app.post(urls.huntRunNow.pattern, (c) => runNow(c, services, renderer))
  app.get(urls.hunt.pattern, (c) => {
    const done = c.req.query('done')
    const notice = done === undefined ? {} : { notice: { kind: 'ok', text: done } as const }
    return showHunt(c, services, renderer, notice)
  })
  return app
}

const Filter = z.object({
  text: z.string().max(500).catch('').default(''),
  place: z.enum(HUNT_PLACES).catch('all').default('all'),
})

async function list(c: AppContext, services: Services, renderer: Renderer) {
  const filter = queryOf(c, Filter)
  const by = principalOf(c)
  const { hunts, refused } = await services.hunts.list(by)
  const shown = hunts.filter((hunt) => fits(hunt, filter)).sort(byNews)
  const notice = c.req.query('done')
  const body = (
    <HuntListPage
      {...{ hunts: shown, total: hunts.length, refused, filter, now: Date.now() }}
      canWrite={can(by, 'hunts:write')}
      {...(notice === undefined ? {} : { notice })}
    />
  )
  return page(c, renderer, FACTS, body)
}

function fits({ hunt, place, isOwner }: HuntSummary, filter: HuntFilter): boolean {
  if (filter.place === 'git' && place !== 'git') return false
  if (filter.place === 'mine' && !isOwner) return false
  if (filter.place === 'team' && (place === 'git' || isOwner)) return false
  const { title, query, tags, owner = '', hypothesis = '' } = hunt
  const text = [title, query, ...tags, owner, hypothesis].join(' ').toLowerCase()
  const words = filter.text.toLowerCase().split(/\s+/)
  return words.every((word) => text.includes(word))
}

/** What found something new first, then what ran last. */
function byNews(a: HuntSummary, b: HuntSummary): number {
  const fresh = ({ last }: HuntSummary) => ((last?.fresh ?? 0) > 0 ? 1 : 0)
  const ran = ({ last }: HuntSummary) => last?.started ?? 0
  return fresh(b) - fresh(a) || ran(b) - ran(a) || a.hunt.title.localeCompare(b.hunt.title)
}

/** The hunt of the address. Rejects `not-found` where the reader may not see it. */
export async function huntOf(c: AppContext, services: Services): Promise<HuntSummary> {
  const id = c.req.param('id') ?? ''
  const found = await services.hunts.get(id, principalOf(c))
  if (found === undefined)
    throw new ServiceError('not-found', `There is no hunt ${id} that you may see.`)
  return found
}

/** One hunt's page. */
export async function showHunt(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  outcome: { readonly notice?: HuntNotice },
  status: StatusCode = 200,
) {
  const found = await huntOf(c, services)
  const { hunt } = found
  const body = (
    <HuntPage
      hunt={found}
      yaml={writeHunt(hunt)}
      searchUrl={searchHref(searchOfHunt(hunt))}
      rules={await rulesOf(services, hunt)}
      canWrite={can(c.get('principal'), 'hunts:write')}
      canDetect={can(c.get('principal'), 'detections:write')}
      csrfToken={c.get('csrfToken') ?? ''}
      {...outcome}
    />
  )
  return page(c, renderer, { title: `${hunt.title} · Hunts`, nav: 'hunts', status }, body)
}

/** Rules made from the hunt: those that it names, and those that name it. */
async function rulesOf(services: Services, { id, lineage }: Hunt): Promise<readonly RuleSummary[]> {
  const made = new Set(lineage?.detections ?? [])
  const details = await Promise.all(
    services.rules.list().map((rule) => services.rules.get(rule.id)),
  )
  const naming = details.flatMap((rule) => (rule?.text.includes(id) ? rule.id : []))
  return services.rules.list().filter((rule) => made.has(rule.id) || naming.includes(rule.id))
}

async function ledger(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  outcome: { readonly problem?: string; readonly told?: string } = {},
) {
  const { problem, told } = outcome
  const { hunt } = await huntOf(c, services)
  const runs = await services.hunts.runs(hunt.id, RUNS_SHOWN, principalOf(c))
  const rows = runs.map((run) => rowOf(run, searchOfHunt(hunt)))
  const body = (
    <Ledger
      {...{ huntId: hunt.id, rows, now: Date.now() }}
      {...(problem === undefined ? {} : { problem })}
    />
  )
  const all = (
    <>
      {body}
      {told !== undefined && isPartial(c) && <Announce text={told} />}
    </>
  )
  return fragment(c, renderer, { ...FACTS, title: 'Runs' }, all)
}

/** A run with the search that it made, its times as they were. */
function rowOf(run: RunRecord, state: SearchState): LedgerRow {
  const detail = detailOf(run)
  if (detail === undefined) return { run, detail, searchUrl: undefined, freshUrl: undefined }
  const { search, range } = detail
  const q = withFilters(search.query, search.filters)
  const { rule } = search.filters
  if (q === undefined) return { run, detail, searchUrl: undefined, freshUrl: undefined }
  const as = { ...state, q, rule, sel: '', live: false, until: run.to }
  const within = ({ from, to }: TimeRange) => ({ from: formatIso(from), to: formatIso(to) })
  const searchUrl = searchHref({ ...as, ...within(range), since: undefined })
  // The newest first, one below the other: what is new is to be read.
  const fresh = { ...as, ...within(detail.reach), since: run.from, group: '' }
  return { run, detail, searchUrl, freshUrl: searchHref(fresh) }
}

async function volume(c: AppContext, services: Services, renderer: Renderer) {
  const { hunt } = await huntOf(c, services)
  const { range, reach: _, ...what } = huntRequest(hunt, Date.now())
  const bucket_ms = bucketWidth({ start: range.from, end: range.to })
  const asked = { ...what, ...range, bucket_ms, timeout_ms: TIMEOUT_MS }
  const data = await services.events.histogram(asked, c.req.raw.signal)
  const body = <Volume data={data} bucket_ms={bucket_ms} {...range} />
  return fragment(c, renderer, { ...FACTS, title: 'Volume' }, body)
}

/** Starts a run; the ledger that answers shows it under way. */
async function runNow(c: AppContext, services: Services, renderer: Renderer) {
  const id = c.req.param('id') ?? ''
  try {
    const { done } = await services.hunts.run(id, principalOf(c), actorOf(c))
    // Its end is recorded in the ledger, good or not.
    void done.catch((error: unknown) => console.error(`hunt ${id}: ${String(error)}`))
    return ledger(c, services, renderer, { told: 'The hunt runs' })
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    return ledger(c, services, renderer, { problem: known.message })
  }
}

async function fresh(c: AppContext, services: Services, renderer: Renderer) {
  const { hunt } = await huntOf(c, services)
  const id = c.req.param('run') ?? ''
  const run = await services.state.getRun(id)
  const detail = run && detailOf(run)
  if (run === undefined || detail === undefined || run.kind !== 'hunt' || run.id !== hunt.id)
    throw new ServiceError('not-found', `There is no run ${id} of this hunt that found something.`)
  const { reach, search } = detail
  const { expr, rules } = huntRequest(search, run.started)
  const found = await services.events.search(
    {
      ...reach,
      ...(expr === undefined ? {} : { expr }),
      ...(rules === undefined ? {} : { rules }),
      ...{ after: run.from ?? 0, asof: run.to ?? 0, limit: FRESH_SHOWN, timeout_ms: TIMEOUT_MS },
    },
    c.req.raw.signal,
  )
  const body = <FreshPage hunt={hunt} run={run} detail={detail} events={found.events} />
  return page(c, renderer, { ...FACTS, title: `New in ${hunt.title}` }, body)
}
