// Feedback on rules in state.db.
import type { Row } from '@libsql/client'
import type { Event } from '../../../parsers/event.ts'
import { alertId, alertNumber } from './alert-rows.ts'
import type { Context } from './context.ts'
import type {
  Feedback,
  FeedbackCounts,
  FeedbackStore,
  FeedbackVerdict,
  VerdictEvent,
} from './feedback.ts'
import { optional, text } from './rows.ts'
import { StateError } from './state-store.ts'

export const FEEDBACK_PAGE_MAX = 500
export const FEEDBACK_REASON_MAX_CHARACTERS = 4000
/** Events with a verdict that one call returns. */
export const VERDICT_EVENTS_MAX = 10_000

/** Feedback that counts by itself: that of an alert with a verdict is told by the alert. */
const FEEDBACK_ALONE = `feedback f LEFT JOIN alerts a ON a.number = f.alert
  WHERE a.verdict IS NULL`

export function createFeedbackStore({ database, now }: Context): FeedbackStore {
  return {
    addFeedback: async (feedback, by) => {
      const { ruleId, verdict, reason, event } = feedback
      const alert = feedback.alertId === undefined ? null : alertNumber(feedback.alertId)
      if (alert === undefined)
        throw new StateError('not-found', `there is no alert ${feedback.alertId}`)
      if (reason.length > FEEDBACK_REASON_MAX_CHARACTERS) {
        throw new StateError(
          'invalid',
          `the reason has at most ${FEEDBACK_REASON_MAX_CHARACTERS} characters`,
        )
      }
      const number = await database.write(async (write) => {
        const known = alert === null ? undefined : await alertOf(database, alert)
        if (alert !== null && known === undefined)
          throw new StateError('not-found', `there is no alert ${feedback.alertId}`)
        const newest = await database.first('SELECT max(number) AS n FROM feedback')
        const next = Number(newest?.n ?? 0) + 1
        write.add(
          `INSERT INTO feedback (number, rule_id, verdict, reason, alert, event_id, event, at, by)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            ...[next, ruleId, verdict, reason, alert, event?.id ?? null],
            ...[event === undefined ? null : JSON.stringify(event), now(), by.name],
          ],
        )
        const after = JSON.stringify({ verdict, reason, alert: feedback.alertId, event: event?.id })
        write.audit({ action: 'rule.feedback', object: `rule ${ruleId}`, after }, by)
        return next
      })
      const row = await database.first('SELECT * FROM feedback WHERE number = ?', [number])
      if (row === undefined) throw new StateError('unavailable', 'the feedback was not stored')
      return feedbackFromRow(row)
    },
    listFeedback: async (ruleId, limit) =>
      (
        await database.all(
          'SELECT * FROM feedback WHERE rule_id = ? ORDER BY number DESC LIMIT ?',
          [ruleId, Math.min(limit, FEEDBACK_PAGE_MAX)],
        )
      ).map(feedbackFromRow),
    feedbackCounts: async () => {
      const rows = await database.all(
        `SELECT rule_id, verdict, count(*) AS n FROM (
           SELECT rule_id, verdict FROM alerts WHERE verdict IS NOT NULL
           UNION ALL SELECT f.rule_id, f.verdict FROM ${FEEDBACK_ALONE})
         GROUP BY rule_id, verdict`,
      )
      return countsOf(rows)
    },
    verdictEvents: async (limit, ruleId) => {
      const rows = await database.all(
        `SELECT * FROM (
           SELECT a.rule_id, a.verdict, a.number AS alert, e.event,
             coalesce(a.changed_at, a.updated) AS at
           FROM alerts a JOIN alert_events e ON e.alert = a.number
           WHERE a.verdict IN ('true_positive', 'false_positive_logic', 'false_positive_data')
           UNION ALL SELECT f.rule_id,
             CASE f.verdict WHEN 'true_positive' THEN f.verdict ELSE 'false_positive_logic' END,
             f.alert, f.event, f.at FROM ${FEEDBACK_ALONE} AND f.event IS NOT NULL)
         WHERE ? IS NULL OR rule_id = ? ORDER BY at DESC LIMIT ?`,
        [ruleId ?? null, ruleId ?? null, Math.min(limit, VERDICT_EVENTS_MAX)],
      )
      return rows.map((row) => ({
        ruleId: text(row.rule_id),
        verdict: text(row.verdict) as VerdictEvent['verdict'],
        ...(row.alert === null ? {} : { alertId: alertId(Number(row.alert)) }),
        event: JSON.parse(text(row.event)) as Event,
        at: Number(row.at),
      }))
    },
  }
}

function alertOf(database: Context['database'], number: number) {
  return database.first('SELECT number FROM alerts WHERE number = ?', [number])
}

function feedbackFromRow(row: Row): Feedback {
  return {
    id: `F-${Number(row.number)}`,
    ruleId: text(row.rule_id),
    verdict: text(row.verdict) as FeedbackVerdict,
    reason: text(row.reason),
    ...(row.alert === null ? {} : { alertId: alertId(Number(row.alert)) }),
    ...optional('eventId', row.event_id),
    at: Number(row.at),
    by: text(row.by),
  }
}

function countsOf(rows: readonly Row[]): Record<string, FeedbackCounts> {
  const counts = new Map<string, { -readonly [K in keyof FeedbackCounts]: number }>()
  for (const row of rows) {
    const zero = { truePositive: 0, falsePositive: 0, other: 0 }
    const own = counts.getOrInsert(text(row.rule_id), zero)
    const verdict = text(row.verdict)
    if (verdict === 'true_positive') own.truePositive += Number(row.n)
    else if (verdict.startsWith('false_positive')) own.falsePositive += Number(row.n)
    else own.other += Number(row.n)
  }
  return Object.fromEntries(counts)
}
