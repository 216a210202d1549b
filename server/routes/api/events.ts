// Search and single events.
import { z } from 'zod'
import { ServiceError } from '../../services/service-error.ts'
import { type Route, route } from './route.ts'
import { EventAnswer, eventJson, iso, Time } from './schemas.ts'
import {
  encodeCursor,
  expressionOf,
  FilterParams,
  SearchParams,
  searchOf,
} from './search-params.ts'

const Page = z.object({
  events: z.array(EventAnswer),
  count: z.number().describe('Events in this page'),
  total: z.number().describe('Events over the whole range'),
  total_exact: z.boolean(),
  complete: z
    .boolean()
    .describe('False: the time limit ended the search, older events may be missing'),
  cursor: z.string().nullable().describe('Continues after the last event; null at the end'),
  from: Time,
  to: Time,
  took_ms: z.number(),
  scanned: z.number(),
  done: z
    .number()
    .describe('Share of the range that was searched, below 1 where `complete` is false'),
})

const search = (path: string, summary: string): Route =>
  route({
    method: 'get',
    path,
    access: 'siem:read',
    tag: 'events',
    summary,
    query: SearchParams,
    answer: Page,
    handle: async ({ query, services, c }) => {
      const started = performance.now()
      const request = searchOf(query, Date.now())
      const found = await services.events.search(request, c.req.raw.signal)
      const { limit: _, cursor: __, ...range } = request
      const count = await services.events.count({ ...range, asof: found.asof }, c.req.raw.signal)
      return {
        events: found.events.map(eventJson),
        count: found.events.length,
        total: count.total,
        total_exact: count.exact,
        complete: found.stats.complete,
        cursor: encodeCursor(query, request, found) ?? null,
        from: iso(request.from),
        to: iso(request.to),
        took_ms: Math.round(performance.now() - started),
        scanned: found.stats.scanned,
        done: found.stats.complete ? 1 : found.stats.segments / found.stats.segments_total,
      }
    },
  })

export const listEvents = search('/api/v1/events', 'Newest events first, filtered')
export const searchEvents = search('/api/v1/search', 'Search with the query language')

const Id = z.object({ id: z.string().max(64) })

export const getEvent = route({
  method: 'get',
  path: '/api/v1/events/:id',
  access: 'siem:read',
  tag: 'events',
  summary: 'One event and the rules that matched it',
  params: Id,
  answer: EventAnswer.extend({ rule_ids: z.array(z.string()) }),
  handle: async ({ params, services }) => {
    const [event] = await services.events.get([params.id])
    if (event === undefined) throw new ServiceError('not-found', `no event ${params.id}`)
    const matches = await services.events.matchesOf([params.id])
    return { ...eventJson(event), rule_ids: [...(matches[params.id] ?? [])] }
  },
})

export const aroundEvent = route({
  method: 'get',
  path: '/api/v1/events/:id/around',
  access: 'siem:read',
  tag: 'events',
  summary: 'Events just before and after one, with the same filters as a search',
  params: Id,
  query: FilterParams.extend({ count: z.coerce.number().int().min(1).max(500).default(20) }),
  answer: z.object({ before: z.array(EventAnswer), after: z.array(EventAnswer) }),
  handle: async ({ params, query, services }) => {
    const { expr } = expressionOf(query)
    const [event] = await services.events.get([params.id])
    if (event === undefined) throw new ServiceError('not-found', `no event ${params.id}`)
    const { before, after } = await services.events.around(params.id, query.count, expr)
    return { before: before.map(eventJson), after: after.map(eventJson) }
  },
})
