// How mutes end: by someone, by time, or because their filter is live in Git. Without a merge the alerts that
// they held are new again, in the same transaction.
import type { Actor } from './access.ts'
import type { Context } from './context.ts'
import type { Write } from './database.ts'
import { suppressionId, suppressionNumber } from './held-alerts.ts'
import { enqueueAlerts } from './outbox-writer.ts'
import { enqueueClosing } from './proposal-writer.ts'
import { StateError } from './state-store.ts'
import type { Suppression, SuppressionState, SuppressionStore } from './suppressions.ts'

const TRAPLINE: Actor = { name: 'trapline' }
/** Whoever closed the pull request without merging it. */
const REVIEW: Actor = { name: 'review' }
const DECLINED = 'proposal IN (SELECT id FROM proposals WHERE state = ?)'

/** Runs a transaction that gives back numbers of alerts that are new again, and tells of it. */
export type Change = (
  job: (write: Write) => Promise<readonly number[]>,
) => Promise<readonly string[]>

type Ends = Pick<SuppressionStore, 'endSuppression' | 'suppressionsMerged' | 'expireSuppressions'>

export function createMuteEnds(
  context: Context,
  get: (id: string) => Promise<Suppression>,
  change: Change,
): Ends {
  const { database, now } = context
  const numbersOf = async (condition: string, value: string | number) => {
    const rows = await database.all(
      `SELECT number FROM suppressions WHERE state IN ('pending', 'active') AND ${condition}`,
      [value],
    )
    return rows.map((row) => Number(row.number))
  }
  return {
    endSuppression: async (id, by) => {
      await change(async (write) => {
        const { state, proposalId } = await get(id)
        if (state !== 'active' && state !== 'pending')
          throw new StateError('conflict', `mute ${id} has ended: it is ${state}`)
        if (proposalId !== undefined) await withdraw(context, write, id, proposalId, by)
        return end(context, write, [suppressionNumber(id) ?? 0], 'ended', by)
      })
      return get(id)
    },
    suppressionsMerged: async (filterIds) => {
      const live = () =>
        numbersOf('filter_id IN (SELECT value FROM json_each(?))', JSON.stringify(filterIds))
      if ((await live()).length === 0) return []
      let merged: readonly string[] = []
      await change(async (write) => {
        const numbers = await live()
        merged = numbers.map(suppressionId)
        finish(write, numbers, 'merged', TRAPLINE, now())
        return []
      })
      return merged
    },
    expireSuppressions: async () => {
      const due = () => numbersOf('expires <= ?', now())
      const declined = () => numbersOf(DECLINED, 'closed')
      if ((await due()).length + (await declined()).length === 0) return []
      return change(async (write) => {
        const late = await due()
        const refused = (await declined()).filter((number) => !late.includes(number))
        return [
          ...(await end(context, write, late, 'expired', TRAPLINE)),
          ...(await end(context, write, refused, 'ended', REVIEW)),
        ]
      })
    },
  }
}

/** Without this its filter could still be merged, and would mute what somebody wanted to hear again. */
async function withdraw(
  { database, now }: Context,
  write: Write,
  id: string,
  proposal: string,
  by: Actor,
): Promise<void> {
  const row = await database.first('SELECT state FROM proposals WHERE id = ?', [proposal])
  if (row === undefined || row.state === 'merged' || row.state === 'closed') return
  const reason = `Mute ${id} was ended by ${by.name}.`
  enqueueClosing(write, proposal, reason, now())
}

function finish(
  write: Write,
  numbers: readonly number[],
  state: SuppressionState,
  by: Actor,
  at: number,
): void {
  write.add(
    `UPDATE suppressions SET state = ?, ended = ?, ended_by = ?
     WHERE number IN (SELECT value FROM json_each(?))`,
    [state, at, by.name, JSON.stringify(numbers)],
  )
  for (const number of numbers) {
    const object = `mute ${suppressionId(number)}`
    write.audit({ action: `mute.${state}`, object, after: state }, by)
  }
}

/** Ends mutes without a merge: alerts that they hold are new again, with their times. Returns their numbers. */
async function end(
  { database, now }: Context,
  write: Write,
  numbers: readonly number[],
  state: 'expired' | 'ended',
  by: Actor,
): Promise<readonly number[]> {
  if (numbers.length === 0) return []
  const at = now()
  finish(write, numbers, state, by, at)
  const list = JSON.stringify(numbers)
  const rows = await database.all(
    `SELECT a.number FROM held_alerts h JOIN alerts a ON a.number = h.alert
     WHERE h.suppression IN (SELECT value FROM json_each(?)) AND a.status = 'held'
     ORDER BY a.number`,
    [list],
  )
  const alerts = rows.map((row) => Number(row.number))
  const chosen = JSON.stringify(alerts)
  write.add(
    `INSERT INTO alert_activity (alert, at, who, what, before, after)
     SELECT value, ?, ?, 'status', 'held', 'new' FROM json_each(?)`,
    [at, by.name, chosen],
  )
  write.add(
    `UPDATE alerts SET status = 'new', version = version + 1, updated = ?, changed_at = ?,
       changed_by = ? WHERE number IN (SELECT value FROM json_each(?))`,
    [at, at, by.name, chosen],
  )
  write.add('DELETE FROM held_alerts WHERE suppression IN (SELECT value FROM json_each(?))', [list])
  if (alerts.length > 0) enqueueAlerts(write, alerts, at)
  return alerts
}
