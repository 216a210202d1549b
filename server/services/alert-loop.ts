// Follows the matches of the intake past the cursor in state.db and turns them into alerts.
import type { MatchFeed, StoredMatch } from '../stores/events/event-store.ts'
import { alertId } from '../stores/state/alert-rows.ts'
import type { AlertWriter, Folded, MatchCursor } from '../stores/state/alert-writer.ts'
import type { AlertMakerStatus, AlertNotice } from '../stores/state/alerts-store.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import {
  createAlertMaker,
  DEDUP_DEFAULT,
  DEDUP_WINDOW_DEFAULT_MS,
  type Suppression,
} from './alert-maker.ts'

/** Matches of one transaction: larger ones would keep calls to the state worker waiting. */
export const MATCHES_PER_BATCH = 5000
export const POLL_MS = 100
export const RETRY_MS_MAX = 5000
export const ALERT_NOTICE_MAX = 500
/** Rules remembered, loaded or not, before they are read from the store again. */
const RULES_REMEMBERED_MAX = 50_000

/** A feed that may hold files open. */
export type OpenFeed = MatchFeed & { close?(): void }

export interface AlertLoopOptions {
  readonly writer: AlertWriter
  /** Opens the intake; undefined while there is none yet. */
  readonly openFeed: () => OpenFeed | undefined
  readonly suppressions?: readonly Suppression[]
  readonly onAlerts: (notice: AlertNotice) => void
  readonly onStopped: (reason: string) => void
}

export interface AlertLoop {
  setRules(rules: readonly RuleFacts[]): Promise<void>
  status(): AlertMakerStatus
  /** Someone changed alerts: what is remembered of them is stale. */
  alertsChanged(): void
  stop(): Promise<void>
}

/** Starts following. It waits for the first `setRules`, then runs until `stop`. */
export function startAlertLoop(options: AlertLoopOptions): AlertLoop {
  const { writer, openFeed, suppressions = [], onAlerts, onStopped } = options
  const maker = createAlertMaker()
  const rules = createRuleBook(writer)
  const totals = { matches: 0, suppressed: 0, alertsCreated: 0, alertsUpdated: 0 }
  let stopped: string | undefined = 'waiting-for-rules'
  let cursor: MatchCursor | undefined
  let running = true
  let rulesKnown = false
  const wake = createWaiter()

  const batch = async (feed: MatchFeed): Promise<number> => {
    const from = cursor ?? (await writer.cursor()) ?? { epoch: feed.epoch(), sequence: 0 }
    if (from.epoch !== feed.epoch()) throw new OtherEpoch(from.epoch, feed.epoch())
    cursor = from
    const matches = feed.matches(from.sequence, MATCHES_PER_BATCH)
    const last = matches.at(-1)
    if (last === undefined) return 0
    await rules.describe(matches)
    const prepared = maker.prepare(matches, rules.of, suppressions)
    const folded = await writer.commit(from, last.sequence, {
      missing: () => maker.missing(prepared),
      fold: (found, next) => maker.fold(prepared, found, next, (id) => feed.event(id)),
    })
    maker.settle(folded)
    cursor = { epoch: from.epoch, sequence: last.sequence }
    totals.matches += matches.length
    totals.alertsCreated += folded.created.length
    totals.alertsUpdated += folded.updated.length
    for (const delta of folded.rules.values()) totals.suppressed += delta.suppressed
    if (folded.created.length + folded.updated.length > 0) onAlerts(noticeOf(folded))
    return matches.length
  }

  const follow = async () => {
    let feed: OpenFeed | undefined
    let retry_ms = POLL_MS
    while (running) {
      if (!rulesKnown) await wake.wait(POLL_MS * 10)
      else {
        try {
          feed ??= openFeed()
          stopped = feed === undefined ? 'no-intake' : undefined
          const handled = feed === undefined ? 0 : await batch(feed)
          retry_ms = POLL_MS
          // A turn of the event loop between batches, so that calls are answered under load.
          await wake.wait(handled === MATCHES_PER_BATCH ? 0 : POLL_MS)
        } catch (error) {
          // Whether the commit happened is unknown: forget, and read the cursor before going on.
          maker.forget()
          cursor = undefined
          stopped = error instanceof Error ? error.message : String(error)
          if (error instanceof OtherEpoch) {
            feed?.close?.()
            return onStopped(stopped)
          }
          await wake.wait(retry_ms)
          retry_ms = Math.min(retry_ms * 2, RETRY_MS_MAX)
        }
      }
    }
    feed?.close?.()
  }
  const done = follow()

  return {
    setRules: async (loaded) => {
      await writer.saveRules(loaded)
      rules.add(loaded)
      rulesKnown = true
      wake.now()
    },
    status: () => ({
      ...totals,
      sequence: cursor?.sequence ?? 0,
      unknownRules: rules.unknown(),
      ...(cursor === undefined ? {} : { epoch: cursor.epoch }),
      ...(stopped === undefined ? {} : { stopped }),
    }),
    alertsChanged: () => maker.forget(),
    stop: async () => {
      running = false
      wake.now()
      await done
    },
  }
}

/** The intake is not the one that the cursor counts in: going on would skip or repeat matches. */
class OtherEpoch extends Error {
  constructor(known: string, found: string) {
    super(
      `other-epoch: alerts follow intake ${known}, but intake.db is ${found}. ` +
        'Restore state.db and intake.db from the same backup',
    )
  }
}

interface RuleBook {
  add(rules: readonly RuleFacts[]): void
  /** Learns the rules of these matches, from the store if need be. */
  describe(matches: readonly StoredMatch[]): Promise<void>
  of(match: StoredMatch): RuleFacts
  unknown(): number
}

/** Rules by the hash of their text, so that a match shows the rule as it was. */
function createRuleBook(writer: AlertWriter): RuleBook {
  const byHash = new Map<string, RuleFacts>()
  let unknown = 0
  const add = (rules: readonly RuleFacts[]) => {
    for (const rule of rules) byHash.set(rule.hash, rule)
  }
  return {
    add,
    describe: async (matches) => {
      if (byHash.size > RULES_REMEMBERED_MAX) byHash.clear()
      const missing = new Map<string, string>()
      for (const { ruleHash, ruleId } of matches) {
        if (!byHash.has(ruleHash)) missing.set(ruleHash, ruleId)
      }
      if (missing.size === 0) return
      add(await writer.rulesByHash([...missing.keys()]))
      for (const [hash, id] of missing) {
        if (byHash.has(hash)) continue
        unknown++
        byHash.set(hash, undescribed(id, hash))
      }
    },
    of: (match) => byHash.get(match.ruleHash) ?? undescribed(match.ruleId, match.ruleHash),
    unknown: () => unknown,
  }
}

/** A match never goes lost because nobody described its rule. */
function undescribed(id: string, hash: string): RuleFacts {
  return {
    id,
    title: id,
    level: 'medium',
    hash,
    text: '',
    tags: [],
    dedup: DEDUP_DEFAULT,
    dedupWindow_ms: DEDUP_WINDOW_DEFAULT_MS,
  }
}

function noticeOf({ created, updated }: Folded): AlertNotice {
  const ids = (alerts: readonly { readonly number: number }[]) =>
    alerts.slice(0, ALERT_NOTICE_MAX).map((alert) => alertId(alert.number))
  return {
    created: ids(created),
    updated: ids(updated),
    more: Math.max(created.length, updated.length) > ALERT_NOTICE_MAX,
  }
}

/** Waits that can be cut short. */
function createWaiter(): { wait(ms: number): Promise<void>; now(): void } {
  let finish: (() => void) | undefined
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms)
        finish = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
    now: () => finish?.(),
  }
}
