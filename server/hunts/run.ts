// One run of a hunt: how many events match in its range, and which of them came in since the last run, by
// their place in the order of ingest. What came in while the server was down belongs to the next run, however
// short the hunt's range is.
import { z } from 'zod'
import type { Event } from '../../parsers/event.ts'
import type { HuntSearch } from '../../query/hunt/hunt.ts'
import { type Covered, cover } from '../services/cover.ts'
import type { DueWork, WorkOutcome, WorkRunner } from '../services/schedules.ts'
import { ServiceError } from '../services/service-error.ts'
import type { EventReader, SearchRequest, TimeRange } from '../stores/events/event-store.ts'
import { RUN_SAMPLES_MAX, type RunRecord, type RunStore } from '../stores/state/runs.ts'
import { type HuntRequest, huntRequest, searchKey } from './search.ts'

const PAGE_EVENTS = 1_000
/** One page may take this long, milliseconds; the store may stop sooner. */
const PAGE_TIMEOUT_MS = 4_000
/** Earlier runs among which the last good one is looked for. */
const RUNS_LOOKED_AT = 200
const MESSAGE_CHARACTERS_MAX = 300
/** A run ends after this long, milliseconds, and says so. */
export const RUN_TIME_MAX_MS = 15 * 60_000

const Range = z.object({ from: z.number(), to: z.number() })
const Sample = z.object({
  id: z.string(),
  time: z.number(),
  host: z.string(),
  source: z.string(),
  message: z.string(),
})

const values = z.array(z.string())
const Search = z.object({
  query: z.string(),
  filters: z.object({
    ...{ source: values, severity: values, host: values },
    ...{ rule: z.string().optional(), range: z.string().optional() },
  }),
})

/** What the ledger keeps of a run beside the counts. */
const HuntRunDetail = z.object({
  /** What was searched for. */
  search: Search,
  /** Event times that matches were counted in. */
  range: Range,
  /** Event times that new ones were looked for in. */
  reach: Range,
  /** Why everything is new: the first run, or another search than before. */
  first: z.enum(['first-run', 'search-changed', 'other-intake']).optional(),
  /** The newest of the new ones, copied: they outlive the retention of events. */
  samples: z.array(Sample),
})
export interface HuntRunDetail extends Omit<z.output<typeof HuntRunDetail>, 'search'> {
  readonly search: HuntSearch
}

/** A run's detail; undefined for one that failed. */
export function detailOf({ detail }: Pick<RunRecord, 'detail'>): HuntRunDetail | undefined {
  const parsed = HuntRunDetail.safeParse(detail)
  return parsed.success ? (JSON.parse(JSON.stringify(parsed.data)) as HuntRunDetail) : undefined
}

export interface HuntRunParts {
  readonly events: Pick<EventReader, 'search' | 'count' | 'position'>
  readonly state: Pick<RunStore, 'listRuns'>
  /** Undefined for a hunt that is no longer there. */
  readonly huntOf: (id: string) => Promise<HuntSearch | undefined>
  /** Default `RUN_TIME_MAX_MS`. */
  readonly time_max_ms?: number
}

/** The runner of hunts. */
export function createHuntRunner(parts: HuntRunParts): WorkRunner {
  return (due) => runHunt(parts, due)
}

async function runHunt(parts: HuntRunParts, due: DueWork): Promise<WorkOutcome> {
  const hunt = await parts.huntOf(due.id)
  if (hunt === undefined) throw new ServiceError('not-found', `there is no hunt ${due.id}`)
  const request = huntRequest(hunt, due.now)
  const position = await parts.events.position()
  const since = await sinceLast(parts, due, searchKey(hunt), position?.epoch)
  const asof = position?.sequence ?? 0
  const reach = { ...request.reach, from: Math.min(request.reach.from, since.from) }
  const task = taskOf(parts, due)
  const matches = await countIn(task, request, asof)
  const fresh = await newIn(task, { ...request, reach }, { after: since.sequence, asof })
  const detail: HuntRunDetail = {
    ...{ search: searched(hunt), range: request.range, reach },
    samples: fresh.newest.map(sampleOf),
    ...(since.first === undefined ? {} : { first: since.first }),
  }
  return {
    ...{ matches, fresh: fresh.count, sampleEventIds: fresh.newest.map(({ id }) => id) },
    ...{ from: since.sequence, to: asof, detail },
    ...(position === undefined ? {} : { cutoff: position }),
  }
}

function searched({ query, filters }: HuntSearch): HuntSearch {
  return { query, filters }
}

interface Since {
  readonly sequence: number
  /** Where the range of that run began. */
  readonly from: number
  readonly first?: HuntRunDetail['first']
}

/** Up to where the last run of the same search looked. */
async function sinceLast(
  { state }: HuntRunParts,
  { id, schedule }: DueWork,
  key: string,
  epoch: string | undefined,
): Promise<Since> {
  const all = { sequence: 0, from: Number.POSITIVE_INFINITY }
  const runs = await state.listRuns({ kind: 'hunt', id, limit: RUNS_LOOKED_AT })
  const last = runs.find(({ status }) => status === 'ok')
  const detail = last && detailOf(last)
  if (detail === undefined || schedule.cutoff === undefined) return { ...all, first: 'first-run' }
  if (searchKey(detail.search) !== key) return { ...all, first: 'search-changed' }
  if (schedule.cutoff.epoch !== epoch) return { ...all, first: 'other-intake' }
  return { sequence: schedule.cutoff.sequence, from: detail.range.from }
}

/** A run under way. */
interface Task extends Pick<DueWork, 'signal' | 'progress'> {
  readonly events: HuntRunParts['events']
  /** Throws when the run must end: it was told to, or takes too long. */
  check(): void
}

function taskOf({ events, time_max_ms = RUN_TIME_MAX_MS }: HuntRunParts, due: DueWork): Task {
  const began = performance.now()
  const { signal, progress } = due
  const check = () => {
    signal.throwIfAborted()
    if (performance.now() - began >= time_max_ms)
      throw new ServiceError('unavailable', `not done after ${time_max_ms} ms: narrow the search`)
  }
  return { events, signal, progress, check }
}

/** Matches in the range; each half of the work moves the progress by a half. */
async function countIn(
  { events, signal, progress, check }: Task,
  { range, reach: _, ...what }: HuntRequest,
  asof: number,
): Promise<number> {
  let total = 0
  await cover(range.from, range.to, async (from, to): Promise<Covered> => {
    check()
    const request = { ...what, from, to, asof, timeout_ms: PAGE_TIMEOUT_MS }
    const found = await events.count(request, signal)
    check()
    if (!found.exact) return 'too-much'
    total += found.total
    progress(shareOf(range, to) / 2)
    return 'done'
  })
  return total
}

/** Matches that came in after a place in the order of ingest: how many, and the newest. */
async function newIn(
  task: Task,
  { reach, range: _, ...what }: HuntRequest,
  order: Order,
): Promise<Found> {
  let all: Found = { count: 0, newest: [] }
  if (order.after >= order.asof) return all
  await cover(reach.from, reach.to, async (from, to): Promise<Covered> => {
    const request = { ...what, ...order, from, to, timeout_ms: PAGE_TIMEOUT_MS }
    const found = order.after === 0 ? await everything(task, request) : await paged(task, request)
    if (found === undefined) return 'too-much'
    const newest = [...found.newest, ...all.newest].slice(0, RUN_SAMPLES_MAX)
    all = { count: all.count + found.count, newest }
    task.progress(0.5 + shareOf(reach, to) / 2)
    return 'done'
  })
  return all
}

interface Order {
  readonly after: number
  readonly asof: number
}

interface Found {
  readonly count: number
  readonly newest: readonly Event[]
}

type Part = Order & Omit<SearchRequest, 'limit'>

/** All matches of a window; undefined when that takes too long. */
async function everything(
  { events, signal, check }: Task,
  { after: _, ...request }: Part,
): Promise<Found | undefined> {
  const { total, exact } = await events.count(request, signal)
  check()
  if (!exact) return undefined
  if (total === 0) return { count: 0, newest: [] }
  const found = await events.search({ ...request, limit: RUN_SAMPLES_MAX }, signal)
  check()
  return found.stats.complete ? { count: total, newest: found.events } : undefined
}

/** Matches of a window that came in after, page by page; undefined when one takes too long. */
async function paged({ events, signal, check }: Task, request: Part): Promise<Found | undefined> {
  const newest: Event[] = []
  let page: SearchRequest = { ...request, limit: PAGE_EVENTS }
  for (let count = 0; ; ) {
    const found = await events.search(page, signal)
    check()
    if (!found.stats.complete) return undefined
    count += found.events.length
    newest.push(...found.events.slice(0, RUN_SAMPLES_MAX - newest.length))
    if (found.cursor === undefined) return { count, newest }
    page = { ...page, cursor: found.cursor }
  }
}

function shareOf({ from, to }: TimeRange, at: number): number {
  return (at - from) / Math.max(to - from, 1)
}

function sampleOf({ id, time, pivots, source, message, raw }: Event) {
  const text = (message === '' ? raw : message).slice(0, MESSAGE_CHARACTERS_MAX)
  return { id, time, host: String(pivots.host ?? ''), source, message: text }
}
