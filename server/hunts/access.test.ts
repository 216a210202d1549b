import { describe, expect, test } from 'bun:test'
import type { Principal, Role } from '../stores/state/state-store.ts'
import { isOwner, mayRead, mustWrite, type Shared } from './access.ts'

const who = (role: Role | 'ingest', userId = 'u2'): Principal => ({
  ...{ kind: 'session', userId, name: userId, role, credentialId: 'c' },
})
const shared = (sharing: 'private' | 'team' | 'roles', ownerId?: string): Shared => ({
  ...{ hunt: { sharing, shared_with_roles: ['engineer'] }, ownerId },
})

describe('a hunt is read', () => {
  test.each([
    ['its owner, however it is shared', shared('private', 'u1'), who('analyst', 'u1'), true],
    ['nobody else where it is private', shared('private', 'u1'), who('admin'), false],
    ['everyone who may search where it is the team’s', shared('team', 'u1'), who('viewer'), true],
    ['not by a key that may only send', shared('team', 'u1'), who('ingest'), false],
    ['a role that it is shared with', shared('roles', 'u1'), who('engineer'), true],
    ['no other role', shared('roles', 'u1'), who('admin'), false],
    ['everyone, where it lies in Git and says private', shared('private'), who('viewer'), true],
    ['who may write in Git, where it lies there', shared('roles'), who('admin'), true],
    ['no other role, where it lies in Git', shared('roles'), who('analyst'), false],
  ])('by %s', (_, hunt, principal, expected) => {
    expect(mayRead(hunt, principal)).toBe(expected)
  })
})

test('hunts of Git are nobody’s own', () => {
  expect(isOwner(shared('team'), who('admin'))).toBe(false)
  expect(isOwner(shared('team', 'u2'), who('viewer'))).toBe(true)
})

test('a viewer may not make or run one', () => {
  expect(() => mustWrite(who('viewer'))).toThrow('hunts:write')
  expect(() => mustWrite(who('analyst'))).not.toThrow()
})
