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
/** Longest rest of a lane that nobody asked for, milliseconds. */
const REST_MAX_MS = 60_000
/** The end of the process does not wait longer for a receiver, milliseconds. */
const STOP_WAIT_MS = 3_000
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
  /** Ends after the rows under way, or without them when they take long: they are leased, and sent later. */
  stop(): Promise<void>
}

/** Starts the lanes. */
export function startOutboxWorker(options: WorkerOptions): OutboxWorker {
  const { poll_ms = POLL_MS, state, now = Date.now } = options
  let running = true
  const wakers = new Set<() => void>()
  const rests = new Set<Rest>()

  const follow = async (kind: OutboxKind) => {
    let told = ''
    const rest = newRest()
    rests.add(rest)
    while (running) {
      let wait_ms = poll_ms
      try {
        if (
          !isResting(rest, now()) &&
          (await sendSome(kind, options, rest, () => running)) === 'more'
        )
          wait_ms = 0
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
    for (const rest of rests) rest.until = 0
    for (const waker of wakers) waker()
  }
  return {
    wake,
    stop: async () => {
      running = false
      clearInterval(prune)
      wake()
      await atMost(Promise.all(lanes), STOP_WAIT_MS)
    },
  }
}

/** Sends all that is due, once, without lanes that go on. */
export async function drainOutbox(options: WorkerOptions): Promise<void> {
  for (const kind of OUTBOX_KINDS) {
    const rest = newRest()
    while ((await sendSome(kind, options, rest, () => true)) === 'more');
  }
}

/** Waits for `work`, or for so long. No timer is left behind: it would hold up the end of the process. */
async function atMost(work: Promise<unknown>, wait_ms: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, wait_ms)
  try {
    await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
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

/** A lane tries nothing before `until`, since its receiver is down, nor before `asked`, which the receiver
 * asked for. Waking ends the first only. */
interface Rest {
  until: number
  asked: number
  /** Tries in a row that failed. */
  failures: number
}

const newRest = (): Rest => ({ until: 0, asked: 0, failures: 0 })
const isResting = ({ until, asked }: Rest, now: number) => until > now || asked > now

/** Leases and sends one batch. `more`: there may be further rows due now. */
async function sendSome(
  kind: OutboxKind,
  options: WorkerOptions,
  rest: Rest,
  running: () => boolean,
): Promise<'more' | 'done'> {
  const { state, lanes, lease_ms = LEASE_MS, now = Date.now } = options
  const { concurrency = 1, batch = BATCH_MAX } = lanes[kind]
  const { lease, items } = await state.leaseOutbox(kind, batch, lease_ms)
  for (let at = 0; at < items.length; at += concurrency) {
    const some = items.slice(at, at + concurrency)
    if (!running() || isResting(rest, now())) {
      for (const { id } of some) await state.settleOutbox(id, lease, { result: 'release' })
      continue
    }
    noteTries(rest, await Promise.all(some.map((item) => sendOne(item, lease, options))), options)
  }
  return items.length === batch && !isResting(rest, now()) ? 'more' : 'done'
}

/** Rests the lane after failures in a row, longer each time, or as long as the receiver asked. */
function noteTries(rest: Rest, tries: readonly Try[], options: WorkerOptions): void {
  const { now = Date.now, backoffFirst_ms = BACKOFF_FIRST_MS } = options
  rest.failures = tries.some(({ answered }) => answered) ? 0 : rest.failures + tries.length
  const asked = Math.max(...tries.map(({ retryAfter_ms = 0 }) => retryAfter_ms))
  const over = rest.failures - FAILURES_IN_A_ROW_MAX
  if (over >= 0) rest.until = now() + Math.min(backoffFirst_ms * 2 ** over, REST_MAX_MS)
  if (asked > 0) rest.asked = now() + asked
}

interface Try {
  /** Sent, or refused for good: the receiver is there. */
  readonly answered: boolean
  readonly retryAfter_ms?: number | undefined
}

async function sendOne(item: OutboxItem, lease: string, options: WorkerOptions): Promise<Try> {
  const { state, lanes, attemptsMax = ATTEMPTS_MAX } = options
  const { deliver, onFailure } = lanes[item.kind]
  try {
    await state.settleOutbox(item.id, lease, await deliver(item))
    return { answered: true }
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
    return { answered: isFinal, retryAfter_ms: known?.retryAfter_ms }
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
