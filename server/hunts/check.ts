// Whether a hunt may be kept or proposed.
import { checkContent } from '../../ci/checks/content.ts'
import { writeHunt } from '../../query/hunt/file.ts'
import type { Hunt } from '../../query/hunt/hunt.ts'
import { durationOf } from '../services/schedule-clock.ts'
import { ServiceError } from '../services/service-error.ts'
import { huntRequest } from './search.ts'

/** A hunt runs at most so often, milliseconds. */
export const HUNT_INTERVAL_MIN_MS = 60_000

/** And at least so often: a year. */
const HUNT_INTERVAL_MAX_MS = 366 * 86_400_000

/** How often a hunt runs, milliseconds; undefined on demand only. */
export function intervalOf({ schedule }: Pick<Hunt, 'schedule'>): number | undefined {
  const interval_ms = schedule === undefined ? undefined : durationOf(schedule)
  return interval_ms && Math.max(interval_ms, HUNT_INTERVAL_MIN_MS)
}

/** The same checks as in CI, and whether it can run. Rejects `invalid` with the first finding. */
export function checkHunt(hunt: Hunt, now: number): void {
  huntRequest(hunt, now)
  const { schedule, title } = hunt
  if (/\p{Cc}/u.test(title))
    throw new ServiceError('invalid', 'title: must be one line without control characters')
  if (schedule !== undefined && durationOf(schedule) !== intervalOf(hunt))
    throw new ServiceError('invalid', `schedule: ${schedule} is too often: at least 1m`)
  if ((intervalOf(hunt) ?? 0) > HUNT_INTERVAL_MAX_MS)
    throw new ServiceError('invalid', `schedule: ${schedule} is too seldom: at most 366d`)
  if (hunt.sharing === 'roles' && hunt.shared_with_roles.length === 0)
    throw new ServiceError('invalid', 'shared_with_roles: name the roles that it is shared with')
  const today = new Date(now).toISOString().slice(0, 10)
  const files = [{ path: 'hunts/hunt.yml', text: writeHunt(hunt) }]
  const findings = checkContent(files, { today, complete: false })
  const error = findings.find(({ severity }) => severity === 'error')
  if (error !== undefined) throw new ServiceError('invalid', `${error.code}: ${error.message}`)
}
