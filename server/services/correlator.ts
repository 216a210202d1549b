// Correlations over the match feed. The engine's state is a function of the matches up to a sequence: what is
// stored of it may lie behind the alerts' cursor, and is brought up to it by replaying matches without alerts.
import { createCorrelator } from '../../sigma/correlate/engine.ts'
import { LATENESS_DEFAULT_MS } from '../../sigma/correlate/limits.ts'
import type {
  Correlator,
  CorrelatorStats,
  EventMatch,
  Firing,
  GroupView,
  Snapshot,
} from '../../sigma/correlate/types.ts'
import type { LoadedCorrelation } from '../../sigma/rule.ts'
import type { MatchFeed, StoredMatch } from '../stores/events/event-store.ts'
import type { SavedCorrelations } from '../stores/state/alert-writer.ts'
import type { AlertMatch } from './alert-fold.ts'
import { type Keys, keyText, STREAM_KEY } from './match-keys.ts'

/** Matches read at once while catching up. */
const REPLAY_BATCH = 5000
/** A state of at most so many entries is stored with every batch of alerts. */
export const SMALL_STATE_ENTRIES = 2000
/** A larger one when so many matches came since, or when storing it has taken this share of the time. */
const SAVE_EVERY_MATCHES = 100_000
const SAVE_TIME_SHARE = 0.05

/** A correlation as the server runs it. */
export interface ServedCorrelation extends LoadedCorrelation {
  /** SHA-256 of its text, hex. */
  readonly hash: string
}

export interface MatchCorrelator {
  /** Runs these from now on; those that stay the same keep their state. */
  use(correlations: readonly ServedCorrelation[]): void
  /** Is the state that of `sequence`? Otherwise `catchUp` is needed. */
  isAt(sequence: number): boolean
  /** Takes the stored state and the matches between it and the cursor. Their firings are alerts already. */
  catchUp(feed: MatchFeed, saved: SavedCorrelations | undefined, sequence: number): void
  /** Adds matches, oldest first; the firings as matches of the correlations. */
  push(matches: readonly StoredMatch[]): readonly AlertMatch[]
  /** What to store with these alerts; undefined while the stored state is near enough. */
  toSave(epoch: string): SavedCorrelations | undefined
  /** The state was stored. */
  saved(state: SavedCorrelations): void
  /** Nothing is known any more: a commit failed. */
  forget(): void
  /** Matches up to here are needed no more: the alerts' cursor, or the stored state if that is behind. */
  needless(sequence: number): number
  stats(): CorrelatorStats | undefined
  /** One live group of a correlation. */
  group(id: string, key: readonly (string | undefined)[]): GroupView | undefined
}

/** Correlations without rules yet. `lateness_ms`: how long an event may come after later ones. */
export function createMatchCorrelator(lateness_ms = LATENESS_DEFAULT_MS): MatchCorrelator {
  let correlations: readonly ServedCorrelation[] = []
  let engine: Correlator<Keys> | undefined
  let at: number | undefined
  let savedAt = 0
  let since = 0
  let cost_ms = 0
  let savedTime = 0
  const open = () =>
    correlations.length === 0
      ? undefined
      : createCorrelator<Keys>(correlations, { read: keyText, lateness_ms })

  const feedEngine = (matches: readonly StoredMatch[]): readonly Firing[] =>
    engine === undefined ? NOTHING : pushMatches(engine, matches)

  return {
    use: (next) => {
      const before = engine?.snapshot()
      correlations = next
      engine = open()
      if (before !== undefined) engine?.restore(before)
      since = Number.POSITIVE_INFINITY
    },
    isAt: (sequence) => at === sequence,
    catchUp: (feed, saved, sequence) => {
      engine = open()
      let from = Math.min(saved?.sequence ?? sequence, sequence)
      if (saved !== undefined && saved.sequence <= sequence) {
        engine?.restore(JSON.parse(saved.snapshot) as Snapshot)
      } else from = sequence
      savedAt = saved?.sequence ?? 0
      while (from < sequence) {
        const read = feed.matches(from, Math.min(REPLAY_BATCH, sequence - from))
        const due = read.filter((match) => match.sequence <= sequence)
        const matches = read.length < REPLAY_BATCH ? due : wholeEvents(due)
        const last = matches.at(-1)
        if (last === undefined) break
        for (const event of byEvent(matches)) feedEngine(event)
        from = last.sequence
      }
      at = sequence
    },
    push: (matches) => {
      const raised: AlertMatch[] = []
      for (const event of byEvent(matches)) {
        const last = event.at(-1)!
        for (const firing of feedEngine(event)) {
          const correlation = correlations[firing.correlation]!
          if (correlation.feedsOnly) continue
          const keys = Object.assign({}, ...event.map((match) => match.keys)) as Keys
          raised.push(asMatch(firing, correlation, { ...last, keys }))
        }
        at = last.sequence
      }
      since += matches.length
      return raised
    },
    toSave: (epoch) => {
      if (engine === undefined || at === undefined) return undefined
      const now = performance.now()
      const isSmall = engine.stats().entries <= SMALL_STATE_ENTRIES
      const isDue = since >= SAVE_EVERY_MATCHES || now - savedTime > cost_ms / SAVE_TIME_SHARE
      if (!isSmall && !isDue) return undefined
      const snapshot = JSON.stringify(engine.snapshot())
      cost_ms = performance.now() - now
      return { epoch, sequence: at, snapshot }
    },
    saved: ({ sequence }) => {
      savedAt = sequence
      savedTime = performance.now()
      since = 0
    },
    forget: () => {
      at = undefined
    },
    needless: (sequence) => (engine === undefined ? sequence : Math.min(savedAt, sequence)),
    stats: () => engine?.stats(),
    group: (id, key) => engine?.group(id, key),
  }
}

const NOTHING: readonly Firing[] = []

/** Adds the matches of one event. */
function pushMatches(engine: Correlator<Keys>, matches: readonly StoredMatch[]): readonly Firing[] {
  const own: EventMatch<Keys>[] = []
  for (const { ruleId, keys } of matches) {
    const input = engine.input(ruleId)
    if (input !== undefined) own.push({ input, event: keys })
  }
  if (own.length === 0) return NOTHING
  const { time, source, eventId, keys } = matches[0]!
  return engine.pushEvent(own, time, source, eventId, keys[STREAM_KEY])
}

/** Matches of one event follow each other. */
function byEvent(matches: readonly StoredMatch[]): readonly (readonly StoredMatch[])[] {
  const events: StoredMatch[][] = []
  for (const match of matches) {
    const open = events.at(-1)
    if (open !== undefined && open.at(-1)?.eventId === match.eventId) open.push(match)
    else events.push([match])
  }
  return events
}

/** Matches read up to a limit without those of the last event, of which more may follow. */
export function wholeEvents(matches: readonly StoredMatch[]): readonly StoredMatch[] {
  const last = matches.at(-1)?.eventId
  const end = matches.findLastIndex(({ eventId }) => eventId !== last) + 1
  return end === 0 ? matches : matches.slice(0, end)
}

/** A firing as the alert maker sees it: a match on the event that made it hold, with the group's values. */
function asMatch(
  firing: Firing,
  { id, hash, groupBy }: ServedCorrelation,
  match: StoredMatch,
): AlertMatch {
  const keys: Record<string, string> = { ...(firing.ref === match.eventId ? match.keys : {}) }
  for (const [n, name] of groupBy.entries()) {
    const value = firing.key[n]
    if (value === undefined) delete keys[name]
    else keys[name] = value
  }
  return {
    sequence: match.sequence,
    eventId: String(firing.ref),
    ruleId: id,
    ruleHash: hash,
    time: firing.time,
    ingested: match.ingested,
    source: match.source,
    keys,
    first: firing.first,
    eventIds: firing.events.map(String),
  }
}
