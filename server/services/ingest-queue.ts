// The bounded queue in front of the ingest worker. Calls wait here, a few at a time are with the worker;
// while it is held, as during a change of rules, nothing is given on.
import type { IngestHandlers } from '../workers/ingest.ts'
import { type Client, WorkerError } from '../workers/rpc.ts'
import { createLatencies } from './latencies.ts'
import { ServiceError, type ServiceErrorCode } from './service-error.ts'
import type { IngestAnswer } from './services.ts'

/** Accepted and not yet committed, at most; more is `too-many`. One call alone may be larger. */
export const QUEUE_BYTES_MAX = 64 * 1_048_576
export const QUEUE_BATCHES_MAX = 1024
/** With the worker at a time: enough for a group, few enough that a handover is soon. */
const IN_FLIGHT_MAX = 32
const RETRY_AFTER_S = 1
const DISK_RETRY_AFTER_S = 60

/** Gives a call to the worker; resolves with the answer's JSON. */
export type Send = (worker: Client<IngestHandlers>) => Promise<string>

export interface IngestQueue {
  /** Resolves after the commit. Rejects `ServiceError`. */
  push(bytes: number, send: Send): Promise<IngestAnswer>
  /** Gives calls to this worker from now on. */
  resume(worker: Client<IngestHandlers>): void
  /** Gives nothing on; resolves when the worker has answered all it has. */
  hold(): Promise<void>
  /** Resolves when nothing is waiting or under way. */
  drain(): Promise<void>
  /** The worker is gone: whether it committed what it had is unknown, so those calls are rejected. */
  abandon(reason: string): void
  length(): number
  /** Whether the next call may be refused. */
  isFull(): boolean
  /** From acceptance to commit, milliseconds. */
  commit_ms(): { readonly p50: number; readonly p99: number }
}

interface Job {
  readonly bytes: number
  readonly send: Send
  readonly resolve: (answer: IngestAnswer) => void
  readonly reject: (error: Error) => void
  readonly started: number
}

export function createIngestQueue(): IngestQueue {
  const latencies = createLatencies()
  const waiting: Job[] = []
  const running = new Set<Job>()
  let worker: Client<IngestHandlers> | undefined
  let bytes = 0
  const onIdle: (() => void)[] = []

  function finish(job: Job): void {
    if (!running.delete(job)) return
    bytes -= job.bytes
    pump()
    if (running.size > 0) return
    for (const resolve of onIdle.splice(0)) resolve()
  }

  async function give(job: Job, to: Client<IngestHandlers>): Promise<void> {
    try {
      const answer = JSON.parse(await job.send(to)) as IngestAnswer
      latencies.add(performance.now() - job.started)
      job.resolve(answer)
    } catch (error) {
      job.reject(asServiceError(error))
    }
    finish(job)
  }

  function pump(): void {
    while (worker !== undefined && running.size < IN_FLIGHT_MAX) {
      const job = waiting.shift()
      if (job === undefined) return
      running.add(job)
      void give(job, worker)
    }
  }

  return {
    push: async (size, send) => {
      const length = waiting.length + running.size
      if (length >= QUEUE_BATCHES_MAX || (length > 0 && bytes + size > QUEUE_BYTES_MAX)) {
        throw new ServiceError('too-many', 'the ingest queue is full', RETRY_AFTER_S)
      }
      bytes += size
      return new Promise((resolve, reject) => {
        waiting.push({ bytes: size, send, resolve, reject, started: performance.now() })
        pump()
      })
    },
    resume: (to) => {
      worker = to
      pump()
    },
    hold: async () => {
      worker = undefined
      if (running.size > 0) await new Promise<void>((resolve) => onIdle.push(resolve))
    },
    drain: async () => {
      while (waiting.length + running.size > 0) {
        await new Promise<void>((resolve) => onIdle.push(resolve))
      }
    },
    abandon: (reason) => {
      worker = undefined
      for (const job of running) {
        job.reject(new ServiceError('unavailable', reason, RETRY_AFTER_S))
        finish(job)
      }
    },
    length: () => waiting.length + running.size,
    isFull: () => waiting.length + running.size >= QUEUE_BATCHES_MAX || bytes >= QUEUE_BYTES_MAX,
    commit_ms: latencies.percentiles,
  }
}

const CODES: Readonly<Record<string, ServiceErrorCode>> = {
  invalid: 'invalid',
  conflict: 'conflict',
  'disk-full': 'disk-full',
}

/** What callers see of an error in the worker. */
export function asServiceError(error: unknown): Error {
  if (!(error instanceof WorkerError)) {
    return error instanceof Error ? error : new Error(String(error))
  }
  const code = CODES[error.code]
  if (code === 'disk-full') return new ServiceError(code, error.message, DISK_RETRY_AFTER_S)
  if (code !== undefined) return new ServiceError(code, error.message)
  return new ServiceError('unavailable', error.message, RETRY_AFTER_S)
}
