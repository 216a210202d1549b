// Searches over the day files and the intake of a data folder: what query workers serve.
import type { Event } from '../../../parsers/event.ts'
import { compilePredicate } from '../../../sigma/eval/predicate.ts'
import { createTurns } from '../../in-turn.ts'
import { blockLines } from './block.ts'
import type {
  CountRequest,
  EventReader,
  IngestPosition,
  QueryStats,
  Tail,
  TimeRange,
  Top,
} from './event-store.ts'
import { dayStart, parseId, TIME_MAX_MS, TIME_MIN_MS } from './id.ts'
import { readIntakeMatches } from './intake-matches.ts'
import { readChunks, readDropped, readEpoch, readSequence } from './intake-read.ts'
import { decodeLine } from './line.ts'
import { readMatches } from './sealed-matches.ts'
import { runAfter, unitsAfter } from './search/after.ts'
import { closeFiles, createFiles, type Files, intakeOf } from './search/files.ts'
import { createGroupDocs } from './search/group-docs.ts'
import { histogramOf } from './search/histogram.ts'
import { createQuestions, type Questions } from './search/questions.ts'
import { firstEvents } from './search/rows.ts'
import { countMatches, startRun } from './search/run.ts'
import { openSnapshot, type Snapshot } from './search/snapshot.ts'
import { statsOf } from './search/stats.ts'
import { type Counted, type Facet, topsOf } from './search/top.ts'

const DAY_MS = 86_400_000
/** A read transaction ends after this long, for the files' logs cannot shrink under it. */
export const SEARCH_TIME_MAX_MS = 4_500
/** Time that finding the neighbours of an event may take. */
const AROUND_TIME_MS = 4_000
/** Where so many rows are to be looked at one by one, a facet does not keep others waiting: some 10 ms. */
export const QUICK_ROWS_MAX = 131_072
const ALL_TIME: TimeRange = { from: TIME_MIN_MS, to: TIME_MAX_MS + 1 }

export interface OpenReader extends EventReader {
  /** `top` of several fields: which events match is found once. */
  tops(request: CountRequest, facets: readonly Facet[], signal?: AbortSignal): Promise<Top[]>
  /** The same, but facets of which many events would have to be counted one by one are left undefined. */
  quickTops(
    request: CountRequest,
    facets: readonly Facet[],
    signal?: AbortSignal,
  ): Promise<(Top | undefined)[]>
  close(): void
}

/**
 * A reader of the store below `dataFolder`. Its searches run one after another. `remembered_bytes`: for what the
 * index said to earlier ones.
 */
export function openEventReader(dataFolder: string, remembered_bytes?: number): OpenReader {
  const files = createFiles(dataFolder)
  const inTurn = createTurns()
  const within = <T>(
    range: TimeRange,
    asof: number | undefined,
    work: (snapshot: Snapshot) => Promise<T>,
  ): Promise<T> =>
    inTurn(async () => {
      const snapshot = openSnapshot(files, range, asof)
      try {
        return await work(snapshot)
      } finally {
        snapshot.close()
      }
    })
  const questions = createQuestions(createGroupDocs(), remembered_bytes)
  return {
    ...queries(within, questions),
    ...lookups(files, within, questions),
    close: () => closeFiles(files),
  }
}

type Within = <T>(
  range: TimeRange,
  asof: number | undefined,
  work: (snapshot: Snapshot) => Promise<T>,
) => Promise<T>

const limitedTo = <T extends { readonly timeout_ms: number }>(request: T): T => ({
  ...request,
  timeout_ms: Math.min(request.timeout_ms, SEARCH_TIME_MAX_MS),
})

function queries(
  within: Within,
  questions: Questions,
): Pick<OpenReader, 'search' | 'count' | 'histogram' | 'top' | 'tops' | 'quickTops'> {
  const started = (snapshot: Snapshot, request: CountRequest, signal: AbortSignal | undefined) =>
    startedRun(snapshot, request, questions, signal)
  const countTops = (
    request: CountRequest,
    facets: readonly Facet[],
    signal: AbortSignal | undefined,
    rows_max?: number,
  ): Promise<(Top | undefined)[]> =>
    within(request, request.asof, async (snapshot) => {
      const { units, run } = started(snapshot, request, signal)
      const newest = newestFirst(units)
      const found = await topsOf(run, newest, facets, questions.groupDocs, rows_max)
      const stats = run.stats()
      return found.map((one) => one && topOf(one, stats))
    })
  const tops: OpenReader['tops'] = async (request, facets, signal) =>
    (await countTops(request, facets, signal)).map((top) => top!)
  return {
    search: (request, signal) =>
      within(request, request.asof, async (snapshot) => {
        const { limit, cursor, order } = request
        const { units, run } = started(snapshot, request, signal)
        const direction = order === 'oldest' ? 'up' : 'down'
        const events = await firstEvents(run, units, limit, direction, cursor)
        const end = events.at(-1)
        const full = events.length === limit && end !== undefined
        return {
          events,
          ...(full ? { cursor: { time: end.time, id: end.id } } : {}),
          asof: snapshot.asof,
          stats: run.stats(),
        }
      }),
    count: (request, signal) =>
      within(request, request.asof, async (snapshot) => {
        const { units, run } = started(snapshot, request, signal)
        const total = await countMatches(run, units)
        const stats = run.stats()
        return { total, exact: stats.complete, stats }
      }),
    histogram: (request, signal) =>
      within(request, request.asof, async (snapshot) => {
        const { units, run } = started(snapshot, request, signal)
        const buckets = await histogramOf(run, units, request.bucket_ms, questions.groupDocs)
        const stats = run.stats()
        return { buckets, exact: stats.complete, stats }
      }),
    top: async (request, signal) => {
      const [top] = await tops(request, [request], signal)
      return top!
    },
    tops,
    quickTops: (request, facets, signal) => countTops(request, facets, signal, QUICK_ROWS_MAX),
  }
}

function topOf({ complete, counted, ...top }: Counted, stats: QueryStats): Top {
  const exact = complete && stats.complete
  const seen = exact ? {} : { verified: counted, candidates: stats.candidates }
  return { ...top, exact, ...seen, stats: { ...stats, complete: exact } }
}

/** What a request goes through, and the run that says which rows match. */
function startedRun(
  snapshot: Snapshot,
  request: CountRequest,
  questions: Questions,
  signal: AbortSignal | undefined,
) {
  const { after } = request
  const units = unitsAfter(snapshot.units(request), after)
  const run = runAfter(startRun(limitedTo(request), units.length, questions, signal), after)
  return { units, run }
}

function newestFirst<T extends { readonly newest: number }>(units: readonly T[]): T[] {
  return units.toSorted((a, b) => b.newest - a.newest)
}

function lookups(
  files: Files,
  within: Within,
  questions: Questions,
): Pick<EventReader, 'get' | 'around' | 'stats' | 'position' | 'tail' | 'matchesOf'> {
  const get = async (ids: readonly string[]): Promise<(Event | undefined)[]> => {
    const byDay = Map.groupBy(new Set(ids), (id) => parseId(id)?.day ?? '')
    byDay.delete('')
    const found = new Map<string, Event>()
    for (const [day, wanted] of byDay) {
      const from = dayStart(day)
      await within({ from, to: from + DAY_MS }, undefined, async (snapshot) => {
        for (const id of wanted) {
          const event = eventOf(snapshot, day, parseId(id)!.number)
          if (event !== undefined) found.set(id, event)
        }
      })
    }
    return ids.map((id) => found.get(id))
  }
  return {
    get,
    around: async (id, count, expr) => {
      const [event] = await get([id])
      if (event === undefined) return { before: [], after: [] }
      const position = { time: event.time, id }
      return within(ALL_TIME, undefined, async (snapshot) => {
        const units = snapshot.units(ALL_TIME)
        const find = (direction: 'down' | 'up') =>
          firstEvents(
            startRun(
              { ...ALL_TIME, expr, timeout_ms: AROUND_TIME_MS / 2 },
              units.length,
              questions,
            ),
            units,
            count,
            direction,
            position,
          )
        return { before: await find('down'), after: await find('up') }
      })
    },
    stats: () => within(ALL_TIME, undefined, async (snapshot) => statsOf(files, snapshot)),
    position: async () => positionOf(intakeOf(files)),
    tail: async (after, expr, limit) => tailOf(files, after, expr, limit),
    matchesOf: (ids) => within(rangeOf(ids), undefined, async (snapshot) => rulesOf(snapshot, ids)),
  }
}

function eventOf(snapshot: Snapshot, day: string, number: number): Event | undefined {
  const unit = snapshot.unitOf(day, number)
  return unit?.event(number - unit.first)
}

/** From the first to the last day of the ids. */
function rangeOf(ids: readonly string[]): TimeRange {
  const starts = ids.flatMap((id) => {
    const parsed = parseId(id)
    return parsed === undefined ? [] : [dayStart(parsed.day)]
  })
  if (starts.length === 0) return { from: 0, to: 0 }
  return { from: Math.min(...starts), to: Math.max(...starts) + DAY_MS }
}

function rulesOf(snapshot: Snapshot, ids: readonly string[]): Record<string, readonly string[]> {
  const rules: Record<string, readonly string[]> = {}
  for (const id of new Set(ids)) {
    const parsed = parseId(id)
    if (parsed === undefined) continue
    const found = new Set(
      snapshot.intake === undefined ? [] : readIntakeMatches(snapshot.intake, id),
    )
    const day = snapshot.days.find(({ name }) => name.day === parsed.day)?.day
    if (day !== undefined) {
      for (const match of readMatches(day, parsed.number, parsed.number + 1)) {
        found.add(match.ruleId)
      }
    }
    for (const { ruleId } of snapshot.runMatches(parsed.day, parsed.number, parsed.number + 1))
      found.add(ruleId)
    rules[id] = [...found].sort()
  }
  return rules
}

function positionOf(intake: ReturnType<typeof intakeOf>): IngestPosition | undefined {
  return intake && { epoch: readEpoch(intake), sequence: readSequence(intake) }
}

function tailOf(
  files: Files,
  after: number,
  expr: Parameters<EventReader['tail']>[1],
  limit: number,
): Tail {
  const intake = intakeOf(files)
  if (intake === undefined) return { events: [], sequence: after, gap: false }
  const matches = expr === undefined ? () => true : compilePredicate(expr)
  const gap = after < readDropped(intake)
  const upTo = readSequence(intake)
  const events: Event[] = []
  let sequence = after
  while (sequence < upTo && events.length < limit) {
    const [chunk] = readChunks(intake, sequence, upTo, 1)
    if (chunk === undefined) {
      sequence = upTo
      break
    }
    sequence = chunk.seq
    for (const line of blockLines(chunk.data)) {
      const event = decodeLine(line)
      if (matches(event)) events.push(event)
    }
  }
  return { events, sequence, gap }
}
