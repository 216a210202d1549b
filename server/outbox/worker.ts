// Sends what waits in the outbox, one lane for each kind, so that a receiver that is down holds up nobody
// else. Rows are leased: what a killed process held is due again when its lease ends.
import { OUTBOX_KINDS, type OutboxItem, type OutboxKind } from '../stores/state/outbox.ts'
import type { StateClient } from '../workers/state-client.ts'
import { DeliveryError, type Lane } from './delivery.ts'

/** A row is given up after this many tries: with the longest pause, about two days. */
export const ATTEMPTS_MAX = 60
/** Pause after the first failure; it doubles with each, up to the longest, milliseconds. */
export const BACKOFF_FIRST_MS = 2_000
export const BACKOFF_MAX_MS = 3_600_000
/** How long a worker may hold rows, milliseconds: what a killed process held is sent after that. */
export const LEASE_MS = 90_000
/** Rows leased at once, unless the lane says otherwise. */
export const BATCH_MAX = 20
/** How often an idle lane looks for rows, milliseconds. */
const POLL_MS = 1_000
/** After so many rows failed in a row the lane rests with the others untried. */
const FAILURES_IN_A_ROW_MAX = 3
/** Sent rows are kept this long, to look at, milliseconds. */
const SENT_KEPT_MS = 7 * 86_400_000
const PRUNE_EVERY_MS = 3_600_000

export interface WorkerOptions {
  readonly state: Pick<StateClient, 'leaseOutbox' | 'settleOutbox' | 'pruneOutbox'>
  readonly lanes: Readonly<Record<OutboxKind, Lane>>
  readonly attemptsMax?: number
  readonly backoffFirst_ms?: number
  readonly backoffMax_ms?: number
  readonly lease_ms?: number
  readonly poll_ms?: number
  readonly now?: () => number
  /** 0 to 1; tests take their own. */
  readonly random?: () => number
}

export interface OutboxWorker {
  /** Something was enqueued: looks at once. */
  wake(): void
  /** Ends after the rows under way. */
  stop(): Promise<void>
}

/** Starts the lanes. */
export function startOutboxWorker(options: WorkerOptions): OutboxWorker {
  const { poll_ms = POLL_MS, state, now = Date.now } = options
  let running = true
  const wakers = new Set<() => void>()

  const follow = async (kind: OutboxKind) => {
    let told = ''
    while (running) {
      let wait_ms = poll_ms
      try {
        const step = await sendSome(kind, options, () => running)
        if (step === 'more') wait_ms = 0
        told = ''
      } catch (error) {
        // The state store is locked or gone: rows stay, the next look finds them. Said once.
        const text = String(error)
        if (text !== told && running) console.error(`outbox ${kind}: ${text}`)
        told = text
      }
      if (wait_ms > 0 && running) await pause(wait_ms, wakers)
    }
  }
  const lanes = OUTBOX_KINDS.map(follow)
  const prune = setInterval(() => {
    state.pruneOutbox(now() - SENT_KEPT_MS).catch((error: unknown) => {
      console.error(`outbox: old rows stay: ${String(error)}`)
    })
  }, PRUNE_EVERY_MS)
  prune.unref()
  const wake = () => {
    for (const waker of wakers) waker()
  }
  return {
    wake,
    stop: async () => {
      running = false
      clearInterval(prune)
      wake()
      await Promise.all(lanes)
    },
  }
}

/** Sends all that is due, once, without lanes that go on. */
export async function drainOutbox(options: WorkerOptions): Promise<void> {
  for (const kind of OUTBOX_KINDS) while ((await sendSome(kind, options, () => true)) === 'more');
}

function pause(ms: number, wakers: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      wakers.delete(end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    wakers.add(end)
  })
}

/** Leases and sends one batch. `more`: there may be further rows due now. */
async function sendSome(
  kind: OutboxKind,
  options: WorkerOptions,
  running: () => boolean,
): Promise<'more' | 'done'> {
  const { state, lanes, lease_ms = LEASE_MS } = options
  const { concurrency = 1, batch = BATCH_MAX } = lanes[kind]
  const { lease, items } = await state.leaseOutbox(kind, batch, lease_ms)
  let failures = 0
  for (let at = 0; at < items.length; at += concurrency) {
    const some = items.slice(at, at + concurrency)
    if (!running() || failures >= FAILURES_IN_A_ROW_MAX) {
      for (const { id } of some) await state.settleOutbox(id, lease, { result: 'release' })
      continue
    }
    const sent = await Promise.all(some.map((item) => sendOne(item, lease, options)))
    failures = sent.includes(true) ? 0 : failures + sent.length
  }
  return items.length === batch && failures < FAILURES_IN_A_ROW_MAX ? 'more' : 'done'
}

/** True when the receiver answered, if only with a refusal for good. */
async function sendOne(item: OutboxItem, lease: string, options: WorkerOptions): Promise<boolean> {
  const { state, lanes, attemptsMax = ATTEMPTS_MAX } = options
  const { deliver, onFailure } = lanes[item.kind]
  try {
    await state.settleOutbox(item.id, lease, await deliver(item))
    return true
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown)
    const known = thrown instanceof DeliveryError ? thrown : undefined
    const isFinal = known?.isFinal === true
    const isDead = isFinal || item.attempts + 1 >= attemptsMax
    await onFailure?.(item, error, isDead)
    const outcome = isDead
      ? ({ result: 'dead', error } as const)
      : ({ result: 'retry', error, at: nextTry(item, known, options) } as const)
    await state.settleOutbox(item.id, lease, outcome)
    return isFinal
  }
}

/** Doubling pause with jitter of a half, or what the receiver asked for and a little more. */
function nextTry(
  { attempts }: OutboxItem,
  error: DeliveryError | undefined,
  options: WorkerOptions,
): number {
  const { now = Date.now, random = Math.random } = options
  const { backoffFirst_ms = BACKOFF_FIRST_MS, backoffMax_ms = BACKOFF_MAX_MS } = options
  const full = Math.min(backoffFirst_ms * 2 ** attempts, backoffMax_ms)
  const asked = error?.retryAfter_ms
  const wait = full * (0.5 + random() / 2)
  return now() + Math.ceil(asked === undefined ? wait : Math.max(asked * (1 + random() / 10), wait))
}
