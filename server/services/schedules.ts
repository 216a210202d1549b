// One scheduler for all work by the clock. What is due is read from state.db, never from a timer's memory;
// a lease in the same row keeps two servers from running the same work, and whoever lost its lease cannot
// commit. A holder is gone when its beat has not moved for `lease_ms` of the watcher's own steady clock.
import { createTurns } from '../in-turn.ts'
import type { IngestPosition } from '../stores/events/event-store.ts'
import type { Actor } from '../stores/state/access.ts'
import type {
  NewRun,
  RunMode,
  RunOutcome,
  RunRecord,
  RunStore,
  RunTrigger,
  Schedule,
  Work,
  WorkKind,
} from '../stores/state/runs.ts'
import { isCatchUp, isDue, keyOf, nextSlot } from './schedule-clock.ts'
import { createLeaseWatch } from './schedule-lease.ts'
import { createExecutor } from './schedule-run.ts'
import { ServiceError } from './service-error.ts'

/** How often due work is looked for, milliseconds. */
export const SCHEDULE_POLL_MS = 2_000
/** Runs of one server at a time. */
export const RUNS_AT_ONCE = 2
/** A holder that did not move its beat for so long is gone. */
export const LEASE_MS = 20_000
const DUE_PAGE = 50

/** Work to do now, under a lease. */
export interface DueWork extends Work {
  readonly run: string
  readonly trigger: RunTrigger
  readonly mode: RunMode
  readonly by: string
  /** As it stood when the lease was taken. */
  readonly schedule: Schedule
  /** Milliseconds since 1970 UTC when the run began. */
  readonly now: number
  /** What `runNow` was given. */
  readonly options?: unknown
  /** Aborts when the lease is lost or the server stops. */
  readonly signal: AbortSignal
  /** Share done, 0 to 1. */
  progress(share: number): void
}

/** A run's outcome; `cutoff` is stored with it in one transaction. */
export interface WorkOutcome extends RunOutcome {
  readonly cutoff?: IngestPosition
}

export type WorkRunner = (due: DueWork) => Promise<WorkOutcome>

export interface RunNow {
  readonly mode: RunMode
  readonly options?: unknown
}

export interface StartedRun {
  readonly run: RunRecord
  /** Resolves with the run's end, be it good or not. */
  readonly done: Promise<RunRecord>
}

export interface ScheduleService {
  /** Work of this kind is run by `runner` from now on. */
  register(kind: WorkKind, runner: WorkRunner): void
  /** Runs it every `interval_ms`; undefined on demand only. The first slot is at most one interval away;
   * a schedule that stays the same keeps its slot. */
  put(work: Work, interval_ms: number | undefined): Promise<void>
  remove(work: Work): Promise<void>
  get(work: Work): Promise<Schedule | undefined>
  /** Starts a run at once. Rejects `conflict` while one is under way. */
  runNow(work: Work, ask: RunNow, by: Actor): Promise<StartedRun>
  /** Newest first. */
  runs(work: Partial<Work>, limit: number): Promise<readonly RunRecord[]>
  /** Looks for due work and waits for what it started: the poll does the same without waiting. */
  tick(): Promise<void>
  /** Starts nothing more, tells runners to stop, waits for them. */
  stop(): Promise<void>
}

export type ScheduleStore = Pick<
  RunStore,
  | 'dueWork'
  | 'claimRun'
  | 'dropLease'
  | 'beatRun'
  | 'finishRun'
  | 'getSchedule'
  | 'saveSchedules'
  | 'listRuns'
>

export interface ScheduleOptions {
  /** Wall clock, milliseconds; tests set it. */
  readonly now?: () => number
  /** A clock that never jumps, milliseconds. */
  readonly steady?: () => number
  /** Default `SCHEDULE_POLL_MS`; 0 for no timer. */
  readonly poll_ms?: number
  readonly lease_ms?: number
  readonly beat_ms?: number
  /** Told of what no run can record. */
  readonly onError?: (error: unknown) => void
}

export function createSchedules(
  store: ScheduleStore,
  options: ScheduleOptions = {},
): ScheduleService {
  const { now = Date.now, steady = () => performance.now() } = options
  const { poll_ms = SCHEDULE_POLL_MS, lease_ms = LEASE_MS } = options
  const { onError = (error) => console.error(`schedules: ${String(error)}`) } = options
  const runners = new Map<WorkKind, WorkRunner>()
  const running = new Map<string, Promise<RunRecord>>()
  const watch = createLeaseWatch(lease_ms, steady)
  const stopping = new AbortController()
  const execute = createExecutor(store, { now, stopping: stopping.signal, ...options, onError })

  const begin = (schedule: Schedule, run: RunRecord, asked: unknown): Promise<RunRecord> => {
    const runner = runners.get(run.kind)!
    const key = keyOf(run)
    const done = execute(runner, schedule, run, asked).finally(() => {
      running.delete(key)
      // More may be due than run at once: they do not wait for the next poll.
      if (timer !== undefined) poll()
    })
    running.set(key, done)
    return done
  }

  /** Takes the lease of due work, from a holder that is gone if need be. */
  async function take(schedule: Schedule): Promise<StartedRun | undefined> {
    const { kind, id, lease, nextRunAt } = schedule
    if (lease !== undefined && !watch.isGone(schedule)) return undefined
    const at = now()
    if (!isDue(schedule, at)) {
      if (lease !== undefined) await store.dropLease(schedule, lease)
      return undefined
    }
    const trigger = isCatchUp(schedule, at) ? 'catch-up' : 'schedule'
    const asked: NewRun = {
      ...{ kind, id, trigger, mode: 'detect', by: 'trapline' },
      ...(nextRunAt === undefined ? {} : { scheduledFor: nextRunAt }),
    }
    const run = await store.claimRun(asked, lease)
    return run && { run, done: begin(schedule, run, undefined) }
  }

  async function look(): Promise<readonly StartedRun[]> {
    const started: StartedRun[] = []
    const due = await store.dueWork([...runners.keys()], now(), DUE_PAGE)
    watch.keep(due)
    for (const schedule of due) {
      if (stopping.signal.aborted || running.size >= RUNS_AT_ONCE) break
      if (running.has(keyOf(schedule))) continue
      const run = await take(schedule)
      if (run !== undefined) started.push(run)
    }
    return started
  }

  const inTurn = createTurns()
  const poll = () => {
    if (stopping.signal.aborted) return
    inTurn(look).catch(onError)
  }
  const timer = poll_ms === 0 ? undefined : setInterval(poll, poll_ms)

  return {
    register: (kind, runner) => void runners.set(kind, runner),
    ...recordsOf(store, now),
    runNow: async ({ kind, id }, { mode, options: asked }, by) => {
      if (!runners.has(kind)) throw new ServiceError('unavailable', `no ${kind} can run yet`)
      if (stopping.signal.aborted) throw new ServiceError('unavailable', 'the server is stopping')
      const before = await store.getSchedule({ kind, id })
      const isGone = before?.lease !== undefined && watch.isGone(before)
      const run = await store.claimRun(
        { kind, id, trigger: 'manual', mode, by: by.name },
        isGone ? before.lease : undefined,
      )
      if (run === undefined) throw new ServiceError('conflict', 'a run of it is under way')
      const schedule = (await store.getSchedule({ kind, id })) ?? { kind, id }
      return { run, done: begin(schedule, run, asked) }
    },
    tick: async () => {
      for (const { done } of await inTurn(look)) await done
    },
    stop: async () => {
      clearInterval(timer)
      stopping.abort()
      await Promise.allSettled([inTurn(async () => undefined), ...running.values()])
    },
  }
}

function recordsOf(
  store: ScheduleStore,
  now: () => number,
): Pick<ScheduleService, 'put' | 'remove' | 'get' | 'runs'> {
  return {
    put: async (work, interval_ms) => {
      const known = await store.getSchedule(work)
      if (known !== undefined && known.interval_ms === interval_ms) return
      const nextRunAt = interval_ms === undefined ? null : nextSlot(work, interval_ms, now())
      await store.saveSchedules([{ ...work, interval_ms: interval_ms ?? null, nextRunAt }], [])
    },
    remove: ({ kind, id }) => store.saveSchedules([], [{ kind, id }]),
    get: (work) => store.getSchedule(work),
    runs: ({ kind, id }, limit) =>
      store.listRuns({
        limit,
        ...(kind === undefined ? {} : { kind }),
        ...(id === undefined ? {} : { id }),
      }),
  }
}
