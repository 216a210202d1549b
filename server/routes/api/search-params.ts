// Query parameters of every route that searches, and the absolute request they come to.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  type Compiled,
  compileFilters,
  FUTURE_MS,
  parseTime,
  RANGE_DEFAULT_MS,
} from '../../services/search-request.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { SearchRequest, TimeRange } from '../../stores/events/event-store.ts'
import { SEVERITIES } from '../../stores/state/state-store.ts'
import { InvalidError } from '../errors.ts'

/** Events in one page when nothing is asked for, and at most. */
export const LIMIT_DEFAULT = 100
export const LIMIT_MAX = 10_000
/** A search stops here and says so, milliseconds. */
export const SEARCH_TIMEOUT_MS = 10_000

/** A parameter that may be repeated, or hold several values separated by commas. */
export const several = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) =>
      (Array.isArray(value) ? value : [value]).flatMap((one) =>
        typeof one === 'string' ? one.split(',').filter((part) => part !== '') : [one],
      ),
    z.array(item),
  )

const repeated = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z.array(z.string()),
)

const when = z
  .string()
  .refine((text) => parseTime(text, 0) !== undefined, 'must be ISO 8601, epoch, or like now-15m')

export const FilterParams = z.object({
  q: z.string().max(10_000).optional().describe('Search language, see docs'),
  source: repeated.optional(),
  severity: several(z.enum(SEVERITIES)).optional(),
  host: repeated.optional(),
  ip: repeated.optional().describe('Source or destination address, or CIDR network'),
  agent_id: repeated.optional(),
  rule: repeated.optional().describe('Id of a rule that matched the event when it came in'),
})

export const RangeParams = z.object({
  from: when.optional().describe('ISO 8601, epoch, `now-15m` or `15m`; default 24 hours ago'),
  to: when.optional().describe('Exclusive; default: everything that has arrived'),
})

export const SearchParams = FilterParams.extend(RangeParams.shape).extend({
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  cursor: z.string().max(1_000).optional(),
  sort: z.enum(['newest', 'oldest']).default('newest').describe('By event time, then id'),
})

type Filters = z.output<typeof FilterParams> & { readonly sort?: 'newest' | 'oldest' }

/** The expression of a request's filters; refuses a query with errors, saying where they are. */
export function expressionOf(filters: Filters): Extract<Compiled, { warnings: unknown }> {
  const compiled = compileFilters(filters)
  if (!('errors' in compiled)) return compiled
  throw new InvalidError(
    compiled.errors.map((e) => `column ${e.column ?? 1}: ${e.message}`).join('; '),
    compiled.errors.map((e) => ({ path: 'query.q', message: e.message, column: e.column ?? 1 })),
  )
}

/** The rules that a request asks for. */
export function rulesOf({ rule }: Filters): { readonly rules?: readonly string[] } {
  return rule === undefined ? {} : { rules: rule }
}

/** The absolute range of a request. */
export function rangeOf(params: z.output<typeof RangeParams>, now: number): TimeRange {
  const from = params.from === undefined ? undefined : parseTime(params.from, now)
  const to = params.to === undefined ? undefined : parseTime(params.to, now)
  const range = { from: from ?? (to ?? now) - RANGE_DEFAULT_MS, to: to ?? now + FUTURE_MS }
  if (range.from >= range.to) throw new ServiceError('invalid', 'from must be before to')
  return range
}

const Position = z.tuple([z.number(), z.string(), z.number(), z.number(), z.number(), z.string()])

function hashOf(filters: Filters): string {
  const { q, source, severity, host, ip, agent_id, rule, sort } = filters
  const text = JSON.stringify([q, source, severity, host, ip, agent_id, rule, sort])
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}

/** The store's request for a page of results. A cursor brings its own range and snapshot. */
export function searchOf(params: z.output<typeof SearchParams>, now: number): SearchRequest {
  const { expr } = expressionOf(params)
  const common = {
    ...(expr === undefined ? {} : { expr }),
    ...rulesOf(params),
    order: params.sort,
    limit: params.limit,
    timeout_ms: SEARCH_TIMEOUT_MS,
  }
  if (params.cursor === undefined) return { ...common, ...rangeOf(params, now) }
  const [time, id, asof, from, to, hash] = decodeCursor(params.cursor)
  if (hash !== hashOf(params)) {
    throw new ServiceError('invalid', 'cursor: it belongs to another query')
  }
  return { ...common, from, to, asof, cursor: { time, id } }
}

/** The text that continues a search after its last row. */
export function encodeCursor(
  params: Filters,
  request: TimeRange,
  result: {
    readonly asof: number
    readonly cursor?: { readonly time: number; readonly id: string }
  },
): string | undefined {
  if (result.cursor === undefined) return undefined
  const { time, id } = result.cursor
  const position = [time, id, result.asof, request.from, request.to, hashOf(params)]
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

function decodeCursor(text: string): z.output<typeof Position> {
  const parsed = Position.safeParse(parseJson(Buffer.from(text, 'base64url').toString()))
  if (!parsed.success) throw new ServiceError('invalid', 'cursor: not one that Trapline gave')
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
