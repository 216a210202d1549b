// Which leases of other servers stand still, and for how long. Their beats are compared, never clocks.
import type { Schedule } from '../stores/state/runs.ts'
import { keyOf } from './schedule-clock.ts'

export interface LeaseWatch {
  /** Forgets what is not among these, or not leased any more. */
  keep(schedules: readonly Schedule[]): void
  /** True once its beat has not moved for long enough. */
  isGone(schedule: Schedule): boolean
}

/** `steady` is a clock that never jumps, milliseconds. */
export function createLeaseWatch(lease_ms: number, steady: () => number): LeaseWatch {
  const seen = new Map<string, { run: string; beat: number; since: number }>()
  return {
    keep: (schedules) => {
      const leased = new Set(schedules.filter(({ lease }) => lease !== undefined).map(keyOf))
      for (const key of seen.keys()) if (!leased.has(key)) seen.delete(key)
    },
    isGone: (schedule) => {
      const { lease } = schedule
      if (lease === undefined) return false
      const key = keyOf(schedule)
      const known = seen.get(key)
      if (known?.run !== lease.run || known.beat !== lease.beat) {
        seen.set(key, { ...lease, since: steady() })
        return false
      }
      return steady() - known.since >= lease_ms
    },
  }
}
