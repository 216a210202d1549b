// The outbox in state.db.
import type { Row } from '@libsql/client'
import type { Actor } from './access.ts'
import { type Context, randomToken } from './context.ts'
import type { Write } from './database.ts'
import {
  OUTBOX_STATES,
  type OutboxItem,
  type OutboxKind,
  type OutboxOutcome,
  type OutboxState,
  type OutboxStore,
} from './outbox.ts'
import { optional, text } from './rows.ts'
import { StateError } from './state-store.ts'

export const OUTBOX_PAGE_MAX = 500
/** No row waits longer than this: one that seems to was written before the clock was set back, and is due. */
export const WAIT_POSSIBLE_MS = 2 * 3_600_000
/** Longest error kept, characters. */
const ERROR_MAX = 2_000

export function createOutboxStore({ database, now }: Context): OutboxStore {
  const get = async (id: number) => {
    const row = await database.first('SELECT * FROM outbox WHERE id = ?', [id])
    return row === undefined ? undefined : itemFromRow(row)
  }
  return {
    leaseOutbox: async (kind, limit, lease_ms) => {
      const lease = randomToken(12)
      const at = now()
      const due = `kind = ? AND state = 'pending'
        AND (next_at <= ? OR next_at > ?) AND (lease_until <= ? OR lease_until > ?)`
      const args = [kind, at, at + WAIT_POSSIBLE_MS, at, at + lease_ms]
      if ((await database.first(`SELECT 1 FROM outbox WHERE ${due} LIMIT 1`, args)) === undefined)
        return { lease, items: [] }
      // One statement takes the rows: two workers over one file never get the same.
      await database.write((write) =>
        write.add(
          `UPDATE outbox SET lease = ?, lease_until = ?
           WHERE id IN (SELECT id FROM outbox WHERE ${due} ORDER BY next_at, id LIMIT ?)`,
          [lease, at + lease_ms, ...args, limit],
        ),
      )
      const rows = await database.all('SELECT * FROM outbox WHERE lease = ? ORDER BY next_at, id', [
        lease,
      ])
      return { lease, items: rows.map(itemFromRow) }
    },
    settleOutbox: (id, lease, outcome) =>
      database.write((write) => settle(write, id, lease, outcome, now())),
    endOutboxLeases: () =>
      database.write((write) =>
        write.add(
          `UPDATE outbox SET lease = NULL, lease_until = 0
           WHERE state = 'pending' AND lease IS NOT NULL`,
        ),
      ),
    listOutbox: async (limit, state) => {
      const rows = await database.all(
        'SELECT * FROM outbox WHERE ? IS NULL OR state = ? ORDER BY id DESC LIMIT ?',
        [state ?? null, state ?? null, Math.min(limit, OUTBOX_PAGE_MAX)],
      )
      return rows.map(itemFromRow)
    },
    countOutbox: async () => {
      const rows = await database.all('SELECT state, count(*) AS n FROM outbox GROUP BY state')
      const counts = new Map(rows.map((row) => [text(row.state), Number(row.n)]))
      return Object.fromEntries(
        OUTBOX_STATES.map((state) => [state, counts.get(state) ?? 0]),
      ) as Record<OutboxState, number>
    },
    replayOutbox: async (id, by) => {
      await database.write(async (write) => {
        const item = await get(id)
        if (item === undefined) throw new StateError('not-found', `there is no outbox row ${id}`)
        if (item.state === 'sent') throw new StateError('conflict', `outbox row ${id} was sent`)
        replay(write, item, by, now())
      })
      return (await get(id))!
    },
    replayTopic: (topic, by) =>
      database.write(async (write) => {
        const row = await database.first(
          'SELECT * FROM outbox WHERE topic = ? ORDER BY id DESC LIMIT 1',
          [topic],
        )
        const item = row === undefined ? undefined : itemFromRow(row)
        if (item !== undefined && item.state !== 'sent') replay(write, item, by, now())
      }),
    setAlertDestinations: (names) =>
      database.write((write) => setDestinations(write, JSON.stringify(names), now())),
    pruneOutbox: (before) =>
      database.write((write) =>
        write.add("DELETE FROM outbox WHERE state IN ('sent', 'skipped') AND updated < ?", [
          before,
        ]),
      ),
  }
}

/** `names` is a JSON array. */
function setDestinations(write: Write, names: string, at: number): void {
  write.add('DELETE FROM outbox_destinations WHERE name NOT IN (SELECT value FROM json_each(?))', [
    names,
  ])
  write.add(
    `INSERT INTO outbox_destinations (name) SELECT value FROM json_each(?) WHERE true
     ON CONFLICT (name) DO NOTHING`,
    [names],
  )
  write.add(
    `UPDATE outbox SET state = 'skipped', updated = ? WHERE kind = 'webhook'
       AND state = 'pending' AND destination NOT IN (SELECT value FROM json_each(?))`,
    [at, names],
  )
}

function replay(write: Write, { id, state }: OutboxItem, by: Actor, at: number): void {
  write.add(
    `UPDATE outbox SET state = 'pending', attempts = 0, next_at = ?, updated = ?,
       lease = NULL, lease_until = 0 WHERE id = ? AND state <> 'sent'`,
    [at, at, id],
  )
  write.audit({ action: 'outbox.replay', object: `outbox ${id}`, before: state }, by)
}

/** Writes what became of a try, unless the row was taken by someone else since. */
function settle(write: Write, id: number, lease: string, outcome: OutboxOutcome, at: number): void {
  const { result } = outcome
  const state = result === 'retry' || result === 'release' ? 'pending' : result
  const tried = result === 'retry' || result === 'dead' ? 1 : 0
  const next = result === 'retry' ? outcome.at : null
  const error = 'error' in outcome ? outcome.error : 'note' in outcome ? outcome.note : null
  write.add(
    `UPDATE outbox SET state = ?, attempts = attempts + ?, next_at = coalesce(?, next_at),
       error = iif(?, error, ?), lease = NULL, lease_until = 0, updated = ?
     WHERE id = ? AND lease = ? AND state = 'pending'`,
    [
      ...[state, tried, next],
      ...[result === 'release', error?.slice(0, ERROR_MAX) ?? null, at],
      ...[id, lease],
    ],
  )
}

function itemFromRow(row: Row): OutboxItem {
  return {
    id: Number(row.id),
    kind: text(row.kind) as OutboxKind,
    destination: text(row.destination),
    ...optional('topic', row.topic),
    payload: JSON.parse(text(row.payload)) as Record<string, unknown>,
    state: text(row.state) as OutboxState,
    attempts: Number(row.attempts),
    nextAt: Number(row.next_at),
    ...optional('error', row.error),
    created: Number(row.created),
    updated: Number(row.updated),
  }
}
