// Events for the tests of a rule made from a hunt: those that it finds, and those nearest to them that it
// must not.
import type { Event } from '../../parsers/event.ts'
import { smallestChange } from '../../sigma/eval/nearest.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { LogSource } from '../../sigma/rule.ts'
import { declares } from '../services/liveness-sample.ts'
import type { EventReader, TimeRange } from '../stores/events/event-store.ts'

/** Events offered, of each kind. */
export const CASES_OFFERED_MAX = 8
/** Newest events among which the nearest are looked for. */
const NEAR_LOOKED_AT = 400
const TIMEOUT_MS = 4_000

type Reader = Pick<EventReader, 'search'>

/** The newest events that match, of different kinds first. */
export async function hitsOf(
  events: Reader,
  expr: Expr,
  range: TimeRange,
  rules: readonly string[] | undefined,
): Promise<readonly Event[]> {
  const only = rules === undefined ? {} : { rules }
  const request = { ...range, ...only, expr, limit: 200, timeout_ms: TIMEOUT_MS }
  const found = await events.search(request)
  return distinct(found.events)
}

/** Events that a rule of the log source would see and not match, those that lack least first. */
export async function nearestMisses(
  events: Reader,
  expr: Expr,
  logsource: LogSource,
  range: TimeRange,
): Promise<readonly Event[]> {
  const misses: Expr = { kind: 'not', arg: expr }
  const seen: Expr = { kind: 'and', args: [declares(logsource), misses] }
  const found = new Map<string, Event>()
  for (const asked of [seen, misses]) {
    if (found.size > 0) break
    const request = { ...range, expr: asked, limit: NEAR_LOOKED_AT, timeout_ms: TIMEOUT_MS }
    for (const event of (await events.search(request)).events)
      if (ruleAccepts(logsource, event.logsource)) found.set(event.id, event)
  }
  const ranked = [...found.values()]
    .map((event) => ({ event, lacks: lackOf(expr, event) }))
    .sort((a, b) => a.lacks - b.lacks)
  return distinct(ranked.map(({ event }) => event))
}

/** How many values would have to be others; none that can be: the furthest. */
function lackOf(expr: Expr, event: Event): number {
  return smallestChange(expr, event).changes.length || Number.POSITIVE_INFINITY
}

/** One event of each kind (source, host, action and the beginning of its message), in their order. */
function distinct(events: readonly Event[]): readonly Event[] {
  const kinds = new Map<string, Event>()
  for (const event of events) {
    const { source, pivots, message } = event
    const start = message.replace(/\d+/g, '0').slice(0, 60)
    const kind = JSON.stringify([source, pivots.action, pivots.process, start])
    if (!kinds.has(kind)) kinds.set(kind, event)
  }
  const first = [...kinds.values()]
  const rest = events.filter((event) => !first.includes(event))
  return [...first, ...rest].slice(0, CASES_OFFERED_MAX)
}
