// Running counts of what is ingested: per source and in all, with rates over the last seconds. Fed by the
// ingest worker's notices; totals outlive a restart in the state store.
import type { CommitNotice } from '../workers/notices.ts'
import type { StateClient } from '../workers/state-client.ts'

/** Rates are means over this many seconds. */
const RATE_WINDOW_S = 10
/** Commits whose time is kept for percentiles. */
const COMMITS_KEPT = 1_000
/** Sources that are counted; more than this is a sender that names sources at random. */
export const SOURCES_MAX = 10_000
/** Stands for every source beyond that. */
export const OTHER_SOURCES = '(other sources)'
const DAY_MS = 86_400_000

export interface SourceMeter {
  readonly parsers: ReadonlySet<string>
  readonly total: number
  readonly unparsed: number
  readonly today: number
  readonly last: number | undefined
  readonly perSecond: number
}

export interface Meters {
  record(notice: CommitNotice): void
  sources(): ReadonlyMap<string, SourceMeter>
  totals(): { readonly events: number; readonly unparsed: number; readonly matches: number }
  perSecond(): number
  commit_ms(): { readonly p50: number; readonly p99: number }
  /** Takes over the totals that an earlier run saved. */
  load(state: Pick<StateClient, 'loadCounters'>): Promise<void>
  save(state: Pick<StateClient, 'saveCounters'>): Promise<void>
}

interface Counted {
  readonly parsers: Set<string>
  total: number
  unparsed: number
  today: number
  day: number
  last: number | undefined
  readonly rate: Rate
}

/** Meters of one server; `now` in milliseconds. */
export function createMeters(now: () => number = Date.now): Meters {
  const sources = new Map<string, Counted>()
  const totals = { events: 0, unparsed: 0, matches: 0 }
  const rate = createRate(now)
  const commits: number[] = []
  let at = 0

  const counted = (name: string): Counted => {
    const known = sources.get(name)
    if (known !== undefined) return known
    if (sources.size >= SOURCES_MAX && name !== OTHER_SOURCES) return counted(OTHER_SOURCES)
    const made: Counted = {
      parsers: new Set(),
      ...{ total: 0, unparsed: 0, today: 0, day: dayOf(now()), last: undefined },
      rate: createRate(now),
    }
    sources.set(name, made)
    return made
  }

  return {
    record: (notice) => {
      totals.events += notice.events
      totals.unparsed += notice.unparsed
      totals.matches += notice.matches
      rate.add(notice.events)
      commits[at++ % COMMITS_KEPT] = notice.commit_ms
      for (const part of notice.sources) {
        const source = counted(part.source)
        rollDay(source, dayOf(now()))
        source.total += part.events
        source.today += part.events
        source.unparsed += part.unparsed
        source.last = now()
        source.rate.add(part.events)
        for (const parser of part.parsers) source.parsers.add(parser)
      }
    },
    sources: () => {
      for (const source of sources.values()) rollDay(source, dayOf(now()))
      return new Map(
        [...sources].map(([name, source]) => [
          name,
          { ...source, perSecond: source.rate.perSecond() },
        ]),
      )
    },
    totals: () => ({ ...totals }),
    perSecond: () => rate.perSecond(),
    commit_ms: () => percentiles(commits),
    load: async (state) => {
      const kept = await state.loadCounters()
      for (const [name, value] of Object.entries(kept)) restore(name, value, totals, counted)
    },
    save: (state) => state.saveCounters(countersOf(totals, sources)),
  }
}

type Totals = { events: number; unparsed: number; matches: number }

/** `total.events`, `source.<name>.total`; parsers are `source.<name>.parser:<parser>`. */
function countersOf(totals: Totals, sources: ReadonlyMap<string, Counted>): Record<string, number> {
  const counters: Record<string, number> = {
    'total.events': totals.events,
    'total.unparsed': totals.unparsed,
    'total.matches': totals.matches,
  }
  for (const [name, source] of sources) {
    counters[`source.${name}.total`] = source.total
    counters[`source.${name}.unparsed`] = source.unparsed
    counters[`source.${name}.day`] = source.day
    counters[`source.${name}.today`] = source.today
    if (source.last !== undefined) counters[`source.${name}.last`] = source.last
    for (const parser of source.parsers) counters[`source.${name}.parser:${parser}`] = 1
  }
  return counters
}

function restore(
  name: string,
  value: number,
  totals: Totals,
  counted: (name: string) => Counted,
): void {
  const total = /^total\.(events|unparsed|matches)$/.exec(name)?.[1]
  if (total !== undefined) totals[total as keyof Totals] += value
  const parts = /^source\.(.*)\.(total|unparsed|today|day|last|parser:.*)$/s.exec(name)
  if (parts === null) return
  const source = counted(parts[1] ?? '')
  const key = parts[2] ?? ''
  if (key.startsWith('parser:')) source.parsers.add(key.slice('parser:'.length))
  else source[key as 'total' | 'unparsed' | 'today' | 'day' | 'last'] = value
}

function dayOf(time: number): number {
  return Math.floor(time / DAY_MS)
}

function rollDay(source: Counted, day: number): void {
  if (source.day === day) return
  source.day = day
  source.today = 0
}

interface Rate {
  add(count: number): void
  perSecond(): number
}

/** A mean over the last full seconds. */
function createRate(now: () => number): Rate {
  const counts = new Array<number>(RATE_WINDOW_S + 1).fill(0)
  const seconds = new Array<number>(RATE_WINDOW_S + 1).fill(-1)
  const started = Math.floor(now() / 1_000)
  return {
    add: (count) => {
      const second = Math.floor(now() / 1_000)
      const slot = second % counts.length
      if (seconds[slot] !== second) {
        seconds[slot] = second
        counts[slot] = 0
      }
      counts[slot] = (counts[slot] ?? 0) + count
    },
    perSecond: () => {
      const second = Math.floor(now() / 1_000)
      const width = Math.max(1, Math.min(RATE_WINDOW_S, second - started))
      let sum = 0
      for (const [slot, at] of seconds.entries()) {
        if (at >= second - width && at < second) sum += counts[slot] ?? 0
      }
      return sum / width
    },
  }
}

function percentiles(values: readonly number[]): { readonly p50: number; readonly p99: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}
