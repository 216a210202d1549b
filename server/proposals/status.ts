// Commit statuses: what became of a release, where people look at the commit.
import { z } from 'zod'
import type { Delivered } from '../outbox/delivery.ts'
import type { OutboxItem } from '../stores/state/outbox.ts'
import type { GitHubClient } from './github.ts'

/** Name of the status at the commit. */
export const STATUS_CONTEXT = 'trapline/release'

const Payload = z.object({
  commit: z.string(),
  state: z.enum(['pending', 'success', 'failure', 'error']),
  description: z.string(),
  context: z.string().default(STATUS_CONTEXT),
  url: z.string().optional(),
})

/** Sets the status of an outbox row; setting it twice changes nothing. */
export async function deliverStatus(
  item: OutboxItem,
  github: GitHubClient | undefined,
): Promise<Delivered> {
  if (github === undefined) return { result: 'skipped', note: 'no GitHub repository is set' }
  await github.setStatus(Payload.parse(item.payload))
  return { result: 'sent' }
}
