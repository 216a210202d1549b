// Hunts of the server in state.db.
import type { Row } from '@libsql/client'
import type { Hunt } from '../../../query/hunt/hunt.ts'
import type { Context } from './context.ts'
import type { HuntRow, HuntStore } from './hunts.ts'
import { optional, text } from './rows.ts'
import { StateError } from './state-store.ts'

/** Hunts kept on one server. */
export const HUNTS_MAX = 2_000

export function createHuntStore({ database, now }: Context): HuntStore {
  const get = async (id: string) => {
    const row = await database.first('SELECT * FROM hunts WHERE id = ?', [id])
    return row === undefined ? undefined : huntFromRow(row)
  }
  const known = async (id: string) => {
    const row = await get(id)
    if (row === undefined) throw new StateError('not-found', `there is no hunt ${id}`)
    return row
  }
  return {
    getHunt: get,
    listHunts: async () =>
      (
        await database.all('SELECT * FROM hunts ORDER BY updated DESC, id LIMIT ?', [HUNTS_MAX])
      ).map(huntFromRow),
    addHunt: (hunt, owner, by) =>
      database.write(async (write) => {
        if ((await get(hunt.id)) !== undefined)
          throw new StateError('conflict', `there is a hunt ${hunt.id} already`)
        const count = await database.first('SELECT count(*) AS n FROM hunts')
        if (Number(count?.n ?? 0) >= HUNTS_MAX)
          throw new StateError('too-many', `${HUNTS_MAX} hunts are kept: remove some first`)
        const at = now()
        write.add(
          `INSERT INTO hunts (id, owner_id, owner, title, hunt, sharing, created, updated, version)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)`,
          [hunt.id, owner.id, owner.name, hunt.title, JSON.stringify(hunt), hunt.sharing, at, at],
        )
        write.audit({ action: 'hunt.create', object: objectOf(hunt), after: told(hunt) }, by)
        return { hunt, ownerId: owner.id, owner: owner.name, created: at, updated: at, version: 1 }
      }),
    changeHunt: (hunt, version, by) =>
      database.write(async (write) => {
        const before = await known(hunt.id)
        if (before.version !== version)
          throw new StateError('conflict', 'someone changed this hunt meanwhile: read it again')
        const at = now()
        write.add(
          `UPDATE hunts SET title = ?, hunt = ?, sharing = ?, updated = ?, version = version + 1
           WHERE id = ?`,
          [hunt.title, JSON.stringify(hunt), hunt.sharing, at, hunt.id],
        )
        const change = { before: told(before.hunt), after: told(hunt) }
        write.audit({ action: 'hunt.change', object: objectOf(hunt), ...change }, by)
        return { ...before, hunt, updated: at, version: version + 1 }
      }),
    setHuntProposal: (id, proposal, by) =>
      database.write(async (write) => {
        const { hunt } = await known(id)
        write.add('UPDATE hunts SET proposal = ? WHERE id = ?', [proposal, id])
        write.audit({ action: 'hunt.publish', object: objectOf(hunt), after: proposal }, by)
      }),
    removeHunt: (id, by) =>
      database.write(async (write) => {
        const { hunt } = await known(id)
        write.add('DELETE FROM hunts WHERE id = ?', [id])
        write.audit({ action: 'hunt.remove', object: objectOf(hunt), before: told(hunt) }, by)
      }),
  }
}

function objectOf({ id, title }: Hunt): string {
  return `hunt ${id} ${title}`
}

/** What the audit log says of it. */
function told(hunt: Hunt): string {
  return JSON.stringify(hunt)
}

function huntFromRow(row: Row): HuntRow {
  return {
    hunt: JSON.parse(text(row.hunt)) as Hunt,
    ownerId: text(row.owner_id),
    owner: text(row.owner),
    created: Number(row.created),
    updated: Number(row.updated),
    version: Number(row.version),
    ...optional('proposal', row.proposal),
  }
}
