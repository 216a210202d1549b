// Group commit: batches that are ready together share one transaction and one fsync. There is no timer: a
// group is committed when the event loop has nothing more for it, or when it is large enough.
import { StoreError } from '../stores/events/errors.ts'
import type { Appended, EventWriter, KeyConflict } from '../stores/events/event-store.ts'
import { WorkerError } from '../workers/rpc.ts'
import type { PreparedBatch } from './pipeline.ts'

/** A group is committed at once at this many batches, bytes of event text or events: senders of large
 * batches are answered while the next ones are prepared. */
const GROUP_BATCHES_MAX = 16
const GROUP_BYTES_MAX = 8 * 1_048_576
export const GROUP_EVENTS_MAX = 2000

/** What a commit did, for the notice `committed`. */
export interface Committed {
  readonly events: number
  readonly unparsed: number
  readonly matches: number
  /** The intake sequence it reached. */
  readonly sequence: number
}

export interface Committer {
  /** Resolves with the sender's answer after the commit. Rejects `conflict`, `disk-full`, `store-failed`. */
  submit(batch: PreparedBatch, bytes: number): Promise<string>
  /** Commits what is waiting. */
  flush(): void
  waiting(): number
}

interface Waiting {
  readonly prepared: PreparedBatch
  readonly bytes: number
  readonly resolve: (answer: string) => void
  readonly reject: (error: Error) => void
}

/** A committer over a writer. `onCommit` hears of each group that is on disk, `onFailure` of one that the store
 * refused. */
export function createCommitter(
  writer: Pick<EventWriter, 'append'>,
  onCommit: (committed: Committed) => void,
  onFailure: (error: StoreError) => void,
): Committer {
  let group: Waiting[] = []
  let bytes = 0
  let events = 0
  let scheduled = false

  function flush(): void {
    const batches = group
    if (batches.length === 0) return
    group = []
    bytes = 0
    events = 0
    try {
      const results = writer.append(batches.map(({ prepared }) => prepared.batch))
      results.forEach((result, n) => {
        const { resolve, reject } = batches[n]!
        if ('conflict' in result) reject(conflict(result.hash))
        else resolve(result.repeated ? asRepeated(result.answer) : result.answer)
      })
      onCommit(summary(batches, results))
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error))
      for (const { reject } of batches) reject(failure)
      if (failure instanceof StoreError) onFailure(failure)
    }
  }

  return {
    submit: (prepared, size) =>
      new Promise((resolve, reject) => {
        group.push({ prepared, bytes: size, resolve, reject })
        bytes += size
        events += prepared.batch.events.length
        const isLarge =
          group.length >= GROUP_BATCHES_MAX ||
          bytes >= GROUP_BYTES_MAX ||
          events >= GROUP_EVENTS_MAX
        if (isLarge) flush()
        else if (!scheduled) {
          scheduled = true
          setImmediate(() => {
            scheduled = false
            flush()
          })
        }
      }),
    flush,
    waiting: () => group.length,
  }
}

/** Whoever knows the hash can tell whether the body before was the beginning of this one. */
function conflict(hash: string): WorkerError {
  const message = `this Idempotency-Key came before with another body (sha256 ${hash})`
  return new WorkerError('conflict', message)
}

/** The answer that its key got before, which says so. */
function asRepeated(answer: string): string {
  return answer.replace(/\}\s*$/, ',"repeated":true}')
}

function summary(
  batches: readonly Waiting[],
  results: readonly (Appended | KeyConflict)[],
): Committed {
  let [events, unparsed, matches, sequence] = [0, 0, 0, 0]
  results.forEach((result, n) => {
    if ('conflict' in result) return
    sequence = Math.max(sequence, result.sequence)
    if (result.repeated) return
    const { prepared } = batches[n]!
    events += prepared.batch.events.length
    unparsed += prepared.unparsed
    matches += prepared.batch.matches.length
  })
  return { events, unparsed, matches, sequence }
}
