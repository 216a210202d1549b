// Alerts of scheduled runs: the same maker, the same dedup, the same mutes as for what arrives; the run's
// cut-off is in their transaction.
import type { AlertWriter } from '../stores/state/alert-writer.ts'
import type { AlertNotice } from '../stores/state/alerts-store.ts'
import type { RunMatchCounts, RunMatches } from '../stores/state/run-matches.ts'
import { noticeOf } from './alert-batch.ts'
import { createAlertMaker } from './alert-maker.ts'
import { createRuleBook } from './alert-rule-book.ts'
import type { MuteSource } from './mutes.ts'
import { byLane } from './rollout-lane.ts'
import { shadowFolding } from './shadow-lane.ts'

export interface RunAlertOptions {
  readonly writer: AlertWriter
  readonly mutes: MuteSource
  readonly onAlerts: (notice: AlertNotice) => void
  /** Called within the transaction: what others remember of alerts is stale. */
  readonly changing: () => void
}

/** What `commitRunMatches` does. */
export function createRunAlerts({ writer, mutes, onAlerts, changing }: RunAlertOptions) {
  return async ({ lease, cutoff, matches, events }: RunMatches): Promise<RunMatchCounts> => {
    await mutes.refresh()
    const book = createRuleBook(writer, 0)
    await book.describe(matches)
    const byId = new Map(events.map((event) => [event.id, event]))
    const eventOf = (id: string) => byId.get(id)
    const { live, shadow } = byLane(matches, book.of)
    const maker = createAlertMaker()
    const muteOf = mutes.of(eventOf)
    const prepared = maker.prepare(live, book.of, muteOf)
    const lane = shadowFolding(shadow, book.of, eventOf, muteOf)
    const folded = await writer.commitRun(
      { lease, cutoff, matches: matches.length },
      {
        missing: () => {
          changing()
          return maker.missing(prepared)
        },
        fold: (found, next) => maker.fold(prepared, found, next, eventOf),
      },
      lane,
    )
    if (folded.created.length + folded.updated.length > 0) onAlerts(noticeOf(folded))
    let suppressed = lane?.suppressed ?? 0
    for (const delta of folded.rules.values()) suppressed += delta.suppressed
    return { suppressed, alerts: folded.created.length }
  }
}
