// Who may do what at the server's front door: keys, tokens, sessions, registration.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ROUTES } from '../server/routes/api/table.ts'
import { eventually, PASSWORD, startTestServer, type TestServer } from './support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.dispose())

const basic = (name: string, password: string) => ({
  authorization: `Basic ${btoa(`${name}:${password}`)}`,
})

async function login(name = 'admin', password = PASSWORD) {
  const answer = await server.fetch('/api/v1/auth/login', {
    method: 'POST',
    headers: { anonymous: '1' },
    body: JSON.stringify({ name, password }),
  })
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const body = (await answer.json()) as { csrf_token: string }
  return { status: answer.status, cookie, token: body.csrf_token, headers: answer.headers }
}

test.each<[string, RequestInit, number]>([
  ['nobody', { headers: { anonymous: '1' } }, 401],
  ['a wrong key', { headers: { 'x-api-key': 'nonsense-nonsense-nonsense' } }, 401],
  ['a wrong scheme', { headers: { authorization: 'Digest x' } }, 401],
  ['Basic', { headers: basic('admin', PASSWORD) }, 200],
  ['a wrong password', { headers: basic('admin', 'wrong') }, 401],
  ['a user who is none', { headers: basic('nobody', 'wrong') }, 401],
  ['the key as bearer', { headers: { authorization: 'Bearer test-key-0123456789abcdef' } }, 200],
])('%s', async (_, init, status) => {
  const answer = await server.fetch('/api/v1/auth/me', init)
  expect(answer.status).toBe(status)
  if (status === 401) expect((await answer.json()).error.code).toBe('unauthenticated')
})

test('every route refuses nobody, unless it is public', async () => {
  for (const { method, path, access } of ROUTES) {
    if (access === 'public' || method !== 'get') continue
    const init = { headers: { anonymous: '1' } }
    expect([path, (await server.fetch(path.replace(':id', 'x'), init)).status]).toEqual([path, 401])
  }
})

test('a token signs in until the password changes', async () => {
  const user = { name: 'tina', password: 'long enough for tina', role: 'analyst' }
  const { id } = await server.json('/api/v1/users', { method: 'POST', body: JSON.stringify(user) })
  const body = JSON.stringify({ name: user.name, password: user.password })
  const { access_token } = await server.json('/api/v1/auth/token', { method: 'POST', body })
  const headers = { authorization: `Bearer ${access_token}` }
  expect(await server.json('/api/v1/auth/me', { headers })).toMatchObject({
    name: 'tina',
    by: 'token',
  })
  expect((await server.fetch('/api/v1/users', { headers })).status).toBe(403)
  const change = JSON.stringify({ password: 'another long password' })
  await server.json(`/api/v1/users/${id}`, { method: 'PATCH', body: change })
  await eventually(
    () => server.fetch('/api/v1/auth/me', { headers }),
    (answer) => answer.status === 401,
  )
})

test('an ingest key may send and nothing else; revoked it may nothing', async () => {
  const made = await server.json('/api/v1/keys', {
    method: 'POST',
    body: JSON.stringify({ name: 'shipper', kind: 'ingest' }),
  })
  const headers = { 'x-api-key': made.secret }
  await server.ingest('{"message":"by key"}', '/ingest', headers)
  expect((await server.fetch('/api/v1/search', { headers })).status).toBe(403)
  expect(JSON.stringify(await server.json('/api/v1/keys'))).not.toContain(made.secret)
  await server.json(`/api/v1/keys/${made.id}`, { method: 'DELETE' })
  const send = () => server.fetch('/ingest', { method: 'POST', body: '{}', headers })
  await eventually(send, (answer) => answer.status === 401)
})

test('a session changes things only with its token and from our origin', async () => {
  const { cookie, token, headers } = await login()
  expect(headers.get('set-cookie')).toMatch(/HttpOnly/i)
  expect(headers.get('set-cookie')).toMatch(/SameSite=Lax/i)
  const body = JSON.stringify({ name: 'k' })
  const make = (extra: Record<string, string>) =>
    server.fetch('/api/v1/keys', { method: 'POST', body, headers: { cookie, ...extra } })
  expect((await make({})).status).toBe(403)
  expect((await make({ 'x-csrf-token': token, origin: 'https://evil.example' })).status).toBe(403)
  expect((await make({ 'x-csrf-token': token })).status).toBe(201)
  const out = { method: 'POST', headers: { cookie, 'x-csrf-token': token } }
  expect((await server.fetch('/api/v1/auth/logout', out)).status).toBe(200)
  expect((await server.fetch('/api/v1/auth/me', { headers: { cookie } })).status).toBe(401)
})

test('registration is off unless it is allowed', async () => {
  const body = JSON.stringify({ name: 'x', password: 'long enough password' })
  const answer = await server.fetch('/api/v1/auth/register', { method: 'POST', body })
  expect(answer.status).toBe(403)
})

test('an API body over a MiB is refused', async () => {
  const body = JSON.stringify({ name: 'x'.repeat(1024 * 1024) })
  expect((await server.fetch('/api/v1/keys', { method: 'POST', body })).status).toBe(413)
})
