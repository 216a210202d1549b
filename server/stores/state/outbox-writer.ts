// Adds rows of the outbox to a transaction: what is told of and the telling are stored together or not at
// all.
import type { Write } from './database.ts'
import type { NewOutboxItem } from './outbox.ts'

/** Adds one row, due at once. A row with the same key is not added again; of commit statuses about one
 * topic only the newest stays pending. */
export function enqueue(write: Write, item: NewOutboxItem): void {
  const { kind, destination = kind, topic = null, key = null, payload, at } = item
  if (kind === 'commit-status' && topic !== null) {
    write.add(
      `UPDATE outbox SET state = 'skipped', updated = ?
       WHERE topic = ? AND kind = ? AND state = 'pending'`,
      [at, topic, kind],
    )
  }
  write.add(
    `INSERT INTO outbox (kind, destination, topic, key, payload, state, next_at, created, updated)
     VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    [kind, destination, topic, key, JSON.stringify(payload), at, at, at],
  )
}

/** Adds a row for each alert and each destination of alerts. The alerts must be stored in the same
 * transaction, before; those that a mute holds are left out. Costs one statement, and no rows where nobody wants them. */
export function enqueueAlerts(write: Write, numbers: readonly number[], at: number): void {
  write.add(
    `INSERT INTO outbox (kind, destination, topic, payload, state, next_at, created, updated)
     SELECT 'webhook', d.name, 'alert ' || a.number, json_object('type', 'alert.created',
         'alert', json_object('number', a.number, 'rule_id', a.rule_id, 'rule_title', a.rule_title,
           'rule_hash', a.rule_hash, 'title', a.title, 'severity', a.severity, 'status', a.status,
           'count', a.count, 'first_seen', a.first_seen, 'last_seen', a.last_seen,
           'created', a.created, 'host', a.host, 'user', a.user, 'src_ip', a.src_ip,
           'dst_ip', a.dst_ip, 'source', a.source, 'tags', json(a.tags), 'event_id', a.event_id,
           'dedup_hash', a.dedup_hash)),
       'pending', ?, ?, ?
     FROM outbox_destinations d JOIN json_each(?) n JOIN alerts a ON a.number = n.value
     WHERE a.status <> 'held'`,
    [at, at, at, JSON.stringify(numbers)],
  )
}
