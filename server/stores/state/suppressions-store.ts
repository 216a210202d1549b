// Mutes in state.db. A mute, its proposal and the audit entry are one transaction; so are its end and the
// return of the alerts that it held.
import type { Row } from '@libsql/client'
import type { Actor } from './access.ts'
import type { ChangeHooks } from './alert-changes.ts'
import { alertId } from './alert-rows.ts'
import type { Context } from './context.ts'
import type { Write } from './database.ts'
import { suppressionId, suppressionNumber } from './held-alerts.ts'
import { type Change, createMuteEnds } from './mute-ends.ts'
import { writeProposal } from './proposal-writer.ts'
import { optional, optionalNumber, text } from './rows.ts'
import { StateError } from './state-store.ts'
import type {
  Criteria,
  NewSuppression,
  Suppression,
  SuppressionEffect,
  SuppressionState,
  SuppressionStore,
} from './suppressions.ts'

export const SUPPRESSIONS_PAGE_MAX = 1000
/** A mute whose filter went live still holds what older rules matched, milliseconds. */
export const MERGED_GRACE_MS = 60_000
/** Mutes that may be active or pending at once. */
export const SUPPRESSIONS_OPEN_MAX = 1000

const COLUMNS = `s.*, (SELECT count(*) FROM held_alerts h JOIN alerts a ON a.number = h.alert
  WHERE h.suppression = s.number AND a.status = 'held') AS held`

export interface MuteHooks extends ChangeHooks {
  /** After mutes were made or ended. */
  readonly mutesChanged: () => void
}

/** The store; `hooks` hear of alerts that come back, and that mutes changed. */
export function createSuppressionStore(context: Context, hooks: MuteHooks): SuppressionStore {
  const { database } = context
  const reads = createReads(context)
  const get = async (id: string) => {
    const found = await reads.getSuppression(id)
    if (found === undefined) throw new StateError('not-found', `there is no mute ${id}`)
    return found
  }
  const change: Change = async (job) => {
    const ids = (
      await database.write(async (write) => {
        const numbers = await job(write)
        hooks.changing()
        return numbers
      })
    ).map(alertId)
    hooks.mutesChanged()
    if (ids.length > 0) hooks.changed(ids)
    return ids
  }
  return {
    ...reads,
    ...createStarts(context, get, change),
    ...createMuteEnds(context, get, change),
  }
}

function createReads({
  database,
  now,
}: Context): Pick<SuppressionStore, 'getSuppression' | 'listSuppressions' | 'activeSuppressions'> {
  return {
    getSuppression: async (id) => {
      const row = await database.first(`SELECT ${COLUMNS} FROM suppressions s WHERE s.number = ?`, [
        suppressionNumber(id) ?? 0,
      ])
      return row === undefined ? undefined : suppressionFromRow(row)
    },
    listSuppressions: async ({ ruleId, states, limit }) =>
      (
        await database.all(
          `SELECT ${COLUMNS} FROM suppressions s
           WHERE (? IS NULL OR s.rule_id IS NULL OR s.rule_id = ?)
             AND (? OR s.state IN (SELECT value FROM json_each(?)))
           ORDER BY s.number DESC LIMIT ?`,
          [
            ...[ruleId ?? null, ruleId ?? null],
            ...[states === undefined, JSON.stringify(states ?? [])],
            Math.min(limit, SUPPRESSIONS_PAGE_MAX),
          ],
        )
      ).map(suppressionFromRow),
    activeSuppressions: async () =>
      (
        await database.all(
          `SELECT ${COLUMNS} FROM suppressions s
           WHERE (s.state = 'active' AND s.expires > ?) OR (s.state = 'merged' AND s.ended > ?)
           ORDER BY s.number`,
          [now(), now() - MERGED_GRACE_MS],
        )
      ).map(suppressionFromRow),
  }
}

function createStarts(
  { database, now }: Context,
  get: (id: string) => Promise<Suppression>,
  change: Change,
): Pick<SuppressionStore, 'addSuppression' | 'agreeSuppression'> {
  return {
    addSuppression: async (suppression, proposal, by) => {
      let number = 0
      await change(async (write) => {
        const open = await database.first(
          `SELECT (SELECT count(*) FROM suppressions WHERE state IN ('pending', 'active')) AS open,
             (SELECT max(number) FROM suppressions) AS newest`,
        )
        if (Number(open?.open ?? 0) >= SUPPRESSIONS_OPEN_MAX)
          throw new StateError('too-many', `there are ${SUPPRESSIONS_OPEN_MAX} mutes already`)
        number = Number(open?.newest ?? 0) + 1
        insert(write, number, suppression, proposal?.id, by, now())
        if (proposal !== undefined) writeProposal(write, proposal)
        const after = JSON.stringify({ ...auditText(suppression), state: stateOf(proposal) })
        write.audit({ action: 'mute.add', object: `mute ${suppressionId(number)}`, after }, by)
        return []
      })
      return get(suppressionId(number))
    },
    agreeSuppression: async (id, proposal, by) => {
      await change(async (write) => {
        checkAgreement(await get(id), by, now())
        write.add(
          `UPDATE suppressions SET state = 'active', agreed = ?, proposal = ? WHERE number = ?`,
          [now(), proposal.id, suppressionNumber(id) ?? 0],
        )
        writeProposal(write, proposal)
        const object = `mute ${id}`
        write.audit({ action: 'mute.agree', object, before: 'pending', after: 'active' }, by)
        return []
      })
      return get(id)
    },
  }
}

function stateOf(proposal: unknown): SuppressionState {
  return proposal === undefined ? 'pending' : 'active'
}

function auditText({ ruleId, criteria, reason, expires, agreedBy, path }: NewSuppression) {
  return { rule: ruleId ?? 'any', criteria, reason, expires: iso(expires), agreedBy, path }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function checkAgreement(before: Suppression, by: Actor, now: number): void {
  if (before.state !== 'pending')
    throw new StateError('conflict', `mute ${before.id} is ${before.state}, not pending`)
  if (before.expires <= now) throw new StateError('conflict', `mute ${before.id} has expired`)
  if (by.name === before.by || by.name !== before.agreedBy)
    throw new StateError('forbidden', `${before.by} asked ${before.agreedBy} to agree to this mute`)
}

function insert(
  write: Write,
  number: number,
  suppression: NewSuppression,
  proposal: string | undefined,
  by: Actor,
  at: number,
): void {
  const { ruleId, criteria, filterId, filter, tests, path, owner, reason } = suppression
  write.add(
    `INSERT INTO suppressions (number, rule_id, criteria, filter_id, filter, tests, path, owner,
       reason, event_id, effect, state, created, by, expires, agreed_by, proposal)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[number, ruleId ?? null, JSON.stringify(criteria), filterId, filter, tests, path, owner],
      ...[reason, suppression.eventId ?? null, JSON.stringify(suppression.effect)],
      ...[stateOf(proposal), at, by.name, suppression.expires],
      ...[suppression.agreedBy ?? null, proposal ?? null],
    ],
  )
}

function suppressionFromRow(row: Row): Suppression {
  return {
    id: suppressionId(Number(row.number)),
    ...optional('ruleId', row.rule_id),
    criteria: JSON.parse(text(row.criteria)) as Criteria,
    filterId: text(row.filter_id),
    filter: text(row.filter),
    tests: text(row.tests),
    path: text(row.path),
    owner: text(row.owner),
    reason: text(row.reason),
    ...optional('eventId', row.event_id),
    effect: JSON.parse(text(row.effect)) as SuppressionEffect,
    state: text(row.state) as SuppressionState,
    created: Number(row.created),
    by: text(row.by),
    expires: Number(row.expires),
    ...optional('agreedBy', row.agreed_by),
    ...optionalNumber('agreed', row.agreed),
    ...optionalNumber('ended', row.ended),
    ...optional('endedBy', row.ended_by),
    ...optional('proposalId', row.proposal),
    matches: Number(row.matches),
    ...optionalNumber('last', row.last),
    held: Number(row.held),
  }
}
