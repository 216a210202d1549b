// Live streams: events as they are committed and alerts as they change. Notices of the workers wake the
// streams; what they then send is read from the stores, so a stream never shows what a page would not.
import type { EventReader } from '../stores/events/event-store.ts'
import type { AlertNotice } from '../stores/state/alerts-store.ts'
import type { Alert, AlertFilter } from '../stores/state/state-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { LiveAlert, LiveLogs, LiveService } from './services.ts'

/** Events in one chunk of a log stream. */
const CHUNK_EVENTS = 200
/** A stream reads at most this often, milliseconds. */
const PACE_MS = 500
/** Chunks that a stream may be behind before it skips to now. */
const BEHIND_CHUNKS = 5
/** Alert changes kept for streams that come back. */
const KEPT_CHANGES = 1_000

interface Change {
  readonly number: number
  readonly alertId: string | undefined
  readonly kind: 'created' | 'updated' | 'reset'
}

/** The service, and the two functions that the workers' notices are given to. */
export interface Live extends LiveService {
  committed(sequence: number): void
  alertsChanged(notice: AlertNotice): void
}

/** Makes the live service of one server run. */
export function createLive(
  events: Pick<EventReader, 'tail'>,
  state: Pick<StateClient, 'getAlert'>,
): Live {
  const commits = createSignal()
  const changes = createSignal()
  const kept: Change[] = []
  const run = crypto.randomUUID().slice(0, 8)
  let newest = 0
  let number = 0

  const keep = (kind: Change['kind'], alertId?: string) => {
    kept.push({ number: ++number, alertId, kind })
    if (kept.length > KEPT_CHANGES) kept.shift()
  }

  return {
    committed: (sequence) => {
      newest = Math.max(newest, sequence)
      commits.raise()
    },
    alertsChanged: (notice) => {
      for (const id of notice.created) keep('created', id)
      for (const id of notice.updated) keep('updated', id)
      if (notice.more) keep('reset')
      changes.raise()
    },
    logs: ({ expr, after }, signal) =>
      followLogs({
        start: after,
        read: (from) => events.tail(from, expr, CHUNK_EVENTS),
        newest: () => newest,
        signal,
        wait: () => commits.wait(signal),
      }),
    alertsAt: () => `${run}.${number}`,
    alerts: ({ filter, after }, signal) =>
      followAlerts({
        run,
        after,
        kept,
        last: () => number,
        read: (id) => state.getAlert(id),
        filter,
        signal,
        wait: () => changes.wait(signal),
      }),
  }
}

async function* followLogs(follow: {
  readonly start: number | undefined
  readonly read: (after: number) => ReturnType<EventReader['tail']>
  readonly newest: () => number
  readonly signal: AbortSignal
  readonly wait: () => Promise<void>
}): AsyncIterable<LiveLogs> {
  const { read, newest, signal, wait } = follow
  let at = follow.start ?? newest()
  let full = 0
  let skipped = false
  while (!signal.aborted) {
    const chunk = await read(at)
    const gap = chunk.gap || skipped
    skipped = false
    at = chunk.sequence
    if (chunk.events.length > 0 || gap) yield { events: chunk.events, sequence: at, gap }
    full = chunk.events.length >= CHUNK_EVENTS ? full + 1 : 0
    if (full > BEHIND_CHUNKS) {
      at = Math.max(at, newest())
      skipped = true
      full = 0
    }
    if (at >= newest()) await wait()
    await pause(PACE_MS, signal)
  }
}

async function* followAlerts(follow: {
  readonly run: string
  readonly after: string | undefined
  readonly kept: readonly Change[]
  readonly last: () => number
  readonly read: (id: string) => Promise<Alert | undefined>
  readonly filter: AlertFilter
  readonly signal: AbortSignal
  readonly wait: () => Promise<void>
}): AsyncIterable<LiveAlert> {
  const { run, after, kept, last, read, filter, signal, wait } = follow
  let at = last()
  if (after !== undefined) {
    const [theirs, number = ''] = after.split('.')
    const from = Number(number)
    const known = theirs === run && from <= at && from + 1 >= (kept[0]?.number ?? at + 1)
    if (known) at = from
    else yield { id: `${run}.${at}`, kind: 'reset' }
  }
  while (!signal.aborted) {
    const news = latestOfEach(kept.filter((change) => change.number > at))
    for (const change of news) {
      at = change.number
      const id = `${run}.${at}`
      if (change.kind === 'reset' || change.alertId === undefined) yield { id, kind: 'reset' }
      else {
        const alert = await read(change.alertId)
        if (alert && alertFits(alert, filter)) yield { id, kind: change.kind, alert }
      }
    }
    if (at >= last()) await wait()
  }
}

/** One change per alert: what is read is its present state, so earlier ones say nothing more. */
function latestOfEach(changes: readonly Change[]): readonly Change[] {
  const byAlert = new Map<string, Change>()
  for (const change of changes) {
    const key = change.alertId ?? 'reset'
    const before = byAlert.get(key)
    byAlert.delete(key)
    byAlert.set(key, before?.kind === 'created' ? { ...change, kind: 'created' } : change)
  }
  return [...byAlert.values()]
}

/** Whether an alert fits a filter, by the rules of the state store's lists. */
export function alertFits(alert: Alert, filter: AlertFilter): boolean {
  const same = (wanted: string | undefined, value: string | undefined) =>
    wanted === undefined || wanted.toLowerCase() === value?.toLowerCase()
  const text = filter.text?.toLowerCase()
  return (
    (filter.status === undefined || filter.status.includes(alert.status)) &&
    (filter.severity === undefined || filter.severity.includes(alert.severity)) &&
    same(filter.ruleId, alert.ruleId) &&
    same(filter.host, alert.host) &&
    same(filter.user, alert.user) &&
    same(filter.ip, alert.srcIp) &&
    same(filter.owner, alert.owner) &&
    (text === undefined || `${alert.title} ${alert.ruleTitle}`.toLowerCase().includes(text))
  )
}

interface Signal {
  raise(): void
  /** Resolves at the next raise, or when the abort signal fires. */
  wait(abort: AbortSignal): Promise<void>
}

function createSignal(): Signal {
  let waiting = new Set<() => void>()
  return {
    raise: () => {
      const woken = waiting
      waiting = new Set()
      for (const wake of woken) wake()
    },
    wait: (abort) =>
      new Promise((resolve) => {
        if (abort.aborted) return resolve()
        const wake = () => {
          abort.removeEventListener('abort', wake)
          waiting.delete(wake)
          resolve()
        }
        waiting.add(wake)
        abort.addEventListener('abort', wake)
      }),
  }
}

function pause(ms: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (abort.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      abort.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    abort.addEventListener('abort', done)
  })
}
