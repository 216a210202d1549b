import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { StateStore, User } from '../stores/state/state-store.ts'
import { type CredentialService, createCredentials } from './credentials.ts'
import { openState } from './state.ts'

// Processes, fsyncs and password hashes take their time on a busy machine.
setDefaultTimeout(60_000)

const PASSWORD = 'correct horse battery'
const ROOT = { name: 'root' }
const free = () => undefined

let state: StateStore
let credentials: CredentialService
let ana: User
beforeEach(async () => {
  state = await openState({
    url: ':memory:',
    passwordCost: { memoryCost: 256, timeCost: 2 },
    onCredentials: () => credentials.forget(),
  })
  credentials = createCredentials(state, new Uint8Array(32).fill(1))
  ana = await state.createUser({ name: 'ana', password: PASSWORD, role: 'analyst' }, ROOT)
})
afterEach(() => state.close())

/** Each way to prove who one is, ready to try again. */
async function ways() {
  const session = await state.login({ name: 'ana', password: PASSWORD, ip: '', agent: '' })
  const { key, secret } = await state.createKey(ana.id, { name: 'k', kind: 'user' }, ROOT)
  const token = (await credentials.issueToken(ana.id)) ?? ''
  return {
    key,
    session,
    tries: {
      session: async () => (await credentials.session(session?.token ?? ''))?.principal,
      key: () => credentials.key(secret),
      token: () => credentials.token(token),
      basic: () => credentials.basic('ana', PASSWORD, free),
    },
  }
}

describe('remembered credentials', () => {
  test('stay right: a disabled user is refused at once, by every way', async () => {
    const { tries } = await ways()
    for (const attempt of Object.values(tries)) expect((await attempt())?.name).toBe('ana')
    await state.setDisabled(ana.id, true, ROOT)
    for (const attempt of Object.values(tries)) expect(await attempt()).toBeUndefined()
  })

  test('carry a changed role at once', async () => {
    const { tries } = await ways()
    for (const attempt of Object.values(tries)) expect((await attempt())?.role).toBe('analyst')
    await state.setRole(ana.id, 'viewer', ROOT)
    for (const attempt of Object.values(tries)) expect((await attempt())?.role).toBe('viewer')
  })

  test('end with the key, the session, the password', async () => {
    const { tries, key, session } = await ways()
    for (const attempt of Object.values(tries)) await attempt()
    await state.revokeKey(key.id, ROOT)
    expect(await tries.key()).toBeUndefined()
    await state.revokeSession(session?.session.id ?? '', ROOT)
    expect(await tries.session()).toBeUndefined()
    await state.setPassword(ana.id, 'another fine password', ROOT)
    expect(await tries.basic()).toBeUndefined()
    expect(await tries.token()).toBeUndefined()
  })

  test('a password is counted when it is checked, not when it is remembered', async () => {
    let checks = 0
    const attempt = () => credentials.basic('ana', PASSWORD, () => void checks++)
    await attempt()
    await attempt()
    expect(checks).toBe(1)
    await credentials.basic('ana', 'wrong', () => void checks++)
    await credentials.basic('ana', 'wrong', () => void checks++)
    expect(checks).toBe(3)
  })

  test('a check that may not run is not run', async () => {
    const attempt = credentials.basic('ana', PASSWORD, () => {
      throw new Error('too many')
    })
    expect(await attempt.catch((error) => error.message)).toBe('too many')
  })
})
