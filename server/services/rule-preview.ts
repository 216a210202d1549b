// What a draft would have done on stored events, beside the version that is live. Nothing is raised.
import { COST_SAMPLE_MAX, costOf } from '../../ci/backtest/cost.ts'
import { compareVerdicts } from '../../ci/backtest/judge.ts'
import { createReplay } from '../../ci/backtest/replay.ts'
import type { PastAlert } from '../../ci/backtest/server-events.ts'
import type { EntityCount } from '../../ci/backtest/tally.ts'
import type { Event } from '../../parsers/event.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import type { EventReader, TimeRange } from '../stores/events/event-store.ts'
import type { Alert } from '../stores/state/state-store.ts'
import type { StateClient } from '../workers/state-client.ts'

const DAY_MS = 86_400_000
/** How far back a preview looks when nothing says so. */
export const PREVIEW_DAYS_DEFAULT = 30
export const PREVIEW_DAYS_MAX = 366
/** It stops after this long, or this many matches, and says how far it got. */
export const PREVIEW_TIMEOUT_MS = 60_000
export const PREVIEW_MATCHES_MAX = 200_000
const PAGE_EVENTS = 1_000
const SAMPLES_MAX = 10
const BUCKETS_MAX = 62
const ALERTS_PAGE = 500
const ALERTS_MAX = 5_000

export interface PreviewRequest {
  readonly after: LoadedRule
  /** The live version, where there is one. */
  readonly before: LoadedRule | undefined
  readonly range: TimeRange
  readonly signal: AbortSignal
  /** Hears how much of the range was looked at, 0 to 1. */
  readonly onProgress?: (share: number) => void
}

/** Why a preview ended before the start of its range. */
export type PreviewStop = 'time' | 'matches'

export interface Preview {
  readonly range: TimeRange
  /** From here to the end of the range everything was looked at. */
  readonly reached: number
  readonly stopped?: PreviewStop
  /** Events stored in the range. */
  readonly events: { readonly total: number; readonly exact: boolean }
  readonly took_ms: number
  readonly days: number
  /** Events that the draft matches and the live version not; the other way round; both. */
  readonly added: number
  readonly lost: number
  readonly same: number
  readonly alerts: { readonly before: number; readonly after: number }
  /** Milliseconds of one core per 100,000 events like the newest ones. */
  readonly cost: { readonly before_ms: number; readonly after_ms: number; readonly sample: number }
  /** Matching events by time, ascending, without gaps. */
  readonly histogram: readonly {
    readonly start: number
    readonly before: number
    readonly after: number
  }[]
  readonly bucket_ms: number
  readonly entities: readonly (EntityCount & { readonly verdicts: readonly PastAlert[] })[]
  readonly samples: readonly Event[]
  readonly addedExamples: readonly Event[]
  readonly lostExamples: readonly Event[]
  readonly verdicts: {
    readonly kept: number
    readonly lost: readonly PastAlert[]
    readonly refired: readonly PastAlert[]
  }
  readonly hasLive: boolean
}

type Reader = Pick<EventReader, 'search' | 'count'>

/** Runs a preview. Rejects with the signal's reason when it is cancelled. */
export async function previewRule(
  reader: Reader,
  state: Pick<StateClient, 'listAlerts'>,
  request: PreviewRequest,
): Promise<Preview> {
  const { after, before, range, signal } = request
  const started = performance.now()
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PREVIEW_TIMEOUT_MS)])
  const counting = reader.count({ ...range, timeout_ms: PREVIEW_TIMEOUT_MS }, signal)
  const seen = { matched: new Set<string>(), fires: new Set<string>() }
  const samples: Event[] = []
  const buckets = newBuckets(range)
  const change = { id: after.id, title: after.title, path: after.path, before, after }
  const replay = createReplay([change], (_, event, was, is) => {
    seen.matched.add(event.id)
    if (is) seen.fires.add(event.id)
    if (is && samples.length < SAMPLES_MAX) samples.push(event)
    buckets.add(event.time, was, is)
  })
  const walked = await walk(reader, request, limit, replay.add, () => seen.matched.size)
  const [tally] = replay.result().tallies
  const [events, sample, past] = await Promise.all([
    counting,
    reader.search({ ...range, limit: COST_SAMPLE_MAX, timeout_ms: PREVIEW_TIMEOUT_MS }, signal),
    alertsOf(state, after.id, { from: walked.reached, to: range.to }),
  ])
  const verdicts = compareVerdicts(past, seen.fires, seen.matched)
  const { added = 0, lost = 0, same = 0 } = tally ?? {}
  return {
    ...{ range, ...walked, added, lost, same, samples },
    events: { total: events.total, exact: events.exact },
    took_ms: performance.now() - started,
    days: Math.max(1, (range.to - walked.reached) / DAY_MS),
    alerts: { before: tally?.alertsBefore ?? 0, after: tally?.alertsAfter ?? 0 },
    cost: {
      before_ms: costOf(before, sample.events),
      after_ms: costOf(after, sample.events),
      sample: sample.events.length,
    },
    ...buckets.result(),
    entities: (tally?.entities ?? []).map((entity) => ({
      ...entity,
      verdicts: verdicts.replayed.filter(
        ({ host, user }) => host === entity.host && user === entity.user,
      ),
    })),
    addedExamples: tally?.addedExamples ?? [],
    lostExamples: tally?.lostExamples ?? [],
    verdicts: {
      kept: verdicts.keptTruePositives,
      lost: verdicts.lostTruePositives,
      refired: verdicts.refiredFalsePositives,
    },
    hasLive: before !== undefined,
  }
}

/** Every event that either version may match, newest first, a day at a time so that it can tell how far it
 * is and be stopped. */
async function walk(
  reader: Reader,
  { after, before, range, signal, onProgress }: PreviewRequest,
  limit: AbortSignal,
  add: (event: Event) => void,
  matches: () => number,
): Promise<{ readonly reached: number; readonly stopped?: PreviewStop }> {
  const expr: Expr =
    before === undefined ? after.expr : { kind: 'or', args: [before.expr, after.expr] }
  let reached = range.to
  while (reached > range.from) {
    const from = Math.max(range.from, reached - DAY_MS)
    let request = { from, to: reached, expr, limit: PAGE_EVENTS, timeout_ms: PREVIEW_TIMEOUT_MS }
    for (;;) {
      const found = await searchUntil(reader, request, limit, signal)
      if (found === undefined) return { reached: request.to, stopped: 'time' }
      for (const event of found.events) add(event)
      if (!found.stats.complete) return { reached, stopped: 'time' }
      if (found.cursor === undefined) break
      if (matches() >= PREVIEW_MATCHES_MAX)
        return { reached: found.cursor.time, stopped: 'matches' }
      request = Object.assign({}, request, { cursor: found.cursor, asof: found.asof })
    }
    reached = from
    onProgress?.((range.to - reached) / (range.to - range.from))
  }
  return { reached }
}

/** Undefined when the time is up; rejects when the caller went away. */
async function searchUntil(
  reader: Reader,
  request: Parameters<Reader['search']>[0],
  limit: AbortSignal,
  signal: AbortSignal,
) {
  signal.throwIfAborted()
  if (limit.aborted) return undefined
  try {
    return await reader.search(request, limit)
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) return undefined
    throw error
  }
}

function newBuckets(range: TimeRange) {
  const days = Math.ceil((range.to - range.from) / DAY_MS)
  const bucket_ms = days <= 2 ? 3_600_000 : DAY_MS * Math.max(1, Math.ceil(days / BUCKETS_MAX))
  const first = Math.floor(range.from / bucket_ms)
  const counts = Array.from({ length: Math.ceil(range.to / bucket_ms) - first }, () => ({
    before: 0,
    after: 0,
  }))
  return {
    add: (time: number, before: boolean, after: boolean) => {
      const bucket = counts[Math.floor(time / bucket_ms) - first]
      if (bucket === undefined) return
      if (before) bucket.before++
      if (after) bucket.after++
    },
    result: () => ({
      bucket_ms,
      histogram: counts.map((bucket, n) => ({ start: (first + n) * bucket_ms, ...bucket })),
    }),
  }
}

/** Alerts of the rule in a range, as verdicts are compared by. */
async function alertsOf(
  state: Pick<StateClient, 'listAlerts'>,
  ruleId: string,
  range: TimeRange,
): Promise<readonly PastAlert[]> {
  const out: PastAlert[] = []
  let cursor: string | undefined
  do {
    const page = await state.listAlerts({
      filter: { ruleId, from: range.from, to: range.to },
      limit: ALERTS_PAGE,
      order: 'last_seen',
      ...(cursor === undefined ? {} : { cursor }),
    })
    out.push(...page.alerts.map(pastAlert))
    cursor = page.cursor
  } while (cursor !== undefined && out.length < ALERTS_MAX)
  return out
}

function pastAlert({ id, ruleId, host, user, status, verdict, eventIds }: Alert): PastAlert {
  return { alertId: id, ruleId, host: host ?? '', user: user ?? '', status, verdict, eventIds }
}
