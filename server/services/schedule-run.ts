// One claimed run from its start to its recorded end.
import type { Lease, RunEnd, RunRecord, Schedule } from '../stores/state/runs.ts'
import { nextSlot } from './schedule-clock.ts'
import type { ScheduleOptions, ScheduleStore, WorkRunner } from './schedules.ts'

/** How often a run says that it lives, milliseconds. */
export const BEAT_MS = 5_000

interface ExecutorOptions extends ScheduleOptions {
  readonly now: () => number
  readonly stopping: AbortSignal
  readonly onError: (error: unknown) => void
}

/** Runs one claimed work to its recorded end, beating meanwhile. */
export function createExecutor(store: ScheduleStore, options: ExecutorOptions) {
  const { now, stopping, onError, beat_ms = BEAT_MS } = options
  return async (
    runner: WorkRunner,
    schedule: Schedule,
    run: RunRecord,
    asked: unknown,
  ): Promise<RunRecord> => {
    const began = performance.now()
    const lease: Lease = { kind: run.kind, id: run.id, run: run.run }
    const lost = new AbortController()
    let share = 0
    const beat = async () => {
      if (!(await store.beatRun(lease, share))) lost.abort(new Error('the lease was lost'))
    }
    const beats = setInterval(() => void beat().catch(onError), beat_ms)
    const work = async (): Promise<RunEnd> => {
      try {
        const { cutoff, ...outcome } = await runner({
          ...{ ...lease, trigger: run.trigger, mode: run.mode, by: run.by, schedule },
          ...{ now: run.started, options: asked, signal: AbortSignal.any([stopping, lost.signal]) },
          progress: (value) => {
            share = Math.min(Math.max(value, 0), 1)
          },
        })
        const end = { duration_ms: 0, status: 'ok', outcome } as const
        return cutoff === undefined ? end : { ...end, cutoff }
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        const status = stopping.aborted ? 'interrupted' : 'failed'
        return { duration_ms: 0, status, error: message }
      }
    }
    const end = await work()
    const { interval_ms } = schedule
    const isOver = end.status !== 'interrupted' && interval_ms !== undefined
    try {
      return await store.finishRun(lease, {
        ...end,
        duration_ms: Math.round(performance.now() - began),
        nextRunAt: isOver ? nextSlot(lease, interval_ms, now()) : undefined,
      })
    } catch (error) {
      onError(error)
      return { ...run, status: 'failed', error: error instanceof Error ? error.message : '' }
    } finally {
      clearInterval(beats)
    }
  }
}
