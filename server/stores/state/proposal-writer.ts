// Adds a proposal and its outbox row to a transaction, alone or with what else must be true with it: an
// overlay and its pull request are one commit.
import type { Write } from './database.ts'
import { enqueue } from './outbox-writer.ts'
import type { ProposalRecord } from './proposals.ts'

/** Stores what `ProposalService.prepare` made. A proposal that is stored already is left as it is. */
export function writeProposal(write: Write, record: ProposalRecord): void {
  const { id, kind, title, body, branch, base, commit, paths, created, by } = record
  write.add(
    `INSERT INTO proposals
       (id, kind, title, body, branch, base, commit_id, paths, state, created, updated, by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
    [
      ...[id, kind, title, body, branch, base, commit],
      ...[JSON.stringify(paths), created, created, by.name],
    ],
  )
  enqueue(write, {
    kind: 'proposal',
    topic: `proposal ${id}`,
    key: `proposal ${id}`,
    payload: { proposal: id },
    at: created,
  })
  write.audit(
    { action: 'proposal.open', object: `proposal ${id}`, after: `${branch}: ${title}` },
    by,
  )
}

/** Gives a proposal up where it is decided, saying why; `at` is now, milliseconds since 1970 UTC. */
export function enqueueClosing(write: Write, id: string, reason: string, at: number): void {
  enqueue(write, {
    kind: 'proposal',
    topic: `proposal ${id}`,
    key: `proposal ${id} close`,
    payload: { proposal: id, close: reason },
    at,
  })
}
