// What people do to alerts: status, verdict, owner; who and when is kept, a stale version is refused.
import type { Row } from '@libsql/client'
import type { Actor } from './access.ts'
import { whereOf } from './alert-filter.ts'
import {
  ALERT_COLUMNS,
  ALERT_TABLES,
  alertFromRow,
  alertId,
  alertNumber,
  CLOSED_STATUSES,
} from './alert-rows.ts'
import type { AlertStore, BulkChange, BulkResult } from './alerts-store.ts'
import type { Context } from './context.ts'
import type { Write } from './database.ts'
import { text } from './rows.ts'
import {
  ALERT_STATUSES,
  type AlertChange,
  type AlertStatus,
  StateError,
  VERDICTS,
  type Verdict,
} from './state-store.ts'

export const REASON_MAX_CHARACTERS = 4000
export const OWNER_MAX_CHARACTERS = 64

/** The status that a verdict sets. */
export function statusOfVerdict(verdict: Verdict): AlertStatus {
  return verdict.startsWith('false_positive') ? 'false_positive' : 'resolved'
}

/** What a change does to an alert, as columns; `invalid` for values that do not exist or contradict. */
type Fields = Partial<Record<'status' | 'verdict' | 'reason' | 'owner', string | null>>

export interface ChangeHooks {
  /** Within the transaction's turn, before the next one reads. */
  readonly changing: () => void
  /** After the commit. */
  readonly changed: (ids: readonly string[]) => void
}

/** Makes changes and tells the hooks. */
export function createAlertChanges(
  context: Context,
  hooks: ChangeHooks,
): Pick<AlertStore, 'changeAlert' | 'changeAlerts' | 'undoChanges'> {
  const { database, now } = context
  return {
    changeAlert: async (id, change, by) => {
      const fields = fieldsOf(change)
      const number = alertNumber(id)
      await database.write(async (write) => {
        const row = await database.first('SELECT * FROM alerts WHERE number = ?', [number ?? 0])
        if (row === undefined) throw new StateError('not-found', `there is no alert ${id}`)
        if (Number(row.version) !== change.version) throw new StateError('conflict', staleText(row))
        changeRows(write, [Number(row.number)], fields, by, now())
        hooks.changing()
        const asText = (from: Fields | Row) =>
          JSON.stringify(
            Object.fromEntries(Object.keys(fields).map((key) => [key, from[key as keyof Fields]])),
          )
        write.audit(
          {
            action: 'alert.change',
            object: `alert ${id}`,
            before: asText(row),
            after: asText(fields),
          },
          by,
        )
      })
      hooks.changed([id])
      const row = await database.first(
        `SELECT ${ALERT_COLUMNS} FROM ${ALERT_TABLES} WHERE a.number = ?`,
        [number ?? 0],
      )
      if (row === undefined) throw new StateError('not-found', `there is no alert ${id}`)
      return alertFromRow(row)
    },
    changeAlerts: (bulk, by) => changeMany(context, bulk, by, hooks),
    undoChanges: (at, by) => undoMany(context, at, by, hooks),
  }
}

async function changeMany(
  { database, now }: Context,
  { filter, before, change }: BulkChange,
  by: Actor,
  hooks: ChangeHooks,
): Promise<BulkResult> {
  const fields = fieldsOf(change)
  const where = whereOf(filter)
  const at = now()
  const { ids, skipped } = await database.write(async (write) => {
    const rows = await database.all(
      `SELECT a.number, a.changed_at, a.changed_by FROM alerts a
       WHERE ${where.sql} AND a.created <= ? ORDER BY a.number`,
      [...where.args, before],
    )
    const isUntouched = (row: Row) => row.changed_at === null || Number(row.changed_at) <= before
    const numbers = rows.filter(isUntouched).map((row) => Number(row.number))
    const skipped = rows.filter((row) => !isUntouched(row)).map(skippedOf)
    changeRows(write, numbers, fields, by, at)
    write.audit(
      {
        action: 'alert.change-many',
        object: `${numbers.length} alerts`,
        before: JSON.stringify({ filter, before }),
        after: JSON.stringify(fields),
      },
      by,
    )
    hooks.changing()
    return { ids: numbers.map(alertId), skipped }
  })
  hooks.changed(ids)
  return { changed: ids.length, at, skipped }
}

function skippedOf(row: Row): BulkResult['skipped'][number] {
  const at = Number(row.changed_at)
  return { id: alertId(Number(row.number)), who: text(row.changed_by), at }
}

/** Columns that people change. */
const CHANGEABLE = ['status', 'verdict', 'reason', 'owner'] as const

/** What was written down then is put back where nothing came after it. */
async function undoMany(
  { database, now }: Context,
  done: number,
  by: Actor,
  hooks: ChangeHooks,
): Promise<BulkResult> {
  const at = now()
  const { ids, skipped } = await database.write(async (write) => {
    const rows = await database.all(
      `SELECT number, changed_at, changed_by FROM alerts WHERE number IN
         (SELECT alert FROM alert_activity WHERE at = ? AND who = ? AND what IN
           (SELECT value FROM json_each(?)))
       ORDER BY number`,
      [done, by.name, JSON.stringify(CHANGEABLE)],
    )
    const isLast = (row: Row) => Number(row.changed_at) === done && text(row.changed_by) === by.name
    const numbers = rows.filter(isLast).map((row) => Number(row.number))
    putBack(write, numbers, done, by, at)
    const object = `${numbers.length} alerts`
    write.audit({ action: 'alert.undo', object, before: String(done) }, by)
    hooks.changing()
    return {
      ids: numbers.map(alertId),
      skipped: rows.filter((row) => !isLast(row)).map(skippedOf),
    }
  })
  hooks.changed(ids)
  return { changed: ids.length, at, skipped }
}

function putBack(
  write: Write,
  numbers: readonly number[],
  done: number,
  by: Actor,
  at: number,
): void {
  const list = JSON.stringify(numbers)
  const then = (column: string) =>
    `FROM alert_activity v WHERE v.alert = a.number AND v.at = ? AND v.who = ? AND v.what = '${column}'`
  const chosen = 'a.number IN (SELECT value FROM json_each(?))'
  for (const column of CHANGEABLE) {
    const was = [done, by.name]
    write.add(
      `INSERT INTO alert_activity (alert, at, who, what, before, after)
       SELECT a.number, ?, ?, ?, a.${column}, (SELECT v.before ${then(column)})
       FROM alerts a WHERE ${chosen} AND EXISTS (SELECT 1 ${then(column)})`,
      [at, by.name, column, ...was, list, ...was],
    )
    write.add(
      `UPDATE alerts AS a SET ${column} = (SELECT v.before ${then(column)})
       WHERE ${chosen} AND EXISTS (SELECT 1 ${then(column)})`,
      [...was, list, ...was],
    )
  }
  write.add(
    `UPDATE alerts AS a SET version = version + 1, updated = ?, changed_at = ?, changed_by = ?
     WHERE ${chosen}`,
    [at, at, by.name, list],
  )
}

/** Changes alerts by number and writes down what became of each column that differs. */
function changeRows(
  write: Write,
  numbers: readonly number[],
  asked: Fields,
  by: Actor,
  at: number,
): void {
  const fields = reopened(asked)
  const set = Object.keys(fields) as (keyof Fields)[]
  const chosen = 'number IN (SELECT value FROM json_each(?))'
  const list = JSON.stringify(numbers)
  for (const column of set) {
    const value = fields[column] ?? null
    write.add(
      `INSERT INTO alert_activity (alert, at, who, what, before, after)
       SELECT number, ?, ?, ?, ${column}, ? FROM alerts WHERE ${chosen} AND ${column} IS NOT ?`,
      [at, by.name, column, value, list, value],
    )
  }
  write.add(
    `UPDATE alerts SET ${set.map((column) => `${column} = ?`).join(', ')},
       version = version + 1, updated = ?, changed_at = ?, changed_by = ? WHERE ${chosen}`,
    [...set.map((column) => fields[column] ?? null), at, at, by.name, list],
  )
}

/** An alert that goes back to work has no verdict any more. */
function reopened(fields: Fields): Fields {
  const { status, verdict } = fields
  if (status === undefined || status === null || verdict !== undefined) return fields
  return CLOSED_STATUSES.some((closed) => closed === status) ? fields : { ...fields, verdict: null }
}

function fieldsOf(change: Omit<AlertChange, 'version'>): Fields {
  const { status, verdict, reason, owner } = change
  if (status !== undefined && !ALERT_STATUSES.includes(status)) {
    throw new StateError('invalid', `the status is one of ${ALERT_STATUSES.join(', ')}`)
  }
  if (verdict !== undefined && !VERDICTS.includes(verdict)) {
    throw new StateError('invalid', `the verdict is one of ${VERDICTS.join(', ')}`)
  }
  if (verdict !== undefined && status !== undefined && status !== statusOfVerdict(verdict)) {
    throw new StateError('invalid', `verdict ${verdict} sets status ${statusOfVerdict(verdict)}`)
  }
  if ((reason?.length ?? 0) > REASON_MAX_CHARACTERS) {
    throw new StateError('invalid', `the reason has at most ${REASON_MAX_CHARACTERS} characters`)
  }
  if ((owner?.length ?? 0) > OWNER_MAX_CHARACTERS) {
    throw new StateError('invalid', `the owner has at most ${OWNER_MAX_CHARACTERS} characters`)
  }
  const set = verdict === undefined ? status : statusOfVerdict(verdict)
  const fields: Fields = {
    ...(set === undefined ? {} : { status: set }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(reason === undefined ? {} : { reason }),
    ...(owner === undefined ? {} : { owner: owner === '' ? null : owner }),
  }
  if (Object.keys(fields).length === 0) {
    throw new StateError('invalid', 'nothing to change: give status, verdict, reason or owner')
  }
  return fields
}

function staleText(row: Row): string {
  const at = new Date(Number(row.changed_at ?? row.updated)).toISOString()
  const who = row.changed_by === null ? 'someone' : text(row.changed_by)
  return `changed meanwhile by ${who} at ${at}: status ${text(row.status)}, version ${row.version}`
}
