// Counts over events: histogram, top values, summary of the last hours.
import { z } from 'zod'
import { compilePivot, PIVOT_KINDS, type PivotKind } from '../../services/search-request.ts'
import { ServiceError } from '../../services/service-error.ts'
import { InvalidError } from '../errors.ts'
import { route } from './route.ts'
import { EventAnswer, eventJson, iso, Time } from './schemas.ts'
import {
  expressionOf,
  FilterParams,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  RangeParams,
  rangeOf,
  rulesOf,
  SEARCH_TIMEOUT_MS,
} from './search-params.ts'

const RangeFilters = FilterParams.extend(RangeParams.shape)
/** A histogram of more buckets than this is refused. */
const BUCKETS_MAX = 2_000
const BUCKET_WIDTHS_MS = [1, 5, 15, 60, 300, 900, 3_600, 10_800, 43_200, 86_400].map((s) => s * 1e3)
/** Buckets aimed at when no width is given. */
const BUCKETS_AIMED = 100

/** The narrowest usual width that keeps a range within about a hundred buckets, milliseconds. */
export function bucketWidth(range_ms: number): number {
  const wanted = range_ms / BUCKETS_AIMED
  return BUCKET_WIDTHS_MS.find((width) => width >= wanted) ?? Math.ceil(wanted / 864e5) * 864e5
}

function requestOf(query: z.output<typeof RangeFilters>) {
  const { expr } = expressionOf(query)
  const range = rangeOf(query, Date.now())
  return { ...range, ...(expr ? { expr } : {}), ...rulesOf(query), timeout_ms: SEARCH_TIMEOUT_MS }
}

const Bucket = z.object({
  start: Time,
  count: z.number(),
  by_severity: z.record(z.string(), z.number()),
})

export const histogram = route({
  method: 'get',
  path: '/api/v1/events/histogram',
  access: 'siem:read',
  tag: 'events',
  summary: 'Events per time bucket, by severity',
  query: RangeFilters.extend({
    bucket_s: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .describe('Width; default: about 100 buckets'),
  }),
  answer: z.object({
    buckets: z.array(Bucket),
    bucket_s: z.number(),
    exact: z.boolean(),
    took_ms: z.number(),
  }),
  handle: async ({ query, services, c }) => {
    const request = requestOf(query)
    const bucket_ms = (query.bucket_s ?? 0) * 1_000 || bucketWidth(request.to - request.from)
    if ((request.to - request.from) / bucket_ms > BUCKETS_MAX) {
      throw new ServiceError('invalid', `query.bucket_s: more than ${BUCKETS_MAX} buckets`)
    }
    const found = await services.events.histogram({ ...request, bucket_ms }, c.req.raw.signal)
    return {
      buckets: found.buckets.map((bucket) => ({
        start: iso(bucket.start),
        count: bucket.count,
        by_severity: { ...bucket.bySeverity },
      })),
      bucket_s: bucket_ms / 1_000,
      exact: found.exact,
      took_ms: found.stats.took_ms,
    }
  },
})

const Values = z.array(z.object({ value: z.string(), count: z.number() }))

export const top = route({
  method: 'get',
  path: '/api/v1/events/top',
  access: 'siem:read',
  tag: 'events',
  summary: 'Most or least frequent values of any field',
  query: RangeFilters.extend({
    field: z
      .string()
      .min(1)
      .max(200)
      .describe('`@host` is the pivot, `@rule` the rules that matched'),
    limit: z.coerce.number().int().min(1).max(1_000).default(10),
    order: z.enum(['most', 'fewest']).default('most'),
  }),
  answer: z.object({
    field: z.string(),
    values: Values,
    distinct: z.number(),
    missing: z.number(),
    exact: z.boolean(),
    took_ms: z.number(),
  }),
  handle: async ({ query, services, c }) => {
    const { field, limit, order } = query
    const request = { ...requestOf(query), field, limit, order }
    const found = await services.events.top(request, c.req.raw.signal)
    const { values, distinct, missing, exact, stats } = found
    return { field, values, distinct, missing, exact, took_ms: stats.took_ms }
  },
})

export const stats = route({
  method: 'get',
  path: '/api/v1/stats',
  access: 'siem:read',
  tag: 'events',
  summary: 'What arrived in the last hours: timeline, severities, sources, alerts',
  query: z.object({ hours: z.coerce.number().min(1).max(8_760).default(24) }),
  answer: z.object({
    hours: z.number(),
    total: z.number(),
    total_exact: z.boolean(),
    by_severity: z.record(z.string(), z.number()),
    top_sources: Values,
    timeline: z.array(Bucket),
    alerts: z.object({
      total: z.number(),
      by_status: z.record(z.string(), z.number()),
      by_severity: z.record(z.string(), z.number()),
    }),
    stored: z.object({ events: z.number(), bytes: z.number() }),
  }),
  handle: async ({ query, services, c }) => {
    const now = Date.now()
    const from = now - query.hours * 3_600_000
    const request = { from, to: now + 1, timeout_ms: SEARCH_TIMEOUT_MS }
    const signal = c.req.raw.signal
    const [timeline, sources, alerts, stored] = await Promise.all([
      services.events.histogram({ ...request, bucket_ms: bucketWidth(now - from) }, signal),
      services.events.top({ ...request, field: 'source', limit: 10, order: 'most' }, signal),
      services.state.countAlerts({ from, to: now + 1 }),
      services.events.stats(),
    ])
    const bySeverity: Record<string, number> = {}
    let total = 0
    for (const bucket of timeline.buckets) {
      total += bucket.count
      for (const [severity, count] of Object.entries(bucket.bySeverity)) {
        bySeverity[severity] = (bySeverity[severity] ?? 0) + count
      }
    }
    return {
      hours: query.hours,
      total,
      total_exact: timeline.exact,
      by_severity: bySeverity,
      top_sources: sources.values,
      timeline: timeline.buckets.map((bucket) => ({
        start: iso(bucket.start),
        count: bucket.count,
        by_severity: { ...bucket.bySeverity },
      })),
      alerts: {
        total: alerts.total,
        by_status: { ...alerts.byStatus },
        by_severity: { ...alerts.bySeverity },
      },
      stored: { events: stored.events, bytes: stored.bytes },
    }
  },
})

const PivotValue = z.string().min(1).max(1_000).optional()

/** What to pivot from: `type` and `value`, or one of the kinds by its name. */
function pivotOf(
  query: { readonly type?: PivotKind | undefined; readonly value?: string | undefined } & {
    readonly [kind in PivotKind]?: string | undefined
  },
): { readonly type: PivotKind; readonly value: string } {
  const { type, value } = query
  const named = PIVOT_KINDS.flatMap((kind) => {
    const own = query[kind]
    return own === undefined ? [] : [{ type: kind, value: own }]
  })
  const given = type !== undefined && value !== undefined ? [...named, { type, value }] : named
  const isHalf = (type === undefined) !== (value === undefined)
  const [pivot] = given
  if (given.length === 1 && pivot !== undefined && !isHalf) return pivot
  const message = `one of ${PIVOT_KINDS.join(', ')}, or type and value`
  throw new InvalidError(message, [{ path: 'query', message }])
}

export const pivot = route({
  method: 'get',
  path: '/api/v1/logs/pivot',
  access: 'siem:read',
  tag: 'events',
  summary: 'Events of every source that name an address, user, host, hash or domain',
  query: RangeParams.extend({
    type: z.enum(PIVOT_KINDS).optional().describe('With `value`; or one of the names below'),
    value: PivotValue,
    ip: PivotValue,
    user: PivotValue,
    host: PivotValue,
    hash: PivotValue,
    domain: PivotValue,
    limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  }),
  answer: z.object({
    type: z.enum(PIVOT_KINDS),
    value: z.string(),
    events: z.array(EventAnswer),
    count: z.number(),
    total: z.number(),
    total_exact: z.boolean(),
    by_source: Values,
    took_ms: z.number(),
  }),
  handle: async ({ query, services, c }) => {
    const started = performance.now()
    const { limit } = query
    const { type, value } = pivotOf(query)
    const expr = compilePivot(type, value)
    const request = { ...rangeOf(query, Date.now()), expr, timeout_ms: SEARCH_TIMEOUT_MS }
    const signal = c.req.raw.signal
    const found = await services.events.search({ ...request, limit }, signal)
    const asof = { ...request, asof: found.asof }
    const [count, sources] = await Promise.all([
      services.events.count(asof, signal),
      services.events.top({ ...asof, field: 'source', limit: 20, order: 'most' }, signal),
    ])
    return {
      type,
      value,
      events: found.events.map(eventJson),
      count: found.events.length,
      total: count.total,
      total_exact: count.exact,
      by_source: sources.values,
      took_ms: Math.round(performance.now() - started),
    }
  },
})
