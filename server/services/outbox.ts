// What leaves the server (O3): rows of the outbox, and the worker that sends them.
import type { Lane } from '../outbox/delivery.ts'
import { type OutboxWorker, startOutboxWorker, type WorkerOptions } from '../outbox/worker.ts'
import type { Actor } from '../stores/state/access.ts'
import type { OutboxItem, OutboxState } from '../stores/state/outbox.ts'
import type { StateClient } from '../workers/state-client.ts'

/** Rows replayed by one call. */
export const REPLAY_MAX = 500

export interface OutboxService {
  list(limit: number, state?: OutboxState): Promise<readonly OutboxItem[]>
  counts(): Promise<Readonly<Record<OutboxState, number>>>
  /** Sends a row again that was given up, skipped or waits. Rejects `not-found`; `conflict` once sent. */
  replay(id: number, by: Actor): Promise<OutboxItem>
  /** Sends again what was given up, the newest `REPLAY_MAX`; returns how many. */
  replayDead(by: Actor): Promise<number>
  /** Something was enqueued: it is sent at once instead of at the next look. */
  wake(): void
}

export interface OutboxParts {
  readonly state: StateClient
  readonly lanes: Readonly<Record<OutboxItem['kind'], Lane>>
}

/** Starts sending; `stop` ends after the rows under way. */
export function startOutbox(
  { state, lanes }: OutboxParts,
  options: Partial<WorkerOptions> = {},
): OutboxService & Pick<OutboxWorker, 'stop'> {
  const worker = startOutboxWorker({ ...options, state, lanes })
  return {
    list: (limit, only) => state.listOutbox(limit, only),
    counts: () => state.countOutbox(),
    replay: async (id, by) => {
      const item = await state.replayOutbox(id, by)
      worker.wake()
      return item
    },
    replayDead: async (by) => {
      const dead = await state.listOutbox(REPLAY_MAX, 'dead')
      for (const { id } of dead) await state.replayOutbox(id, by)
      worker.wake()
      return dead.length
    },
    wake: worker.wake,
    stop: worker.stop,
  }
}
