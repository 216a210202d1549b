// What a request for the search page or one of its sections says, read once and absolute.
import { z } from 'zod'
import { addFilter, removePart } from '../../../query/edit.ts'
import { highlightsOf } from '../../../query/highlight.ts'
import { parseQuery, type Query } from '../../../query/query.ts'
import type { Diagnostic } from '../../../sigma/diagnostic.ts'
import type { ChipPart } from '../../../views/search/chips.tsx'
import type { Mark } from '../../../views/search/highlight.tsx'
import {
  DEFAULT_COLUMNS,
  DEFAULT_FROM,
  DEFAULT_TO,
  type Resolved,
  SEARCH_TABS,
  type SearchState,
} from '../../../views/search/state.ts'
import type { AppContext } from '../../middleware/env.ts'
import { parseTime } from '../../services/search-request.ts'
import { ServiceError } from '../../services/service-error.ts'

const QUERY_MAX_chars = 8192
const COLUMNS_MAX = 12
/** How far a range reaches when its text is wrong, milliseconds. */
const FALLBACK_RANGE_MS = 3_600_000

const text = (max: number) => z.string().max(max).optional()

const Params = z.object({
  q: text(QUERY_MAX_chars),
  from: text(64),
  to: text(64),
  cols: text(2000),
  group: text(200),
  rule: text(200),
  since: z.coerce.number().int().min(0).optional(),
  until: z.coerce.number().int().min(0).optional(),
  sel: text(64),
  tab: z.enum(SEARCH_TABS).catch('summary').optional(),
  live: text(1),
  start: z.coerce.number().optional(),
  end: z.coerce.number().optional(),
  filterField: text(500),
  filterValue: text(QUERY_MAX_chars),
  filterMode: z.enum(['for', 'out', 'only']).optional(),
})

export interface SearchInput {
  readonly state: SearchState
  readonly range: Resolved
  readonly query: Query
  readonly diagnostics: readonly Diagnostic[]
  readonly valid: boolean
  /** The range ends at now: live events belong to it. */
  readonly openEnded: boolean
  /** The address carried an edit: it is applied in `state.q`, and the address should follow. */
  readonly edited: boolean
  readonly marks: readonly Mark[]
}

/** Reads a request. Rejects `invalid` only for what no link of ours has; typed mistakes are diagnostics. */
export function readSearch(c: AppContext, now = Date.now()): SearchInput {
  const parsed = Params.safeParse(c.req.query())
  if (!parsed.success) throw new ServiceError('invalid', z.prettifyError(parsed.error))
  const params = parsed.data
  const state = stateOf(params)
  const query = parseQuery(state.q)
  const times = timesOf(state, now)
  const range =
    params.start !== undefined && params.end !== undefined
      ? { start: params.start, end: params.end }
      : times.range
  const diagnostics = [...query.diagnostics, ...times.diagnostics]
  return {
    state,
    range,
    query,
    diagnostics,
    valid: query.valid && times.diagnostics.length === 0,
    openEnded: state.to === DEFAULT_TO && state.until === undefined,
    edited: params.filterField !== undefined,
    marks: highlightsOf(query.expr),
  }
}

/** What an address may say that is more than one look at it. */
const KEPT = new Set(Object.keys(Params.omit({ start: true, end: true }).shape))

/** The state of an address's query string. Rejects `invalid` for what no link of ours has: nothing of an
 * address is left out. */
export function searchStateOf(search: URLSearchParams): SearchState {
  const names = [...search.keys()]
  const lost = names.filter((name, at) => !KEPT.has(name) || names.indexOf(name) !== at)
  if (lost.length > 0) {
    const message = `the search page has no such parameters, or one of each: ${lost.join(', ')}`
    throw new ServiceError('invalid', message)
  }
  const parsed = Params.safeParse(Object.fromEntries(search))
  if (!parsed.success) throw new ServiceError('invalid', z.prettifyError(parsed.error))
  return stateOf(parsed.data)
}

function stateOf(params: z.output<typeof Params>): SearchState {
  const cols = (params.cols ?? '').split(',').filter((name) => name.trim() !== '')
  return {
    q: edit(params).trim(),
    from: params.from?.trim() || DEFAULT_FROM,
    to: params.to?.trim() || DEFAULT_TO,
    cols: cols.length === 0 ? DEFAULT_COLUMNS : cols.slice(0, COLUMNS_MAX),
    group: params.group ?? '',
    ...(params.rule ? { rule: params.rule } : {}),
    ...(params.since === undefined ? {} : { since: params.since }),
    ...(params.until === undefined ? {} : { until: params.until }),
    sel: params.sel ?? '',
    tab: params.tab ?? 'summary',
    live: params.live === '1',
  }
}

function edit(params: z.output<typeof Params>): string {
  const { q = '', filterField: field, filterValue: value = '', filterMode: mode } = params
  if (field === undefined) return q
  return addFilter(mode === 'only' ? '' : q, field, value, mode === 'out')
}

function timesOf(state: SearchState, now: number) {
  const diagnostics: Diagnostic[] = []
  const bad = (message: string) =>
    void diagnostics.push({ code: 'bad-time', severity: 'error', message })
  const start = parseTime(state.from, now)
  const end = parseTime(state.to, now)
  const help = 'write now-15m, 2026-11-21, 2026-11-21T14:00Z or epoch seconds'
  if (start === undefined) bad(`From: "${state.from}" is no time, ${help}`)
  if (end === undefined) bad(`To: "${state.to}" is no time, ${help}`)
  if (start !== undefined && end !== undefined && start >= end)
    bad('From must be before To: exchange them')
  const range =
    diagnostics.length === 0 && start !== undefined && end !== undefined
      ? { start, end }
      : { start: now - FALLBACK_RANGE_MS, end: now }
  return { range, diagnostics }
}

/** The query's parts as chips. */
export function chipsOf(input: SearchInput): readonly ChipPart[] {
  return input.query.parts.map((part, index) => ({
    text: part.text,
    negated: part.negated,
    without: removePart(input.state.q, index),
  }))
}

const BUCKETS_WANTED = 70
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const WIDTHS_MS = [
  SECOND,
  5 * SECOND,
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
] as const

/** A bucket width that gives at most `BUCKETS_WANTED` bars, in steps that people think in. */
export function bucketWidth(range: Resolved): number {
  const wanted = (range.end - range.start) / BUCKETS_WANTED
  const known = WIDTHS_MS.find((width) => width >= wanted)
  return known ?? Math.ceil(wanted / (24 * HOUR)) * 24 * HOUR
}
