import { describe, expect, test } from 'bun:test'
import type { Principal } from '../stores/state/state-store.ts'
import { can, PERMISSIONS, permissionsOf } from './permissions.ts'

const principal = (role: Principal['role']): Principal => ({
  kind: 'session',
  userId: 'u',
  name: 'ana',
  role,
  credentialId: 's',
})

describe('permissions by role', () => {
  test.each([
    ['viewer', ['siem:read', 'detections:read']],
    ['analyst', ['siem:read', 'detections:read', 'alerts:write', 'cases:write', 'hunts:write']],
    [
      'operator',
      ['siem:read', 'detections:read', 'alerts:write', 'cases:write', 'hunts:write', 'edr:act'],
    ],
    [
      'engineer',
      [
        'siem:read',
        'detections:read',
        'detections:write',
        'alerts:write',
        'cases:write',
        'hunts:write',
      ],
    ],
    ['admin', [...PERMISSIONS]],
    ['ingest', ['siem:write']],
  ] as const)('%s may do exactly what its row says', (role, expected) => {
    expect(permissionsOf(principal(role))).toEqual([...expected])
  })

  test('nobody may do nothing', () => {
    expect(PERMISSIONS.filter((permission) => can(undefined, permission))).toEqual([])
  })
})
