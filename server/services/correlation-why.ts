// Why a correlation held around a stored event, or did not: from the events stored around it, and from what the
// live engine holds of its group.
import type { Event } from '../../parsers/event.ts'
import type { GroupView } from '../../sigma/correlate/types.ts'
import {
  type CorrelationWhy,
  groupPaths,
  groupsOf,
  readsOf,
  whyCorrelation,
} from '../../sigma/correlate/why.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { EventReader, SearchRequest } from '../stores/events/event-store.ts'
import type { AlertMaking } from '../stores/state/alerts-store.ts'
import type { CorrelationVersion } from './preview-versions.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService } from './services.ts'

/** Events read before the event, and after it. */
export const WHY_EVENTS_MAX = 2_000
const TIMEOUT_MS = 5_000
/** The time around an event that is read, at most. */
const SPAN_MS_MAX = 31 * 86_400_000

/** A group as the live engine holds it. */
export interface LiveGroup {
  readonly key: readonly (string | undefined)[]
  /** Undefined: it holds nothing of this group. */
  readonly group: GroupView | undefined
}

export interface StoredCorrelationWhy extends CorrelationWhy {
  /** False where there were more events around it than are read: counts are of those read. */
  readonly complete: boolean
  /** The event's groups in the live engine, now. */
  readonly live: readonly LiveGroup[]
  /** Events that count now and did not match when they came in: the rules were others then. */
  readonly unmatchedThen: readonly string[]
  /** Events that count, by id. */
  readonly events: readonly Event[]
}

export interface CorrelationWhyParts {
  readonly rules: Pick<RuleService, 'correlation'>
  readonly events: Pick<EventReader, 'get' | 'search' | 'matchesOf'>
  readonly state: Pick<AlertMaking, 'correlationGroup'>
}

/** Explains a live correlation on an event, stored or given as a copy. Rejects `not-found` for an unknown one. */
export async function explainStored(
  { rules, events, state }: CorrelationWhyParts,
  id: string,
  asked: string | Event,
): Promise<StoredCorrelationWhy> {
  const version = rules.correlation(id)
  if (version === undefined) throw new ServiceError('not-found', `no correlation ${id} that runs`)
  const event = typeof asked === 'string' ? (await events.get([asked]))[0] : asked
  if (event === undefined)
    throw new ServiceError('not-found', `no event ${asked}: it may have left by retention`)
  const { correlation, loaded } = version
  const around = await readAround(events, version, event)
  const named = around.events.map((one) => ({ ref: one.id, event: one }))
  const why = whyCorrelation(correlation, loaded, { ref: event.id, event }, named)
  const keys = why.windows.map(({ key }) => key.map(({ value }) => value))
  const counted = new Set(why.windows.flatMap((window) => window.events.map(({ ref }) => ref)))
  const contributing = around.events.filter((one) => counted.has(one.id))
  const [live, then] = await Promise.all([
    Promise.all(keys.map(async (key) => ({ key, group: await state.correlationGroup(id, key) }))),
    events.matchesOf(contributing.map((one) => one.id)),
  ])
  const read = readsOf(correlation, loaded).rules
  const unmatchedThen = contributing
    .filter((one) => !read.some((rule) => then[one.id]?.includes(rule.id)))
    .map((one) => one.id)
  return { ...why, complete: around.complete, live, unmatchedThen, events: contributing }
}

/** The events around one that may count, itself among them, by time. */
async function readAround(
  reader: Pick<EventReader, 'search'>,
  version: CorrelationVersion,
  event: Event,
): Promise<{ readonly events: readonly Event[]; readonly complete: boolean }> {
  const { correlation, loaded } = version
  const span_ms = Math.min(readsOf(correlation, loaded).span_ms, SPAN_MS_MAX)
  const request: Omit<SearchRequest, 'from' | 'to'> = {
    expr: wantedOf(version, event),
    limit: WHY_EVENTS_MAX,
    timeout_ms: TIMEOUT_MS,
  }
  const [before, after] = await Promise.all([
    reader.search({ ...request, from: event.time - span_ms, to: event.time + 1, order: 'newest' }),
    reader.search({ ...request, from: event.time, to: event.time + span_ms + 1, order: 'oldest' }),
  ])
  const byId = new Map([...before.events, event, ...after.events].map((one) => [one.id, one]))
  const events = [...byId.values()].toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))
  const complete = [before, after].every(
    (found) => found.stats.complete && found.events.length < WHY_EVENTS_MAX,
  )
  return { events, complete }
}

/** What the rules below ask, and where the groups are of the events alone, that they are the event's. */
function wantedOf({ correlation, loaded }: CorrelationVersion, event: Event): Expr {
  const { rules } = readsOf(correlation, loaded)
  const isDirect = correlation.inputs.every(({ kind }) => kind === 'rule')
  const keys = groupsOf(correlation, loaded.correlations, event, new Set())
  const paths = groupPaths(correlation, loaded.correlations)
  const args = rules.flatMap(({ id, expr }): Expr[] => {
    if (!isDirect) return [expr]
    return paths
      .filter(({ ruleId }) => ruleId === id)
      .flatMap(({ fields }) =>
        keys.map((key): Expr => ({ kind: 'and', args: [expr, ...sameValues(fields, key)] })),
      )
  })
  return { kind: 'or', args }
}

function sameValues(fields: readonly string[], key: readonly (string | undefined)[]): Expr[] {
  return fields.flatMap((name, n): Expr[] => {
    const value = key[n]
    if (value === undefined) return []
    const test = { kind: 'equals', value, cased: false } as const
    return [{ kind: 'match', target: { scope: 'auto', name }, test }]
  })
}
