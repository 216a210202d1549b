// What a draft would have done on stored events, beside the version that is live. Nothing is raised.
import { COST_SAMPLE_MAX } from '../../ci/backtest/cost.ts'
import { compareVerdicts } from '../../ci/backtest/judge.ts'
import type { PastAlert } from '../../ci/backtest/server-events.ts'
import { createTally, type EntityCount, type Tally } from '../../ci/backtest/tally.ts'
import type { Event } from '../../parsers/event.ts'
import type { EventReader, TimeRange } from '../stores/events/event-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import { pastAlerts } from './preview-alerts.ts'
import { newBuckets, type PreviewBucket } from './preview-buckets.ts'
import type { Versions } from './preview-versions.ts'
import { PREVIEW_TIMEOUT_MS, type PreviewStop, walkEvents } from './preview-walk.ts'

const DAY_MS = 86_400_000
/** How far back a preview looks when nothing says so. */
export const PREVIEW_DAYS_DEFAULT = 30
export const PREVIEW_DAYS_MAX = 366
const SAMPLES_MAX = 10

export interface PreviewRequest {
  readonly range: TimeRange
  readonly signal: AbortSignal
  /** Hears how much of the range was looked at, 0 to 1. */
  readonly onProgress?: (share: number) => void
}

export interface Preview {
  readonly range: TimeRange
  /** The part of the range in which everything was looked at. */
  readonly covered: TimeRange
  readonly stopped?: PreviewStop
  /** Events stored in the range. */
  readonly events: { readonly total: number; readonly exact: boolean }
  readonly took_ms: number
  /** Length of the covered part, one at least. */
  readonly days: number
  /** Events that the draft fires on and the live version not; the other way round; both. */
  readonly added: number
  readonly lost: number
  readonly same: number
  readonly alerts: { readonly before: number; readonly after: number }
  /** Milliseconds of one core per 100,000 events like the newest ones. */
  readonly cost: { readonly before_ms: number; readonly after_ms: number; readonly sample: number }
  readonly histogram: readonly PreviewBucket[]
  readonly bucket_ms: number
  /** Most changed first. */
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
  /** It raises nothing itself: its alerts are none. */
  readonly feedsOnly: boolean
}

/** Runs a preview. Rejects with the signal's reason when it is cancelled. */
export async function previewVersions(
  reader: Pick<EventReader, 'search' | 'count'>,
  state: Pick<StateClient, 'listAlerts'>,
  versions: Versions,
  request: PreviewRequest,
): Promise<Preview> {
  const { range, signal } = request
  const started = performance.now()
  const { id, expr, order, hasLive, feedsOnly } = versions
  const counting = reader.count({ ...range, timeout_ms: PREVIEW_TIMEOUT_MS }, signal)
  const heard = listen(versions, range, order)
  const walk = { ...request, expr, order, add: heard.add, matches: () => heard.matched.size }
  const [walked, events] = await Promise.all([walkEvents(reader, walk), counting])
  const sampling = { ...range, limit: COST_SAMPLE_MAX, timeout_ms: PREVIEW_TIMEOUT_MS }
  const [sample, past] = await Promise.all([
    reader.search(sampling, signal),
    pastAlerts(state, id, walked.covered),
  ])
  const { tally, buckets, samples, fires } = heard
  const { added, lost, same, entities, ...counted } = tally.result()
  const verdicts = compareVerdicts(past, fires, heard.matched)
  return {
    ...{ range, ...walked, added, lost, same, samples, hasLive, feedsOnly },
    ...{ addedExamples: counted.addedExamples, lostExamples: counted.lostExamples },
    events: { total: events.total, exact: events.exact },
    took_ms: performance.now() - started,
    days: Math.max(1, (walked.covered.to - walked.covered.from) / DAY_MS),
    alerts: alertsIn(versions, tally.result()),
    cost: { ...versions.cost(sample.events), sample: sample.events.length },
    ...buckets.result(),
    entities: entities.map((entity) => ({
      ...entity,
      verdicts: verdicts.replayed.filter(
        ({ host, user }) => host === entity.host && user === entity.user,
      ),
    })),
    verdicts: {
      kept: verdicts.keptTruePositives,
      lost: verdicts.lostTruePositives,
      refired: verdicts.refiredFalsePositives,
    },
  }
}

/** What the matches fold into; firings of a correlation are alerts as they are. */
function alertsIn({ change, feedsOnly }: Versions, tally: Tally): Preview['alerts'] {
  const { added, lost, same, alertsBefore, alertsAfter } = tally
  if (feedsOnly) return { before: 0, after: 0 }
  if (change.after === undefined) return { before: lost + same, after: added + same }
  return { before: alertsBefore, after: alertsAfter }
}

/** Counts what the versions say of the events. */
function listen(versions: Versions, range: TimeRange, order: 'newest' | 'oldest') {
  const matched = new Set<string>()
  const fires = new Set<string>()
  const samples: Event[] = []
  const buckets = newBuckets(range)
  const tally = createTally(versions.change)
  const add = versions.start((event, before, after) => {
    matched.add(event.id)
    if (after) fires.add(event.id)
    if (after) keepNewest(samples, event, order)
    buckets.add(event.time, before, after)
    tally.add(event, before, after)
  })
  return { add, matched, fires, samples, buckets, tally }
}

/** The newest stand first, whatever the order they come in. */
function keepNewest(samples: Event[], event: Event, order: 'newest' | 'oldest'): void {
  if (order === 'oldest') {
    samples.unshift(event)
    samples.splice(SAMPLES_MAX)
  } else if (samples.length < SAMPLES_MAX) samples.push(event)
}
