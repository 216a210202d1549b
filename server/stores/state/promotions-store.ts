// Promoted rows in state.db.
import type { Actor } from './access.ts'
import { alertId, alertNumber } from './alert-rows.ts'
import { type Folded, type Folding, writeFolded } from './alert-writer.ts'
import type { Context } from './context.ts'
import type { Database, Write } from './database.ts'
import type {
  AlertLink,
  Observable,
  ObservableType,
  Promoted,
  Promotion,
  PromotionReads,
} from './promotions.ts'
import { text } from './rows.ts'
import { StateError } from './state-store.ts'

/** Makes or raises the alert in one transaction with its link and observables. */
export type WritePromotion = (
  promotion: Promotion,
  dedupHash: string,
  folding: Folding<Folded>,
  by: Actor,
) => Promise<Promoted>

export function promotionWriter(context: Context): WritePromotion {
  return (promotion, dedupHash, folding, by) =>
    writePromotion(context, promotion, dedupHash, folding, by)
}

function writePromotion(
  context: Context,
  promotion: Promotion,
  dedupHash: string,
  folding: Folding<Folded>,
  by: Actor,
): Promise<Promoted> {
  const { database, now } = context
  return database.write(async (write) => {
    const known = await knownAlert(database, promotion, dedupHash)
    if (known !== undefined) {
      link(write, promotion, known, by, now())
      return { alertId: alertId(known), created: false, repeated: true }
    }
    const folded = await writeFolded(context, write, folding, undefined)
    const [created] = folded.created
    const number = created?.number ?? folded.updated[0]?.number
    if (number === undefined) throw new StateError('unavailable', 'no alert was made')
    link(write, promotion, number, by, now())
    write.add(
      `INSERT INTO alert_activity (alert, at, who, what, after) VALUES (?, ?, ?, 'promoted', ?)`,
      [number, now(), by.name, promotion.event.id],
    )
    write.audit(
      {
        action: 'alert.promote',
        object: `alert ${alertId(number)}`,
        after: JSON.stringify({
          event: promotion.event.id,
          rule: promotion.rule.id,
          ...(promotion.override === undefined ? {} : { override: promotion.override }),
          ...(promotion.unmatched === true ? { unmatched: true } : {}),
        }),
      },
      by,
    )
    return { alertId: alertId(number), created: created !== undefined, repeated: false }
  })
}

/** The alert of this rule that holds the event already. */
async function knownAlert(
  database: Database,
  { event, rule }: Promotion,
  dedupHash: string,
): Promise<number | undefined> {
  const row = await database.first(
    `SELECT alert FROM promoted_events WHERE event_id = ? AND rule_id = ?
     UNION ALL SELECT a.number FROM alerts a JOIN alert_event_ids i ON i.alert = a.number
       WHERE a.dedup_hash = ? AND a.status <> 'held' AND instr(i.ids, ?) > 0
     LIMIT 1`,
    [event.id, rule.id, dedupHash, event.id],
  )
  return row === undefined ? undefined : Number(row.alert)
}

function link(
  write: Write,
  { event, rule, observables }: Promotion,
  alert: number,
  by: Actor,
  at: number,
): void {
  write.add(
    `INSERT INTO promoted_events (event_id, rule_id, alert, at, by) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    [event.id, rule.id, alert, at, by.name],
  )
  write.add(
    `INSERT INTO alert_observables (alert, type, value)
     SELECT ?, value->>'type', value->>'value' FROM json_each(?) WHERE true
     ON CONFLICT DO NOTHING`,
    [alert, JSON.stringify(observables)],
  )
}

export function createPromotionReads({ database }: Context): PromotionReads {
  return {
    alertsOfEvents: async (eventIds) => {
      const rows = await database.all(
        `SELECT f.event, a.number, a.status FROM (
           SELECT a.event_id AS event, a.number FROM json_each(?) e
             JOIN alerts a ON a.event_id = e.value
           UNION SELECT p.event_id, p.alert FROM json_each(?) e
             JOIN promoted_events p ON p.event_id = e.value) f
         JOIN alerts a ON a.number = f.number ORDER BY a.number DESC`,
        [JSON.stringify(eventIds), JSON.stringify(eventIds)],
      )
      const links = new Map<string, AlertLink[]>()
      for (const row of rows) {
        const own = { id: alertId(Number(row.number)), status: text(row.status) }
        links.getOrInsert(text(row.event), []).push(own)
      }
      return Object.fromEntries(links)
    },
    alertObservables: async (id) => {
      const rows = await database.all(
        'SELECT type, value FROM alert_observables WHERE alert = ? ORDER BY type, value',
        [alertNumber(id) ?? 0],
      )
      return rows.map(
        (row): Observable => ({ type: text(row.type) as ObservableType, value: text(row.value) }),
      )
    },
  }
}
