// One event in the drawer, with why its rules matched; and the export of a search.
import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import type { Event } from '../../../parsers/event.ts'
import { EventDrawer } from '../../../views/search/drawer.tsx'
import { marksOfWhy, type Why } from '../../../views/shared/why.tsx'
import { urls } from '../../../views/urls.ts'
import { type AppContext, type AppEnv, keepOpen } from '../../middleware/env.ts'
import { type Services, ServiceError } from '../../services/services.ts'
import type { SearchResult } from '../../stores/events/event-store.ts'
import { csvHeader, csvRow, eventLine } from './export-format.ts'
import { fragment, type Renderer } from './render.tsx'
import { ruleTitles } from './rule-names.ts'
import { readSearch } from './search-query.ts'

const WHYS_MAX = 8
const EXPORT_PAGE_ROWS = 1000
const EXPORT_TIMEOUT_MS = 60_000

/** Routes of the drawer and of exports. */
export function searchEventRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.searchEvent.pattern, (c) => eventDrawer(c, services, renderer))
  app.get(urls.searchNdjson.pattern, (c) => exportEvents(c, services, 'ndjson'))
  app.get(urls.searchCsv.pattern, (c) => exportEvents(c, services, 'csv'))
  return app
}

async function eventDrawer(c: AppContext, services: Services, renderer: Renderer) {
  const input = readSearch(c)
  const id = c.req.param('id') ?? ''
  const [event] = await services.events.get([id])
  if (event === undefined)
    throw new ServiceError('not-found', `No event ${id}: it may have left by retention`)
  const matches = await services.events.matchesOf([id])
  const whys = await explainAll(services, event, matches[id] ?? [])
  const marks = [...input.marks, ...marksOfWhy(whys)]
  const state = { ...input.state, sel: id }
  return fragment(
    c,
    renderer,
    { title: `Event ${id}`, nav: 'search' },
    <EventDrawer state={state} event={event} whys={whys} marks={marks} now={Date.now()} />,
  )
}

/** Why each rule matched an event. A rule that cannot be explained says so instead of vanishing. */
export async function explainAll(
  services: Services,
  event: Event,
  ruleIds: readonly string[],
): Promise<readonly Why[]> {
  const titles = ruleTitles(services.rules)
  const facts = new Map(services.rules.list().map((rule) => [rule.id, rule]))
  return Promise.all(
    ruleIds.slice(0, WHYS_MAX).map(async (ruleId): Promise<Why> => {
      const rule = facts.get(ruleId)
      const why = {
        ruleId,
        title: titles.get(ruleId) ?? ruleId,
        ...(rule === undefined ? {} : { level: rule.level, status: rule.status }),
      }
      if (rule === undefined) return { ...why, problem: 'This rule is no longer loaded.' }
      try {
        return { ...why, leaves: await services.rules.explain(ruleId, event.id) }
      } catch (error) {
        if (!(error instanceof Error)) throw error
        return { ...why, problem: `Not explained: ${error.message}` }
      }
    }),
  )
}

function exportEvents(c: AppContext, services: Services, format: 'ndjson' | 'csv') {
  const input = readSearch(c)
  if (!input.valid)
    throw new ServiceError('invalid', input.diagnostics.map((d) => d.message).join('; '))
  keepOpen(c)
  c.header('Content-Type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
  c.header('Content-Disposition', `attachment; filename="events.${format}"`)
  c.header('Cache-Control', 'no-store')
  return stream(c, async (out) => {
    const { cols } = input.state
    if (format === 'csv') await out.write(csvHeader(cols))
    for await (const events of pages(services, input)) {
      if (out.aborted) return
      const lines = events.map((event) =>
        format === 'csv' ? csvRow(event, cols) : eventLine(event),
      )
      await out.write(lines.join(''))
    }
  })
}

async function* pages(services: Services, input: ReturnType<typeof readSearch>) {
  const { range, query } = input
  const base = {
    from: range.start,
    to: range.end,
    limit: EXPORT_PAGE_ROWS,
    timeout_ms: EXPORT_TIMEOUT_MS,
    ...(query.expr === undefined ? {} : { expr: query.expr }),
  }
  let result: SearchResult | undefined
  do {
    const cursor = result?.cursor
    const after = cursor === undefined ? {} : { cursor, asof: result?.asof ?? 0 }
    result = await services.events.search({ ...base, ...after })
    if (!result.stats.complete) throw new ServiceError('unavailable', 'the export ran too long')
    yield result.events
  } while (result.cursor !== undefined)
}
