// Who sees a hunt, and who may change it.
import type { Hunt } from '../../query/hunt/hunt.ts'
import { can } from '../services/permissions.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Principal } from '../stores/state/state-store.ts'

/** What access goes by. */
export interface Shared {
  readonly hunt: Pick<Hunt, 'sharing' | 'shared_with_roles'>
  /** Id of the user whose hunt it is; undefined for those of Git. */
  readonly ownerId?: string | undefined
}

/** Whether the hunt is this caller's own: those of Git are nobody's. */
export function isOwner({ ownerId }: Shared, by: Principal): boolean {
  return ownerId !== undefined && ownerId === by.userId
}

/** Whether the caller sees it. What lies in Git is hidden from nobody who may read Git. */
export function mayRead(shared: Shared, by: Principal): boolean {
  if (!can(by, 'siem:read')) return false
  const { sharing, shared_with_roles: roles } = shared.hunt
  if (isOwner(shared, by)) return true
  const isGit = shared.ownerId === undefined
  if (sharing === 'roles') return roles.includes(by.role) || (isGit && can(by, 'detections:write'))
  return sharing === 'team' || isGit
}

/** Rejects `forbidden` for a caller who may not make or run hunts. */
export function mustWrite(by: Principal): void {
  if (!can(by, 'hunts:write'))
    throw new ServiceError('forbidden', `${by.name} (${by.role}) lacks hunts:write`)
}
