// Counters by source and by rule, kept in the intake in the same transaction as what they count, so that
// they survive restarts and equal what was stored.
import type { Database } from 'bun:sqlite'
import type { Event } from '../../../parsers/event.ts'
import { dayOf } from './id.ts'

/** Further sources are counted under `OTHER_SOURCES`: labels are the senders' to choose. */
const SOURCES_MAX = 10_000
export const OTHER_SOURCES = '(other)'
const PARSERS_PER_SOURCE_MAX = 32

export const COUNTS_SCHEMA = `
CREATE TABLE IF NOT EXISTS sources(
  name TEXT PRIMARY KEY, parsers TEXT NOT NULL, events INTEGER NOT NULL, unparsed INTEGER NOT NULL,
  last INTEGER NOT NULL, day TEXT NOT NULL, day_events INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rule_hits(
  rule_id TEXT PRIMARY KEY, total INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;
`

/** What came from a source, ever and on its last day (by receipt, UTC). */
export interface SourceCount {
  readonly name: string
  /** Parsers that made its events. */
  readonly parsers: readonly string[]
  readonly events: number
  readonly unparsed: number
  /** Receipt of its last event, milliseconds. */
  readonly last: number
  /** `20261121`. */
  readonly day: string
  readonly dayEvents: number
}

export interface RuleHits {
  readonly total: number
  /** Time of the last event that matched, milliseconds. */
  readonly last: number
}

export interface Counts {
  /** The counters with these events and matches added; nothing changes until `settle`. */
  plan(events: Iterable<Event>, matches: Iterable<{ ruleId: string; time: number }>): CountPlan
  /** Writes a plan inside the caller's transaction. */
  write(plan: CountPlan): void
  /** The plan was committed. */
  settle(plan: CountPlan): void
  sources(): readonly SourceCount[]
  hits(): Readonly<Record<string, RuleHits>>
}

export interface CountPlan {
  readonly sources: ReadonlyMap<string, SourceCount>
  readonly hits: ReadonlyMap<string, RuleHits>
}

type OpenCount = { -readonly [name in keyof SourceCount]: SourceCount[name] }

export function openCounts(intake: Database): Counts {
  const sources = new Map(readSources(intake).map((source) => [source.name, source]))
  const hits = new Map(readHits(intake))

  function planSources(events: Iterable<Event>): Map<string, OpenCount> {
    const changed = new Map<string, OpenCount>()
    let open: OpenCount | undefined
    let name: string | undefined
    for (const event of events) {
      if (open === undefined || event.source !== name) {
        name = event.source
        open = openCount(changed, sources, name)
      }
      count(open, event)
    }
    return changed
  }

  return {
    plan: (events, matches) => {
      const changed = new Map<string, RuleHits>()
      for (const { ruleId, time } of matches) {
        const before = changed.get(ruleId) ?? hits.get(ruleId) ?? { total: 0, last: time }
        changed.set(ruleId, { total: before.total + 1, last: Math.max(before.last, time) })
      }
      return { sources: planSources(events), hits: changed }
    },
    write: (plan) => {
      const source = intake.query('INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?)')
      for (const s of plan.sources.values()) {
        const parsers = JSON.stringify(s.parsers)
        source.run(s.name, parsers, s.events, s.unparsed, s.last, s.day, s.dayEvents)
      }
      const hit = intake.query('INSERT OR REPLACE INTO rule_hits VALUES (?, ?, ?)')
      for (const [ruleId, { total, last }] of plan.hits) hit.run(ruleId, total, last)
    },
    settle: (plan) => {
      for (const [name, source] of plan.sources) sources.set(name, source)
      for (const [ruleId, hit] of plan.hits) hits.set(ruleId, hit)
    },
    sources: () => [...sources.values()],
    hits: () => Object.fromEntries(hits),
  }
}

function openCount(
  changed: Map<string, OpenCount>,
  known: ReadonlyMap<string, SourceCount>,
  source: string,
): OpenCount {
  const isNew = !changed.has(source) && !known.has(source)
  const name = isNew && known.size + changed.size >= SOURCES_MAX ? OTHER_SOURCES : source
  let open = changed.get(name)
  if (open === undefined) {
    const before = known.get(name)
    open =
      before === undefined
        ? { name, parsers: [], events: 0, unparsed: 0, last: 0, day: '', dayEvents: 0 }
        : { ...before }
    changed.set(name, open)
  }
  return open
}

function count(open: OpenCount, event: Event): void {
  open.events++
  if (event.error !== undefined) open.unparsed++
  if (event.ingested > open.last) open.last = event.ingested
  const day = dayOf(event.ingested)
  if (day !== open.day) {
    open.day = day
    open.dayEvents = 0
  }
  open.dayEvents++
  if (!open.parsers.includes(event.parser) && open.parsers.length < PARSERS_PER_SOURCE_MAX) {
    open.parsers = [...open.parsers, event.parser]
  }
}

/** Counters of every source, as committed. */
export function readSources(intake: Database): SourceCount[] {
  const rows = intake
    .query(
      `SELECT name, parsers, events, unparsed, last, day, day_events AS dayEvents FROM sources
       ORDER BY name`,
    )
    .all() as (Omit<SourceCount, 'parsers'> & { parsers: string })[]
  return rows.map((row) => ({ ...row, parsers: JSON.parse(row.parsers) as string[] }))
}

function readHits(intake: Database): [string, RuleHits][] {
  const rows = intake.query('SELECT rule_id AS id, total, last FROM rule_hits').all()
  return (rows as (RuleHits & { id: string })[]).map(({ id, total, last }) => [id, { total, last }])
}
