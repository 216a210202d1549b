// One step of following matches: read past the cursor, fold, commit alerts and cursor together.
import type { MatchFeed } from '../stores/events/event-store.ts'
import { alertId } from '../stores/state/alert-rows.ts'
import type { AlertWriter, Candidate, Folded, MatchCursor } from '../stores/state/alert-writer.ts'
import type { AlertNotice } from '../stores/state/alerts-store.ts'
import type { AlertMatch } from './alert-fold.ts'
import { createAlertMaker } from './alert-maker.ts'
import type { RuleBook } from './alert-rule-book.ts'
import { type MatchCorrelator, wholeEvents } from './correlator.ts'
import type { MuteSource } from './mutes.ts'
import { byLane } from './rollout-lane.ts'
import { shadowFolding } from './shadow-lane.ts'

/** Matches of one transaction. The number follows the time that one takes, since calls to the state
 * worker wait for it; too few would spend the time on fsync. */
const BATCH_MATCHES_MAX = 5000
const BATCH_MATCHES_MIN = 1500
const BATCH_TARGET_MS = 80
export const ALERT_NOTICE_MAX = 500

/** The intake is not the one that the cursor counts in: going on would skip or repeat matches. */
export class OtherEpoch extends Error {
  constructor(known: string, found: string) {
    super(
      `other-epoch: alerts follow intake ${known}, but intake.db is ${found}. ` +
        'Restore state.db and intake.db from the same backup',
    )
  }
}

export type Step = 'done' | 'more' | 'waiting-for-rules'

export interface Batcher {
  /** `more`: the next step has work at once. Throws `OtherEpoch`, or what reading or writing threw. */
  step(feed: MatchFeed): Promise<Step>
  /** After a failure nothing is known: stored alerts and the cursor are read again. */
  reset(): void
  /** Someone changed alerts. */
  forget(): void
  cursor(): MatchCursor | undefined
  readonly totals: Readonly<Totals>
}

interface Totals {
  matches: number
  suppressed: number
  alertsCreated: number
  alertsUpdated: number
}

export interface BatcherOptions {
  readonly writer: AlertWriter
  readonly rules: RuleBook
  readonly mutes: MuteSource
  readonly onAlerts: (notice: AlertNotice) => void
  readonly correlator: MatchCorrelator
}

/** What takes matches step by step, from the cursor of the alerts on. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { writer, rules, mutes, onAlerts, correlator } = options
  const maker = createAlertMaker()
  const totals = { matches: 0, suppressed: 0, alertsCreated: 0, alertsUpdated: 0 }
  let cursor: MatchCursor | undefined
  let size = BATCH_MATCHES_MAX
  return {
    step: async (feed) => {
      const began = performance.now()
      const epoch = feed.epoch()
      const from = cursor ?? (await writer.cursor()) ?? { epoch, sequence: 0 }
      if (from.epoch !== epoch) throw new OtherEpoch(from.epoch, epoch)
      cursor = from
      if (!correlator.isAt(from.sequence)) {
        const saved = await writer.correlations()
        correlator.catchUp(feed, saved?.epoch === epoch ? saved : undefined, from.sequence)
      }
      const read = feed.matches(from.sequence, size)
      const matches = read.length < size ? read : wholeEvents(read)
      const last = matches.at(-1)
      if (last === undefined) return 'done'
      if (!(await rules.describe(matches))) return 'waiting-for-rules'
      const raised = correlator.push(matches)
      if (raised.length > 0) await rules.describe(raised)
      const eventOf = (id: string) => feed.event(id)
      const { live, shadow } = byLane<AlertMatch>([...matches, ...raised], rules.of)
      const muteOf = mutes.of(eventOf)
      const prepared = maker.prepare(live, rules.of, muteOf)
      const state = correlator.toSave(epoch)
      const folding = {
        missing: () => maker.missing(prepared),
        fold: (found: ReadonlyMap<string, readonly Candidate[]>, next: number) =>
          maker.fold(prepared, found, next, eventOf),
      }
      const lane = shadowFolding(shadow, rules.of, eventOf, muteOf)
      const folded = await writer.commit(from, last.sequence, folding, state, lane)
      maker.settle(folded)
      if (state !== undefined) correlator.saved(state)
      cursor = { epoch, sequence: last.sequence }
      totals.matches += matches.length
      totals.alertsCreated += folded.created.length
      totals.alertsUpdated += folded.updated.length
      for (const delta of folded.rules.values()) totals.suppressed += delta.suppressed
      totals.suppressed += lane?.suppressed ?? 0
      if (folded.created.length + folded.updated.length > 0) onAlerts(noticeOf(folded))
      if (read.length < size) return 'done'
      size = fittingSize(size, performance.now() - began)
      return 'more'
    },
    reset: () => {
      maker.forget()
      correlator.forget()
      cursor = undefined
    },
    forget: () => maker.forget(),
    cursor: () => cursor,
    totals,
  }
}

/** The next full batch's size, so that it takes about `BATCH_TARGET_MS`. */
function fittingSize(size: number, took_ms: number): number {
  const fitting = Math.round((size * BATCH_TARGET_MS) / Math.max(took_ms, 1))
  return Math.min(Math.max(fitting, BATCH_MATCHES_MIN), BATCH_MATCHES_MAX)
}

/** What to tell of a commit. */
export function noticeOf({ created, updated }: Folded): AlertNotice {
  const ids = (alerts: readonly { readonly number: number }[]) =>
    alerts.slice(0, ALERT_NOTICE_MAX).map((alert) => alertId(alert.number))
  return {
    created: ids(created),
    updated: ids(updated),
    more: Math.max(created.length, updated.length) > ALERT_NOTICE_MAX,
  }
}
