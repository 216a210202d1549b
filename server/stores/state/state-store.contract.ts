// What every state store must do, whatever holds it. Run by `state-store.test.ts` for each backend.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { AlertMaking } from './alerts-store.ts'
import type { ROLES, StateStore } from './state-store.ts'

export interface ContractStore {
  readonly store: Omit<StateStore, keyof AlertMaking>
  /** Moves the store's clock. */
  advance(ms: number): void
  /** Counts notices that credentials changed. */
  credentials(): number
  remove(): Promise<void>
}

const ADMIN = { name: 'root', ip: '10.0.0.1' }
const PASSWORD = 'correct horse battery'
const rejects = (code: string) => expect.objectContaining({ code })

export function stateStoreContract(name: string, open: () => Promise<ContractStore>): void {
  describe(`state store on ${name}`, () => {
    let opened: ContractStore
    let store: ContractStore['store']
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.remove())
    const user = (userName: string, role: (typeof ROLES)[number] = 'analyst') =>
      store.createUser({ name: userName, password: PASSWORD, role }, ADMIN)
    const signIn = (userName: string, password = PASSWORD) =>
      store.login({ name: userName, password, ip: '10.0.0.9', agent: 'test' })

    describe('users', () => {
      test('are found by id and by name without regard to case', async () => {
        const ana = await user('Ana')
        expect(await store.getUser(ana.id)).toEqual(ana)
        expect(await store.getUser('aNA')).toEqual(ana)
        expect(await store.getUser('ben')).toBeUndefined()
        expect((await store.listUsers()).map((one) => one.name)).toEqual(['Ana'])
      })

      test('cannot share a name in another case', async () => {
        await user('Ana')
        expect(await user('ANA').catch((e) => e)).toEqual(rejects('conflict'))
      })

      test.each(['', ' ', 'a b', '-ana', 'ana\n', `${'x'.repeat(65)}`, "'; DROP TABLE users"])(
        'refuse the name %j',
        async (bad) => {
          expect(await user(bad).catch((e) => e)).toEqual(rejects('invalid'))
        },
      )

      test('refuse a short password', async () => {
        const made = store.createUser({ name: 'ana', password: 'short', role: 'viewer' }, ADMIN)
        expect(await made.catch((e) => e)).toEqual(rejects('invalid'))
      })

      test('the last enabled admin can neither be disabled nor demoted', async () => {
        const root = await user('root', 'admin')
        const last = rejects('conflict')
        expect(await store.setDisabled(root.id, true, ADMIN).catch((e) => e)).toEqual(last)
        expect(await store.setRole(root.id, 'viewer', ADMIN).catch((e) => e)).toEqual(last)
        await user('other', 'admin')
        expect((await store.setRole(root.id, 'viewer', ADMIN)).role).toBe('viewer')
      })

      test('bootstrap makes one admin with a key, once', async () => {
        const first = await store.bootstrap(PASSWORD, 'an-api-key-of-my-own')
        expect(first).toEqual({ created: true, name: 'admin' })
        expect((await store.verifyKey('an-api-key-of-my-own'))?.role).toBe('admin')
        expect((await signIn('admin'))?.principal.role).toBe('admin')
        expect((await store.bootstrap()).created).toBe(false)
      })

      test('bootstrap without a password makes one that signs in', async () => {
        const { oneTimePassword = '' } = await store.bootstrap()
        expect(await signIn('admin', oneTimePassword)).toBeDefined()
      })
    })

    describe('sign-in', () => {
      test('gives a session that verifies by its token only', async () => {
        const ana = await user('ana')
        const session = await signIn('ANA')
        expect(session?.principal).toEqual({
          kind: 'session',
          userId: ana.id,
          name: 'ana',
          role: 'analyst',
          credentialId: session?.session.id ?? '',
        })
        const verified = await store.verifySession(session?.token ?? '')
        expect(verified?.principal).toEqual(session?.principal)
        expect(verified?.csrf).toBe(session?.csrf)
        expect(await store.verifySession(session?.session.id ?? '')).toBeUndefined()
        expect(await store.verifySession('')).toBeUndefined()
      })

      test.each([
        ['a wrong password', 'ana', `${PASSWORD}!`],
        ['an unknown name', 'nobody', PASSWORD],
        ['an empty password', 'ana', ''],
        ['an over-long password', 'ana', 'x'.repeat(5000)],
      ])('fails alike for %s', async (_, userName, password) => {
        await user('ana')
        expect(await signIn(userName, password)).toBeUndefined()
        expect(await store.checkPassword(userName, password)).toBeUndefined()
      })

      test('fails for a disabled user, whose sessions, keys and tokens end', async () => {
        const ana = await user('ana')
        const session = await signIn('ana')
        const { secret } = await store.createKey(ana.id, { name: 'k', kind: 'user' }, ADMIN)
        const epoch = (await store.tokenEpoch(ana.id)) ?? -1
        expect(await store.verifyToken(ana.id, epoch, 't')).toBeDefined()
        await store.setDisabled(ana.id, true, ADMIN)
        expect(await signIn('ana')).toBeUndefined()
        expect(await store.verifySession(session?.token ?? '')).toBeUndefined()
        expect(await store.verifyKey(secret)).toBeUndefined()
        expect(await store.verifyToken(ana.id, epoch, 't')).toBeUndefined()
        await store.setDisabled(ana.id, false, ADMIN)
        expect(await store.verifyToken(ana.id, epoch, 't')).toBeUndefined()
        expect(await store.verifyKey(secret)).toBeDefined()
      })

      test('a changed password ends the other sessions and keeps the one it was changed in', async () => {
        const ana = await user('ana')
        const [here, there] = [await signIn('ana'), await signIn('ana')]
        const wrong = store.changePassword(ana.id, 'not this one', 'next password 1', ADMIN)
        expect(await wrong.catch((e) => e)).toEqual(rejects('forbidden'))
        const keep = here?.session.id
        await store.changePassword(ana.id, PASSWORD, 'next password 1', ADMIN, keep)
        expect(await store.verifySession(here?.token ?? '')).toBeDefined()
        expect(await store.verifySession(there?.token ?? '')).toBeUndefined()
        expect(await signIn('ana')).toBeUndefined()
        expect(await signIn('ana', 'next password 1')).toBeDefined()
      })

      test('use keeps a session up to its longest life', async () => {
        const ana = await user('ana')
        const session = await signIn('ana')
        const token = session?.token ?? ''
        for (let used = 0; used < 15; used++) {
          opened.advance(11 * 3600_000)
          expect(await store.verifySession(token)).toBeDefined()
          expect(await store.listSessions(ana.id)).toHaveLength(1)
        }
        opened.advance(11 * 3600_000)
        expect(await store.verifySession(token)).toBeUndefined()
      })

      test('a session that is not used ends', async () => {
        await user('ana')
        const session = await signIn('ana')
        opened.advance(13 * 3600_000)
        expect(await store.verifySession(session?.token ?? '')).toBeUndefined()
      })

      test('sessions are listed and revoked', async () => {
        const ana = await user('ana')
        const session = await signIn('ana')
        expect(await store.listSessions(ana.id)).toEqual([session?.session ?? expect.anything()])
        const before = opened.credentials()
        await store.revokeSession(session?.session.id ?? '', ADMIN)
        expect(opened.credentials()).toBe(before + 1)
        expect(await store.listSessions(ana.id)).toEqual([])
        expect(await store.verifySession(session?.token ?? '')).toBeUndefined()
      })
    })

    describe('API keys', () => {
      test('show their secret once and carry the role of their user', async () => {
        const ana = await user('ana', 'engineer')
        const { key, secret } = await store.createKey(ana.id, { name: 'ci', kind: 'user' }, ADMIN)
        expect(secret.startsWith(key.prefix)).toBe(true)
        expect(JSON.stringify(await store.listKeys())).not.toContain(secret)
        expect(await store.verifyKey(secret)).toEqual({
          kind: 'key',
          userId: ana.id,
          name: 'ana',
          role: 'engineer',
          credentialId: key.id,
        })
        await store.setRole(ana.id, 'viewer', ADMIN)
        expect((await store.verifyKey(secret))?.role).toBe('viewer')
      })

      test('of kind ingest have only that role', async () => {
        const root = await user('root', 'admin')
        const made = await store.createKey(root.id, { name: 'beat', kind: 'ingest' }, ADMIN)
        expect(await store.verifyKey(made.secret)).toMatchObject({
          role: 'ingest',
          name: 'root/beat',
        })
      })

      test('fail when revoked, expired or unknown', async () => {
        const ana = await user('ana')
        const gone = await store.createKey(ana.id, { name: 'a', kind: 'user' }, ADMIN)
        await store.revokeKey(gone.key.id, ADMIN)
        expect(await store.verifyKey(gone.secret)).toBeUndefined()
        const expires = gone.key.created + 1000
        const short = await store.createKey(ana.id, { name: 'b', kind: 'user', expires }, ADMIN)
        expect(await store.verifyKey(short.secret)).toBeDefined()
        opened.advance(2000)
        expect(await store.verifyKey(short.secret)).toBeUndefined()
        expect(await store.verifyKey('tlk_unknown')).toBeUndefined()
        expect((await store.listKeys(ana.id)).map((key) => key.name).sort()).toEqual(['a', 'b'])
        const unknown = store.revokeKey('k_none', ADMIN)
        expect(await unknown.catch((e) => e)).toEqual(rejects('not-found'))
      })
    })

    describe('audit log', () => {
      test('holds every change, chained and verifiable, without secrets', async () => {
        const ana = await user('ana')
        const { secret } = await store.createKey(ana.id, { name: 'ci', kind: 'user' }, ADMIN)
        await store.setRole(ana.id, 'viewer', ADMIN)
        await store.audit({ action: 'rules.reload', object: 'rules', after: 'abc' }, ADMIN)
        const entries = await store.listAudit({ limit: 10 })
        expect(entries.map((entry) => entry.action)).toEqual([
          'rules.reload',
          'user.role',
          'key.create',
          'user.create',
        ])
        expect(entries[1]).toMatchObject({
          sequence: 3,
          who: 'root',
          ip: '10.0.0.1',
          before: 'analyst',
          after: 'viewer',
        })
        expect(JSON.stringify(entries)).not.toContain(secret)
        expect(JSON.stringify(entries)).not.toContain(PASSWORD)
        expect(await store.verifyAudit()).toEqual({ entries: 4 })
      })

      test('is filtered by who and by action or its area, and paged', async () => {
        for (const action of ['a.one', 'a.two', 'ab.one']) {
          await store.audit({ action, object: 'x' }, { name: action === 'a.two' ? 'ben' : 'ana' })
        }
        const actions = async (request: Parameters<typeof store.listAudit>[0]) =>
          (await store.listAudit(request)).map((entry) => entry.action)
        expect(await actions({ limit: 9, action: 'a' })).toEqual(['a.two', 'a.one'])
        expect(await actions({ limit: 9, action: 'a.one' })).toEqual(['a.one'])
        expect(await actions({ limit: 9, who: 'ben' })).toEqual(['a.two'])
        expect(await actions({ limit: 9, before: 3 })).toEqual(['a.two', 'a.one'])
      })

      test('keeps its chain under concurrent changes', async () => {
        await Promise.all(
          Array.from({ length: 20 }, (_, i) =>
            store.audit({ action: 'x.y', object: `${i}` }, ADMIN),
          ),
        )
        expect(await store.verifyAudit()).toEqual({ entries: 20 })
      })
    })

    describe('records', () => {
      test('short links lead back, and only to our own paths', async () => {
        const id = await store.shorten('/search?q=a', ADMIN)
        expect(await store.shorten('/search?q=a', ADMIN)).toBe(id)
        expect(await store.resolveLink(id)).toBe('/search?q=a')
        const [link, ...more] = await store.listAudit({ limit: 9, action: 'link' })
        expect(link).toMatchObject({ action: 'link.create', after: '/search?q=a', who: ADMIN.name })
        expect(more).toEqual([])
        expect(await store.resolveLink('none')).toBeUndefined()
        for (const bad of [
          'https://example.org/',
          '//example.org',
          '/\\example.org',
          'search',
          '',
        ]) {
          expect(await store.shorten(bad, ADMIN).catch((e) => e)).toEqual(rejects('invalid'))
        }
      })

      test('silent_after is kept by source within its limits', async () => {
        await store.setSilentAfter('nginx', 60, ADMIN)
        await store.setSilentAfter('nginx', 90, ADMIN)
        await store.setSilentAfter('__proto__', 30, ADMIN)
        const settings = await store.sourceSettings()
        expect(Object.entries(settings).sort()).toEqual([
          ['__proto__', { silentAfter_s: 30 }],
          ['nginx', { silentAfter_s: 90 }],
        ])
        for (const bad of [0, 1.5, -1, Number.NaN, 1e9]) {
          const set = store.setSilentAfter('nginx', bad, ADMIN)
          expect(await set.catch((e) => e)).toEqual(rejects('invalid'))
        }
      })

      test('counters and settings are kept', async () => {
        await store.saveCounters({ a: 1, b: 2.5 })
        await store.saveCounters({ a: 2 ** 53 - 1 })
        expect(await store.loadCounters()).toEqual({ a: 2 ** 53 - 1, b: 2.5 })
        expect(await store.getSetting('x')).toBeUndefined()
        await store.setSetting('x', "1'; DROP TABLE users; --", ADMIN)
        expect(await store.getSetting('x')).toBe("1'; DROP TABLE users; --")
      })
    })
  })
}
