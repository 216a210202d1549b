// Promoted rows in the state worker: one match of somebody's, folded as detection folds.
import type { AlertNotice } from '../stores/state/alerts-store.ts'
import type { PromotionStore } from '../stores/state/promotions.ts'
import type { WritePromotion } from '../stores/state/promotions-store.ts'
import { createAlertMaker, dedupHash, NO_MUTES } from './alert-maker.ts'

export interface PromoterParts {
  readonly write: WritePromotion
  readonly onAlerts: (notice: AlertNotice) => void
  /** Called within the transaction: what others remember of alerts is stale. */
  readonly changing: () => void
}

/** What `promote` of the state store does. */
export function createPromoter({
  write,
  onAlerts,
  changing,
}: PromoterParts): PromotionStore['promote'] {
  return async (promotion, by) => {
    const { event, rule, keys, title } = promotion
    const { id: eventId, time, ingested, source } = event
    const match = { sequence: 0, eventId, ruleId: rule.id, ruleHash: rule.hash }
    // A rule that only feeds correlations raises nothing by itself; a person may.
    const { feedsOnly, ...shown } = rule
    const maker = createAlertMaker()
    const prepared = maker.prepare(
      [{ ...match, time, ingested, source, keys }],
      () => shown,
      NO_MUTES,
    )
    const promoted = await write(
      promotion,
      dedupHash(rule.id, rule.dedup, keys),
      {
        missing: () => {
          changing()
          return maker.missing(prepared)
        },
        fold: (found, next) => {
          const { created, updated } = maker.fold(prepared, found, next, () => event)
          const named = created.map((alert) => (title === undefined ? alert : { ...alert, title }))
          // It is no match of detection: the rule's counters stay as they are.
          return { created: named, updated, rules: new Map() }
        },
      },
      by,
    )
    const { alertId, created, repeated } = promoted
    if (!repeated)
      onAlerts({
        created: created ? [alertId] : [],
        updated: created ? [] : [alertId],
        more: false,
      })
    return promoted
  }
}
