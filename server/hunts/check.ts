// Whether a hunt may be kept or proposed.
import { checkContent } from '../../ci/checks/content.ts'
import { writeHunt } from '../../query/hunt/file.ts'
import type { Hunt } from '../../query/hunt/hunt.ts'
import { ServiceError } from '../services/services.ts'
import { huntRequest } from './search.ts'

/** The same checks as in CI, and whether it can run. Rejects `invalid` with the first finding. */
export function checkHunt(hunt: Hunt, now: number): void {
  huntRequest(hunt, now)
  const today = new Date(now).toISOString().slice(0, 10)
  const files = [{ path: 'hunts/hunt.yml', text: writeHunt(hunt) }]
  const findings = checkContent(files, { today, complete: false })
  const error = findings.find(({ severity }) => severity === 'error')
  if (error !== undefined) throw new ServiceError('invalid', `${error.code}: ${error.message}`)
}
