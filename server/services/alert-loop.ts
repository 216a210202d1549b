// Follows the matches of the intake past the cursor in state.db and turns them into alerts.
import type { GroupView } from '../../sigma/correlate/types.ts'
import type { MatchFeed } from '../stores/events/event-store.ts'
import type { AlertWriter } from '../stores/state/alert-writer.ts'
import type { AlertMakerStatus, AlertNotice } from '../stores/state/alerts-store.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { createBatcher, OtherEpoch } from './alert-batch.ts'
import { createRuleBook } from './alert-rule-book.ts'
import { createMatchCorrelator, type ServedCorrelation } from './correlator.ts'
import { type MuteSource, NOTHING_MUTED } from './mutes.ts'

export const POLL_MS = 100
export const RETRY_MS_MAX = 5000

/** A feed that may hold files open. */
export type OpenFeed = MatchFeed & { close?(): void }

export interface AlertLoopOptions {
  readonly writer: AlertWriter
  /** Opens the intake; undefined while there is none yet. */
  readonly openFeed: () => OpenFeed | undefined
  /** What holds matches back; default nothing. */
  readonly mutes?: MuteSource
  /** Default `RULE_WAIT_MS`. */
  readonly ruleWait_ms?: number
  /** How late a match may come and still correlate; default `LATENESS_DEFAULT_MS`. */
  readonly lateness_ms?: number
  readonly onAlerts: (notice: AlertNotice) => void
  readonly onStopped: (reason: string) => void
}

export interface AlertLoop {
  setRules(rules: readonly RuleFacts[], correlations?: readonly ServedCorrelation[]): Promise<void>
  status(): AlertMakerStatus
  /** One live group of a correlation, as the engine holds it now. */
  correlationGroup(id: string, key: readonly (string | undefined)[]): GroupView | undefined
  /** Someone changed alerts: what is remembered of them is stale. */
  alertsChanged(): void
  stop(): Promise<void>
}

/** Starts following. It waits for the first `setRules`, then runs until `stop`. */
export function startAlertLoop(options: AlertLoopOptions): AlertLoop {
  const { writer, openFeed, mutes = NOTHING_MUTED, onAlerts, onStopped } = options
  const rules = createRuleBook(writer, options.ruleWait_ms)
  const correlator = createMatchCorrelator(options.lateness_ms)
  const batcher = createBatcher({ writer, rules, mutes, onAlerts, correlator })
  const wake = createWaiter()
  let feed: OpenFeed | undefined
  let stopped: string | undefined = 'waiting-for-rules'
  let running = true
  let rulesKnown = false

  const step = async () => {
    await mutes.refresh()
    if (!rulesKnown) return POLL_MS
    feed ??= openFeed()
    if (feed === undefined) {
      stopped = 'no-intake'
      return POLL_MS
    }
    const result = await batcher.step(feed)
    stopped = result === 'waiting-for-rules' ? result : undefined
    // A turn of the event loop between batches, so that calls are answered under load.
    return result === 'more' ? 0 : POLL_MS
  }

  const follow = async () => {
    let retry_ms = POLL_MS
    while (running) {
      try {
        await wake.wait(await step())
        retry_ms = POLL_MS
      } catch (error) {
        batcher.reset()
        stopped = error instanceof Error ? error.message : String(error)
        if (error instanceof OtherEpoch) {
          onStopped(stopped)
          break
        }
        await wake.wait(retry_ms)
        retry_ms = Math.min(retry_ms * 2, RETRY_MS_MAX)
      }
    }
    feed?.close?.()
  }
  const done = follow()

  return {
    setRules: async (loaded, correlations = []) => {
      await writer.saveRules(loaded)
      rules.add(loaded)
      correlator.use(correlations)
      rulesKnown = true
      wake.now()
    },
    status: () => {
      const cursor = batcher.cursor()
      const correlations = correlator.stats()
      return {
        ...batcher.totals,
        sequence: cursor?.sequence ?? 0,
        unknownRules: rules.unknown(),
        ...(correlations === undefined
          ? {}
          : { correlations, needless: correlator.needless(cursor?.sequence ?? 0) }),
        ...(cursor === undefined ? {} : { epoch: cursor.epoch }),
        ...(stopped === undefined ? {} : { stopped }),
      }
    },
    correlationGroup: (id, key) => correlator.group(id, key),
    alertsChanged: () => batcher.forget(),
    stop: async () => {
      running = false
      wake.now()
      await done
    },
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
