// The shadow lane in state.db: what rules would have raised. Written like alerts, read by nobody who pages.
import type { AlertInsert, AlertUpdate, Candidate, ShadowFolding } from './alert-writer.ts'
import type { Database, Write } from './database.ts'
import { countMutes } from './held-alerts.ts'
import { text } from './rows.ts'
import { countRules } from './rule-writer.ts'

/** Would-be alerts of one dedup hash that a match is compared with: the newest ones. */
const CANDIDATES_PER_HASH = 4
/** Ids of events that a would-be alert names, newest first: characters, each id with a space. */
const EVENT_IDS_MAX_CHARACTERS = 20 * 22
/** Would-be alerts are kept so long after their last match. */
export const SHADOW_KEPT_MS = 90 * 24 * 3600_000

/** Folds into the lane within the transaction that `write` collects. */
export async function writeShadow(
  database: Database,
  write: Write,
  folding: ShadowFolding,
  at: number,
): Promise<void> {
  const found = await candidatesOf(database, folding.missing())
  const newest = await database.first('SELECT max(number) AS n FROM shadow_alerts')
  const folded = folding.fold(found, Number(newest?.n ?? 0) + 1)
  insert(write, folded.created, folding.stageOf, at)
  update(write, folded.updated, at)
  countRules(write, folded.rules, at, 'shadow')
  if (folded.mutes !== undefined) countMutes(write, folded.mutes)
  write.add('DELETE FROM shadow_alerts WHERE last_seen < ? AND updated < ?', [
    at - SHADOW_KEPT_MS,
    at - SHADOW_KEPT_MS,
  ])
}

async function candidatesOf(
  database: Database,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, Candidate[]>> {
  const found = new Map<string, Candidate[]>()
  const rows = await database.all(
    `SELECT dedup_hash, number, first_seen, last_seen FROM (
       SELECT s.dedup_hash, s.number, s.first_seen, s.last_seen,
         row_number() OVER (PARTITION BY s.dedup_hash ORDER BY s.number DESC) AS place
       FROM json_each(?) h JOIN shadow_alerts s ON s.dedup_hash = h.value)
     WHERE place <= ? ORDER BY number DESC`,
    [JSON.stringify(hashes), CANDIDATES_PER_HASH],
  )
  for (const row of rows) {
    found.getOrInsert(text(row.dedup_hash), []).push({
      number: Number(row.number),
      closed: false,
      firstSeen: Number(row.first_seen),
      lastSeen: Number(row.last_seen),
    })
  }
  return found
}

function insert(
  write: Write,
  alerts: readonly AlertInsert[],
  stageOf: (alert: AlertInsert) => string,
  at: number,
): void {
  for (const alert of alerts) {
    const { host, user, src_ip } = alert.event.pivots
    write.add(
      `INSERT INTO shadow_alerts (number, rule_id, rule_hash, stage, title, severity, dedup_hash,
         count, first_seen, last_seen, created, updated, host, user, src_ip, source, event_id, event,
         event_ids) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[alert.number, alert.ruleId, alert.ruleHash, stageOf(alert), alert.title],
        ...[alert.severity, alert.dedupHash, alert.count, alert.firstSeen, alert.lastSeen, at, at],
        ...[host, user, src_ip].map((value) => (value === undefined ? null : String(value))),
        ...[alert.event.source, alert.event.id, JSON.stringify(alert.event)],
        alert.eventIds.join(' ').slice(0, EVENT_IDS_MAX_CHARACTERS),
      ],
    )
  }
}

function update(write: Write, alerts: readonly AlertUpdate[], at: number): void {
  for (const { number, count, firstSeen, lastSeen, eventIds } of alerts) {
    write.add(
      `UPDATE shadow_alerts SET count = count + ?, first_seen = min(first_seen, ?),
         last_seen = max(last_seen, ?), updated = ?,
         event_ids = substr(? || ' ' || event_ids, 1, ?) WHERE number = ?`,
      [
        ...[count, firstSeen, lastSeen, at, eventIds.join(' ')],
        ...[EVENT_IDS_MAX_CHARACTERS, number],
      ],
    )
  }
}
