// Groups whose rows belong to no group of the file: the new one of a merge under way, which a crash leaves
// behind, and the old ones of a merge that is done. `meta` names them, so that their rows go some time later.
import type { Database } from 'bun:sqlite'
import { dropRows } from './layout.ts'

const KEY = 'leftover'

/** Groups that are left over. */
export function readLeftover(db: Database): number[] {
  const row = db.query('SELECT value FROM meta WHERE key = ?').get(KEY) as { value: string } | null
  return row === null ? [] : (JSON.parse(row.value) as number[])
}

/** Says which groups are left over; call it inside the transaction that makes them so. */
export function setLeftover(db: Database, groups: readonly number[]): void {
  const put = db.query('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
  put.run(KEY, JSON.stringify(groups))
}

/** Removes the rows of one group that is left over; false when there was none. */
export function dropOneLeftover(db: Database): boolean {
  const [group, ...others] = readLeftover(db)
  if (group === undefined) return false
  db.transaction(() => {
    dropRows(db, group)
    setLeftover(db, others)
  })()
  return true
}
