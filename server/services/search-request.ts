// What a search asks for, in words (query text, filters, times), becomes an absolute request for the
// event store. The API, exports, live streams and pivots all come through here.
import { parseQuery } from '../../query/query.ts'
import type { Diagnostic } from '../../sigma/diagnostic.ts'
import type { ColumnName, Expr, Target } from '../../sigma/ir/expr.ts'
import { parseWildcards } from '../../sigma/text/wildcard.ts'
import { words } from '../../sigma/text/words.ts'

/** Filters beside the query text; each may be given several times, and any of them may hold. */
export interface SearchFilters {
  readonly q?: string | undefined
  readonly source?: readonly string[] | undefined
  readonly severity?: readonly string[] | undefined
  readonly host?: readonly string[] | undefined
  /** Source or destination address, or a network. */
  readonly ip?: readonly string[] | undefined
  readonly agent_id?: readonly string[] | undefined
}

/** How far a range reaches back when nothing says so, milliseconds. */
export const RANGE_DEFAULT_MS = 24 * 3_600_000
/** Events may carry a time up to this far ahead of their receipt, milliseconds. */
export const FUTURE_MS = 24 * 3_600_000

export type Compiled =
  | { readonly expr?: Expr; readonly warnings: readonly Diagnostic[] }
  | { readonly errors: readonly Diagnostic[] }

const FILTER_TARGETS = {
  source: [column('source')],
  severity: [column('severity')],
  host: [column('host')],
  ip: [column('src_ip'), column('dst_ip')],
  agent_id: [
    { scope: 'field', name: 'agent_id' },
    { scope: 'field', name: 'agent.id' },
  ],
} as const satisfies Record<Exclude<keyof SearchFilters, 'q'>, readonly Target[]>

/** One expression of query text and filters, or the query's errors. */
export function compileFilters(filters: SearchFilters): Compiled {
  const args: Expr[] = []
  let warnings: readonly Diagnostic[] = []
  if (filters.q !== undefined && filters.q.trim() !== '') {
    const parsed = parseQuery(filters.q)
    const errors = parsed.diagnostics.filter((finding) => finding.severity === 'error')
    if (errors.length > 0) return { errors }
    warnings = parsed.diagnostics
    if (parsed.expr !== undefined) args.push(parsed.expr)
  }
  for (const [name, targets] of Object.entries(FILTER_TARGETS)) {
    const values = filters[name as keyof typeof FILTER_TARGETS]
    if (values === undefined || values.length === 0) continue
    args.push(any(values.flatMap((value) => targets.map((target) => whole(target, value)))))
  }
  if (args.length === 0) return { warnings }
  return { expr: args.length === 1 && args[0] ? args[0] : { kind: 'and', args }, warnings }
}

/** What a pivot starts from. */
export const PIVOT_KINDS = ['ip', 'user', 'host', 'hash', 'domain'] as const
export type PivotKind = (typeof PIVOT_KINDS)[number]

const PIVOT_COLUMNS = {
  ip: ['src_ip', 'dst_ip'],
  user: ['user'],
  host: ['host'],
  hash: ['hash'],
  domain: ['domain'],
} as const satisfies Record<PivotKind, readonly ColumnName[]>

/** Events that name an entity: in its columns, or as whole words anywhere. */
export function compilePivot(kind: PivotKind, value: string): Expr {
  const columns = PIVOT_COLUMNS[kind].map((name) => whole(column(name), value))
  const found = words(value)
  if (found.length === 0) return any(columns)
  return any([
    ...columns,
    { kind: 'match', target: { scope: 'any' }, test: { kind: 'words', words: found } },
  ])
}

function column(name: ColumnName): Target {
  return { scope: 'column', name }
}

function any(args: readonly Expr[]): Expr {
  return args.length === 1 && args[0] ? args[0] : { kind: 'or', args }
}

/** Equality as in the query language: whole value, any case, `*` and `?` wildcards; networks by range. */
function whole(target: Target, value: string): Expr {
  if (target.scope === 'column' && target.name.endsWith('_ip') && value.includes('/')) {
    return { kind: 'match', target, test: { kind: 'cidr', network: value } }
  }
  const parts = parseWildcards(value)
  const only = parts.length === 1 ? parts[0] : undefined
  if (parts.length === 0 || (only !== undefined && typeof only === 'object')) {
    const literal = typeof only === 'object' ? only.literal : ''
    return { kind: 'match', target, test: { kind: 'equals', value: literal, cased: false } }
  }
  return { kind: 'match', target, test: { kind: 'wildcard', parts, cased: false } }
}

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** A time: ISO 8601 (UTC where it names no zone), epoch seconds or milliseconds, `now`, `15m`, `now-7d`. */
export function parseTime(text: string, now: number): number | undefined {
  const relative = /^(?:now)?(?:-?(?<count>\d{1,6})(?<unit>[smhdw]))?$/.exec(text.trim())
  if (relative !== null && text.trim() !== '') {
    const { count, unit } = relative.groups ?? {}
    return now - Number(count ?? 0) * (unit ? UNITS_MS[unit as keyof typeof UNITS_MS] : 0)
  }
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1_000)
  if (/^\d{12,14}$/.test(text)) return Number(text)
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined
  const zoned = /^\d{4}-\d{2}-\d{2}$|[zZ]$|[+-]\d{2}:?\d{2}$/.test(text) ? text : `${text}Z`
  const time = Date.parse(zoned)
  return Number.isNaN(time) ? undefined : time
}
