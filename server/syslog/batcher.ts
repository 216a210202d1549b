// Collects lines of all connections and hands them to ingest in order, again and again until they are in.
import { ServiceError } from '../services/service-error.ts'

/** A batch goes out at this many lines, or after this long, milliseconds. */
export const BATCH_LINES = 500
export const BATCH_WAIT_MS = 200
/** Lines that may wait; more are refused: TCP senders are paused, datagrams dropped and counted. */
export const QUEUE_LINES_MAX = 50_000
/** First and longest pause before a refused batch is tried again, milliseconds. */
const RETRY_FIRST_MS = 100
const RETRY_MAX_MS = 5_000

export interface Batcher {
  /** False when the queue is full: the lines were not taken. */
  push(lines: readonly string[]): boolean
  /** Resolves when there is room again. */
  room(): Promise<void>
  /** Sends what waits; resolves when it is in. */
  drain(): Promise<void>
}

/** A queue before `deliver`, which rejects `too-many`, `disk-full` or `unavailable` to be asked again. */
export function createBatcher(deliver: (lines: readonly string[]) => Promise<unknown>): Batcher {
  let queue: string[] = []
  let waiting: (() => void)[] = []
  let timer: Timer | undefined
  let sending: Promise<void> | undefined

  const send = async () => {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH_LINES)
      await deliverUntilTaken(deliver, batch)
      queue = queue.slice(batch.length)
      if (queue.length <= QUEUE_LINES_MAX / 2) {
        for (const wake of waiting) wake()
        waiting = []
      }
      if (queue.length < BATCH_LINES) break
    }
  }
  const start = () => {
    clearTimeout(timer)
    timer = undefined
    sending ??= send().finally(() => {
      sending = undefined
      if (queue.length > 0) schedule()
    })
    return sending
  }
  const schedule = () => {
    if (queue.length >= BATCH_LINES) void start()
    else timer ??= setTimeout(() => void start(), BATCH_WAIT_MS)
  }

  return {
    push: (lines) => {
      if (queue.length + lines.length > QUEUE_LINES_MAX) return false
      for (const line of lines) queue.push(line)
      if (sending === undefined) schedule()
      return true
    },
    room: () =>
      queue.length <= QUEUE_LINES_MAX / 2
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.push(resolve)),
    drain: async () => {
      while (queue.length > 0) await start()
    },
  }
}

async function deliverUntilTaken(
  deliver: (lines: readonly string[]) => Promise<unknown>,
  batch: readonly string[],
): Promise<void> {
  for (let pause_ms = RETRY_FIRST_MS; ; pause_ms = Math.min(pause_ms * 2, RETRY_MAX_MS)) {
    try {
      await deliver(batch)
      return
    } catch (error) {
      const passing =
        error instanceof ServiceError &&
        ['too-many', 'disk-full', 'unavailable'].includes(error.code)
      if (!passing) {
        console.error(`syslog: ${batch.length} lines were refused: ${String(error)}`)
        return
      }
      await Bun.sleep(pause_ms)
    }
  }
}
