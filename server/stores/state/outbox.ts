// What the state store keeps of what must leave the server.
import type { Actor } from './access.ts'

export const OUTBOX_KINDS = ['proposal', 'webhook', 'commit-status'] as const
export type OutboxKind = (typeof OUTBOX_KINDS)[number]

/** `skipped`: overtaken by a newer row, or nothing takes it. `dead`: given up, until replayed. */
export const OUTBOX_STATES = ['pending', 'sent', 'skipped', 'dead'] as const
export type OutboxState = (typeof OUTBOX_STATES)[number]

/** Something to send. */
export interface NewOutboxItem {
  readonly kind: OutboxKind
  /** Which receiver, where there are several; default the kind's only one. */
  readonly destination?: string
  /** What it is about, such as `commit 1a2b`. */
  readonly topic?: string
  /** A second row with the same key is not added. */
  readonly key?: string
  /** Plain JSON. */
  readonly payload: Readonly<Record<string, unknown>>
  /** Now, milliseconds since 1970 UTC. */
  readonly at: number
}

export interface OutboxItem {
  readonly id: number
  readonly kind: OutboxKind
  readonly destination: string
  readonly topic?: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly state: OutboxState
  /** Times it was tried and failed. */
  readonly attempts: number
  /** When it is due, milliseconds since 1970 UTC. */
  readonly nextAt: number
  readonly error?: string
  readonly created: number
  readonly updated: number
}

/** What became of one try. `retry` waits until `at`; `release` gives the row back untried. */
export type OutboxOutcome =
  | { readonly result: 'sent' | 'skipped'; readonly note?: string }
  | { readonly result: 'dead'; readonly error: string }
  | { readonly result: 'retry'; readonly error: string; readonly at: number }
  | { readonly result: 'release' }

export interface OutboxStore {
  /** Takes due rows of a kind, oldest first, for `lease_ms`; nobody else gets them meanwhile. */
  leaseOutbox(
    kind: OutboxKind,
    limit: number,
    lease_ms: number,
  ): Promise<{ readonly lease: string; readonly items: readonly OutboxItem[] }>
  /** Records a try; nothing when the lease had run out and someone else took the row. */
  settleOutbox(id: number, lease: string, outcome: OutboxOutcome): Promise<void>
  /** Ends all leases: for a start that knows that nobody else sends from this store. */
  endOutboxLeases(): Promise<void>
  /** Newest first; all states unless named. */
  listOutbox(limit: number, state?: OutboxState): Promise<readonly OutboxItem[]>
  countOutbox(): Promise<Readonly<Record<OutboxState, number>>>
  /** Makes a row due now with its attempts forgotten. `not-found`; `conflict` for one that was sent. */
  replayOutbox(id: number, by: Actor): Promise<OutboxItem>
  /** As `replayOutbox`, for the newest row about something; nothing where there is none or it was sent. */
  replayTopic(topic: string, by: Actor): Promise<void>
  /** Receivers of new alerts from now on; rows of others that wait are skipped. */
  setAlertDestinations(names: readonly string[]): Promise<void>
  /** Forgets rows that were sent or skipped before a time. */
  pruneOutbox(before: number): Promise<void>
}
