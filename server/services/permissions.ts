// The one place that says who may do what.
import type { Principal, Role } from '../stores/state/state-store.ts'

export const PERMISSIONS = [
  'siem:read',
  'siem:write',
  'detections:read',
  'detections:write',
  'alerts:write',
  'cases:write',
  'hunts:write',
  'edr:act',
  'admin',
] as const
export type Permission = (typeof PERMISSIONS)[number]

const VIEWER = ['siem:read', 'detections:read'] as const
const ANALYST = [...VIEWER, 'alerts:write', 'cases:write', 'hunts:write'] as const

/** What each role may do. `ingest` is the role of keys that only send events. */
export const ROLE_PERMISSIONS = {
  viewer: VIEWER,
  analyst: ANALYST,
  operator: [...ANALYST, 'edr:act'],
  engineer: [...ANALYST, 'detections:write'],
  admin: PERMISSIONS,
  ingest: ['siem:write'],
} as const satisfies Record<Role | 'ingest', readonly Permission[]>

const GRANTED: ReadonlyMap<string, ReadonlySet<Permission>> = new Map(
  Object.entries(ROLE_PERMISSIONS).map(([role, granted]) => [role, new Set<Permission>(granted)]),
)

/** Whether this caller may do this. Nobody (undefined) may do nothing. */
export function can(principal: Principal | undefined, permission: Permission): boolean {
  return principal !== undefined && GRANTED.get(principal.role)?.has(permission) === true
}

/** All that this caller may do, in the order of `PERMISSIONS`. */
export function permissionsOf(principal: Principal | undefined): readonly Permission[] {
  return PERMISSIONS.filter((permission) => can(principal, permission))
}
