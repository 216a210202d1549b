// How one kind of outbox row leaves the server, and how a failure says whether trying again can help.
import type { OutboxItem } from '../stores/state/outbox.ts'

/** `skipped`: there is nothing to send any more, or nobody to send it to. */
export interface Delivered {
  readonly result: 'sent' | 'skipped'
  readonly note?: string
}

/** Sends one row. It may be called again for a row that was sent but not marked: it must not do twice what
 * the receiver would see twice. */
export type Deliver = (item: OutboxItem) => Promise<Delivered>

/** What to do for a row that is given up, and again for each failure before. */
export type OnFailure = (item: OutboxItem, error: string, isDead: boolean) => Promise<void>

export interface Lane {
  readonly deliver: Deliver
  readonly onFailure?: OnFailure
  /** Rows sent at the same time; default 1. */
  readonly concurrency?: number
  /** Rows leased at once; all of them must be done within `LEASE_MS`. Default `BATCH_MAX`. */
  readonly batch?: number
}

/** A try that failed. `isFinal`: the receiver said no for good. */
export class DeliveryError extends Error {
  readonly isFinal: boolean
  /** How long the receiver asked to wait, milliseconds. */
  readonly retryAfter_ms: number | undefined

  constructor(message: string, options: { isFinal?: boolean; retryAfter_ms?: number } = {}) {
    super(message)
    this.isFinal = options.isFinal ?? false
    this.retryAfter_ms = options.retryAfter_ms
  }
}

/** Answers after which the same request may succeed later. */
export function isTransient(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429
}

/** Longest wait that a receiver's Retry-After is granted, milliseconds. */
export const RETRY_AFTER_MAX_MS = 3_600_000

/** Milliseconds of a Retry-After header: seconds or a date. */
export function retryAfterOf(value: string | null | undefined, now: number): number | undefined {
  if (value === null || value === undefined) return undefined
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), RETRY_AFTER_MAX_MS) : undefined
}
