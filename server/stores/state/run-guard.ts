// Transactions that only the holder of a lease may commit.
import type { IngestPosition } from '../events/event-store.ts'
import type { Write } from './database.ts'
import type { Lease, Work } from './runs.ts'
import { StateError } from './state-store.ts'

/** Makes the transaction fail unless `lease` holds when it commits. Call `guarded` around its write. */
export function requireLease(write: Write, { kind, id, run }: Lease): void {
  requireRow(write, 'SELECT 1 FROM schedules WHERE kind = ? AND id = ? AND lease = ?', [
    kind,
    id,
    run,
  ])
}

/** Makes the transaction fail unless the query finds a row when it commits. */
export function requireRow(write: Write, query: string, args: Parameters<Write['add']>[1]): void {
  // NULL breaks the transaction.
  write.add(`INSERT INTO run_guard VALUES ((${query}))`, args)
  write.add('DELETE FROM run_guard')
}

/** Moves a schedule's cut-off, never back. */
export function moveCutoff(write: Write, { kind, id }: Work, to: IngestPosition): void {
  write.add(
    `UPDATE schedules SET cutoff = CASE WHEN epoch = ?1 THEN max(cutoff, ?2) ELSE ?2 END,
       epoch = ?1 WHERE kind = ?3 AND id = ?4`,
    [to.epoch, to.sequence, kind, id],
  )
}

/** `conflict` for a lease that was lost. */
export async function guarded<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing
  } catch (error) {
    if (!isLost(error)) throw error
    throw new StateError('conflict', 'another server runs this by now')
  }
}

/** Whether a transaction failed because of `requireRow`. */
export function isLost(error: unknown): boolean {
  return error instanceof Error && error.message.includes('run_guard')
}
