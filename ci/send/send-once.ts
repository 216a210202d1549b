// Sends batches of a log that may have been sent before, in part or whole, so that nothing is stored twice.
import {
  type Batch,
  type BatchBody,
  batchBody,
  contentKey,
  placeKey,
  restOf,
} from '../input/batches.ts'
import { type IngestAnswer, RefusedError } from './client.ts'

/** What became of a batch, or of what was left of it. */
export interface Sent extends BatchBody {
  readonly answer: IngestAnswer
  readonly batch: Batch
  /** Events at its beginning that were stored by an earlier batch. */
  readonly before: number
}

const CONFLICT = 409

/** `post` sends a body under a key and rejects `RefusedError` when the server says no. */
export async function sendOnce(
  batch: Batch,
  source: string | undefined,
  post: (body: string, key: string) => Promise<IngestAnswer>,
): Promise<Sent> {
  const whole = batchBody(batch)
  try {
    const answer = await post(whole.body, placeKey(batch, source))
    return { ...whole, answer, batch, before: 0 }
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== CONFLICT) throw error
    const rest = restOf(batch, error.message)
    if (rest !== undefined) {
      const sent = await sendOnce(rest, source, post)
      return { ...sent, before: sent.before + batch.events.length - rest.events.length }
    }
    const answer = await post(whole.body, contentKey(batch, source, whole.body))
    return { ...whole, answer, batch, before: 0 }
  }
}
