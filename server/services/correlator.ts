// Correlations over the match feed. The engine's state is a function of the matches up to a sequence: what is
// stored of it may lie behind the alerts' cursor, and is brought up to it by replaying matches without alerts.
import { createCorrelator } from '../../sigma/correlate/engine.ts'
import { LATENESS_DEFAULT_MS } from '../../sigma/correlate/limits.ts'
import type {
  Correlator,
  CorrelatorStats,
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
export const SAVE_EVERY_MATCHES = 100_000
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

  const feedEngine = (match: StoredMatch): readonly Firing[] => {
    const input = engine?.input(match.ruleId)
    if (engine === undefined || input === undefined) return NOTHING
    const { keys, time, source, eventId } = match
    return engine.push(input, keys, time, source, eventId, keys[STREAM_KEY])
  }

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
        const matches = feed.matches(from, Math.min(REPLAY_BATCH, sequence - from))
        const last = matches.at(-1)
        if (last === undefined) break
        for (const match of matches) if (match.sequence <= sequence) feedEngine(match)
        from = last.sequence
      }
      at = sequence
    },
    push: (matches) => {
      const raised: AlertMatch[] = []
      for (const match of matches) {
        for (const firing of feedEngine(match)) {
          const correlation = correlations[firing.correlation]!
          if (!correlation.feedsOnly) raised.push(asMatch(firing, correlation, match))
        }
        at = match.sequence
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
