// Proposals in state.db.
import type { Row } from '@libsql/client'
import type { Context } from './context.ts'
import { writeProposal } from './proposal-writer.ts'
import type { Proposal, ProposalKind, ProposalState, ProposalStore } from './proposals.ts'
import { optional, optionalNumber, text } from './rows.ts'
import { StateError } from './state-store.ts'

export const PROPOSALS_PAGE_MAX = 200
/** Longest error kept, characters. */
const ERROR_MAX = 2_000

export function createProposalStore({ database, now }: Context): ProposalStore {
  const one = async (column: 'id' | 'branch', value: string) => {
    const row = await database.first(`SELECT * FROM proposals WHERE ${column} = ?`, [value])
    return row === undefined ? undefined : proposalFromRow(row)
  }
  return {
    addProposal: async (record) => {
      await database.write(async (write) => {
        if ((await one('id', record.id)) === undefined) writeProposal(write, record)
      })
      const stored = await one('id', record.id)
      if (stored !== undefined) return stored
      throw new StateError('unavailable', `proposal ${record.id} was not stored`)
    },
    getProposal: (id) => one('id', id),
    findProposalByBranch: (branch) => one('branch', branch),
    listProposals: async (limit, states) => {
      const rows = await database.all(
        `SELECT * FROM proposals WHERE ? OR state IN (SELECT value FROM json_each(?))
         ORDER BY created DESC, id LIMIT ?`,
        [states === undefined, JSON.stringify(states ?? []), Math.min(limit, PROPOSALS_PAGE_MAX)],
      )
      return rows.map(proposalFromRow)
    },
    changeProposal: async (id, change, by) => {
      await database.write(async (write) => {
        const before = await one('id', id)
        if (before === undefined || change.when?.includes(before.state) === false) return
        const { state = before.state, url = before.url, number = before.number } = change
        const error = change.error === undefined ? before.error : (change.error ?? undefined)
        write.add(
          'UPDATE proposals SET state = ?, url = ?, number = ?, error = ?, updated = ? WHERE id = ?',
          [state, url ?? null, number ?? null, error?.slice(0, ERROR_MAX) ?? null, now(), id],
        )
        if (state === before.state) return
        const entry = { action: `proposal.${state}`, object: `proposal ${id}` }
        write.audit({ ...entry, before: before.state, after: url ?? before.branch }, by)
      })
      return one('id', id)
    },
  }
}

function proposalFromRow(row: Row): Proposal {
  return {
    id: text(row.id),
    kind: text(row.kind) as ProposalKind,
    title: text(row.title),
    body: text(row.body),
    branch: text(row.branch),
    base: text(row.base),
    commit: text(row.commit_id),
    paths: JSON.parse(text(row.paths)) as string[],
    state: text(row.state) as ProposalState,
    ...optional('url', row.url),
    ...optionalNumber('number', row.number),
    ...optional('error', row.error),
    created: Number(row.created),
    updated: Number(row.updated),
    by: text(row.by),
  }
}
