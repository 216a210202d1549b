// A hunt's search as requests for the event store.
import { type HuntFilters, type HuntSearch, rangeEnds } from '../../query/hunt/hunt.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import { compileFilters, FUTURE_MS, parseTime } from '../services/search-request.ts'
import { ServiceError } from '../services/service-error.ts'
import type { TimeRange } from '../stores/events/event-store.ts'

export interface HuntRequest {
  readonly expr?: Expr
  readonly rules?: readonly string[]
  readonly range: TimeRange
  /** Where events may lie that count as new: one that carries a time ahead of ours is new when it comes in. */
  readonly reach: TimeRange
}

/** The hunt's search at a time. Rejects `invalid` for a query or a range that cannot be read. */
export function huntRequest({ query, filters }: HuntSearch, now: number): HuntRequest {
  const { source, severity, host, rule } = filters
  const compiled = compileFilters({ q: query, source, severity, host })
  if ('errors' in compiled)
    throw new ServiceError('invalid', `the query cannot be read: ${compiled.errors[0]?.message}`)
  const range = absoluteRange(filters, now)
  const isOpen = rangeEnds(filters.range).to === 'now'
  return {
    ...(compiled.expr === undefined ? {} : { expr: compiled.expr }),
    ...(rule === undefined ? {} : { rules: [rule] }),
    range,
    reach: isOpen ? { from: range.from, to: range.to + FUTURE_MS } : range,
  }
}

/** The range at a time. Rejects `invalid`. */
export function absoluteRange({ range }: Pick<HuntFilters, 'range'>, now: number): TimeRange {
  const ends = rangeEnds(range)
  const from = parseTime(ends.from, now)
  const to = parseTime(ends.to, now)
  if (from === undefined || to === undefined || from >= to)
    throw new ServiceError('invalid', `${range} is no range: write 24h, 7d or two times with ..`)
  return { from, to }
}

/** Equal for hunts that look for the same: what came since the last run is told only of these. */
export function searchKey({ query, filters }: HuntSearch): string {
  const { source, severity, host, rule, range } = filters
  return JSON.stringify([query, source, severity, host, rule ?? null, range ?? null])
}
