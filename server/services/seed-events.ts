// Events for the tests of a new rule: what a search found, and the benign ones nearest to it.
import type { Event } from '../../parsers/event.ts'
import type { FieldValue } from '../../sigma/event.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { LogSource } from '../../sigma/rule.ts'
import type { EventReader, TimeRange } from '../stores/events/event-store.ts'

/** Events looked at for near ones. */
const CANDIDATES_MAX = 500
const SEARCH_TIMEOUT_MS = 10_000
const FIELDS_MAX = 500

/** An event that the rule must not match, and how near it is. */
export interface Neighbour {
  readonly event: Event
  /** Fields with the same value as the nearest hit. */
  readonly shared: number
  /** Fields whose value is another one there. */
  readonly differing: readonly string[]
}

/**
 * Events of the log source that the search does not find and no rule matched, those first that share most
 * fields with one of the hits.
 */
export async function nearestBenign(
  reader: Pick<EventReader, 'search' | 'matchesOf'>,
  wanted: {
    readonly expr: Expr
    readonly logsource: LogSource
    readonly hits: readonly Event[]
    readonly range: TimeRange
    readonly limit: number
  },
  signal?: AbortSignal,
): Promise<readonly Neighbour[]> {
  const { expr, logsource, hits, range, limit } = wanted
  const args: Expr[] = [{ kind: 'not', arg: expr }, ...logsourceExprs(logsource)]
  const request = { ...range, limit: CANDIDATES_MAX, timeout_ms: SEARCH_TIMEOUT_MS }
  const { events } = await reader.search({ ...request, expr: { kind: 'and', args } }, signal)
  const matched = await reader.matchesOf(events.map(({ id }) => id))
  const flat = hits.map(leavesOf)
  const benign = events.filter(({ id }) => (matched[id] ?? []).length === 0)
  const near = benign.map((event) => nearest(event, flat))
  return distinct(near.sort((a, b) => b.shared - a.shared)).slice(0, limit)
}

function logsourceExprs({ product, category, service }: LogSource): Expr[] {
  return Object.entries({ product, category, service }).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [
          {
            kind: 'match',
            target: { scope: 'column', name: name as 'product' },
            test: { kind: 'equals', value, cased: false },
          } satisfies Expr,
        ],
  )
}

type Leaves = ReadonlyMap<string, string>

function nearest(event: Event, hits: readonly Leaves[]): Neighbour {
  const own = leavesOf(event)
  let best: Neighbour = { event, shared: -1, differing: [] }
  for (const hit of hits) {
    const differing: string[] = []
    let shared = 0
    for (const [name, value] of hit) {
      if (own.get(name) === value) shared++
      else if (own.has(name)) differing.push(name)
    }
    if (shared > best.shared) best = { event, shared, differing }
  }
  return best
}

/** One of those that are alike but for times and numbers. */
function distinct(neighbours: readonly Neighbour[]): readonly Neighbour[] {
  const seen = new Set<string>()
  return neighbours.filter(({ event }) => {
    const key = (event.message || event.raw).replace(/\d+/g, '0')
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Every value of an event's fields by its path, folded. */
function leavesOf({ fields }: Event): Leaves {
  const out = new Map<string, string>()
  const visit = (value: FieldValue, path: string) => {
    if (out.size >= FIELDS_MAX) return
    if (typeof value !== 'object' || value === null) out.set(path, String(value).toLowerCase())
    else if (Array.isArray(value)) out.set(path, JSON.stringify(value).toLowerCase())
    else for (const [name, inner] of Object.entries(value)) visit(inner, `${path}.${name}`)
  }
  for (const [name, value] of Object.entries(fields)) visit(value, name)
  return out
}

/** Fields that say most about what an event is, the best first. */
const TELLING = [
  'eventSource',
  'eventName',
  'EventID',
  'Image',
  'OriginalFileName',
  'ParentImage',
  'TargetFilename',
  'TargetObject',
  'QueryName',
  'query',
  'cs-uri-stem',
  'cs-user-agent',
  'program',
  'operationName',
  'action',
]
const TELLING_MAX = 3

/** Fields of an event that a search for its like would name, with what it would ask of each. */
export function tellingFields({ fields, pivots }: Event): readonly (readonly [string, string])[] {
  return TELLING.flatMap((name) => {
    const value = fields[name] ?? (name === 'action' ? pivots.action : undefined)
    if (typeof value !== 'string' && typeof value !== 'number') return []
    return value === '' ? [] : [[name, String(value)] as const]
  }).slice(0, TELLING_MAX)
}
