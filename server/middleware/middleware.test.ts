import { expect, test } from 'bun:test'
import { Hono, type MiddlewareHandler } from 'hono'
import { errorAnswer } from '../routes/errors.ts'
import { createRateLimits } from '../services/rate-limit.ts'
import { csrf, makeCsrfToken } from './csrf.ts'
import type { AppEnv } from './env.ts'
import { rateLimit } from './rate-limit.ts'
import { identifyRequest } from './request.ts'
import { trustedHosts } from './trusted-hosts.ts'

const settings = {
  trustedProxies: ['10.0.0.0/8'],
  tlsCert: undefined,
  host: 'siem',
  trustedHosts: [],
}

function appOf(...middleware: MiddlewareHandler<AppEnv>[]) {
  const app = new Hono<AppEnv>()
  app.onError((error, c) => errorAnswer(error, c))
  app.use(identifyRequest(settings))
  for (const one of middleware) app.use(one)
  app.all('*', (c) => c.json({ ip: c.get('ip'), secure: c.get('secure') }))
  return app
}

const from = (address: string) => ({ requestIP: () => ({ address }) })

test.each([
  ['a direct client', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['a trusted proxy', '10.1.1.1', '198.51.100.7', '198.51.100.7'],
  [
    'a chain, where the client wrote the first hop',
    '10.1.1.1',
    '6.6.6.6, 198.51.100.7, 10.2.2.2',
    '198.51.100.7',
  ],
  ['a mapped address', '::ffff:10.1.1.1', '198.51.100.7', '198.51.100.7'],
  ['a proxy that says nothing', '10.1.1.1', '', '10.1.1.1'],
  ['a proxy that says nonsense', '10.1.1.1', 'unknown', '10.1.1.1'],
])('the client of %s is found', async (_, peer, forwarded, expected) => {
  const headers = { 'x-forwarded-for': forwarded, 'x-forwarded-proto': 'https' }
  const answer = await appOf().request('/', { headers }, from(peer))
  expect(((await answer.json()) as { ip: string }).ip).toBe(expected)
})

test('every answer is hardened, errors too', async () => {
  const answer = await appOf(trustedHosts(settings)).request('http://evil.example/')
  expect(answer.status).toBe(400)
  for (const name of ['content-security-policy', 'x-content-type-options', 'x-request-id']) {
    expect(answer.headers.get(name)).not.toBeNull()
  }
  expect(answer.headers.get('content-security-policy')).not.toContain('unsafe')
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

test.each([
  ['http://localhost/', 200],
  ['http://127.0.0.1:8181/', 200],
  ['http://[::1]:8181/', 200],
  ['http://SIEM:8181/', 200],
  ['http://siem.attacker.example/', 400],
  ['http://127.0.0.1.nip.io/', 400],
])('host of %s', async (url, status) => {
  expect((await appOf(trustedHosts(settings)).request(url)).status).toBe(status)
})

const session = { id: 's_1', secret: 'secret' }
const signedIn: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.set('csrfSession', session)
  await next()
}
const token = makeCsrfToken(session.secret, session.id)

test.each([
  ['reading', 'GET', {}, 200],
  ['no token', 'POST', {}, 403],
  ['the token in a header', 'POST', { 'x-csrf-token': token }, 200],
  ['a token of another session', 'POST', { 'x-csrf-token': makeCsrfToken('secret', 's_2') }, 403],
  ['another origin', 'POST', { 'x-csrf-token': token, origin: 'https://evil.example' }, 403],
  ['another site', 'POST', { 'x-csrf-token': token, 'sec-fetch-site': 'cross-site' }, 403],
  [
    'our origin',
    'POST',
    { 'x-csrf-token': token, origin: 'http://localhost', host: 'localhost' },
    200,
  ],
  ['an API key, which no browser sends by itself', 'POST', { 'x-api-key': 'k' }, 200],
])('csrf: %s', async (_, method, headers, status) => {
  const request = { method, headers: headers as Record<string, string> }
  expect((await appOf(signedIn, csrf()).request('http://localhost/', request)).status).toBe(status)
})

test('csrf: the token of a form counts', async () => {
  const body = new URLSearchParams({ _csrf: token })
  const answer = await appOf(signedIn, csrf()).request('/', { method: 'POST', body })
  expect(answer.status).toBe(200)
})

test('a client without a session gets 200 requests a minute, then 429 with Retry-After', async () => {
  const app = appOf(rateLimit(createRateLimits(() => 0)))
  for (let n = 0; n < 200; n++) expect((await app.request('/x')).status).toBe(200)
  const refused = await app.request('/x')
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await app.request('/health')).status).toBe(200)
  expect((await app.request('/assets/app.css')).status).toBe(200)
})

test('passwords can be tried ten times a minute from one address', async () => {
  const app = appOf(rateLimit(createRateLimits(() => 0)))
  const login = (ip: string) => app.request('/api/v1/auth/login', { method: 'POST' }, from(ip))
  for (let n = 0; n < 10; n++) expect((await login('192.0.2.1')).status).toBe(200)
  expect((await login('192.0.2.1')).status).toBe(429)
  expect((await login('192.0.2.2')).status).toBe(200)
})
