import { expect, test } from 'bun:test'
import { Hono } from 'hono'
import type { AppEnv } from '../../middleware/env.ts'
import { toSignIn } from './page-errors.tsx'

const app = new Hono<AppEnv>().all('*', toSignIn)
const HOST = 'http://trapline.test'
const HTMX = { 'hx-request': 'true', 'hx-request-type': 'partial' }

async function ask(method: string, path: string, headers: Record<string, string>) {
  const answer = await app.request(HOST + path, { method, headers })
  const address = answer.headers.get('location') ?? answer.headers.get('hx-redirect')
  const next = address && new URL(address, HOST).searchParams.get('next')
  return [answer.status, next]
}

test.each<[string, string, Record<string, string>, number, string | null]>([
  ['GET', '/alerts?sel=A-1', {}, 303, '/alerts?sel=A-1'],
  ['GET', '/', {}, 303, null],
  ['POST', '/alerts/A-1/verdict', { referer: `${HOST}/alerts?sel=A-1` }, 303, '/alerts?sel=A-1'],
  ['POST', '/alerts/A-1/verdict', {}, 303, null],
  ['POST', '/suppressions/S-1/end', { referer: 'https://evil.example/x' }, 303, null],
  ['POST', '/suppressions/S-1/end', { referer: 'no address' }, 303, null],
  ['POST', '/x', { ...HTMX, 'hx-current-url': `${HOST}/rules?text=a` }, 401, '/rules?text=a'],
  ['GET', '/x', { ...HTMX, 'hx-current-url': `${HOST}/rules` }, 401, '/rules'],
  ['POST', '/x', { ...HTMX, 'hx-current-url': 'https://evil.example/' }, 401, null],
  ['POST', '/x', { ...HTMX, referer: `${HOST}/hunts` }, 401, '/hunts'],
  ['DELETE', '/x', { referer: `${HOST}/sign-in?next=/a` }, 303, null],
])('an expired session’s %s of %s (%p) leads back to where it came from', async (...given) => {
  const [method, path, headers, status, next] = given
  expect(await ask(method, path, headers)).toEqual([status, next])
})

test('code of a page that asks without a session is told so, not sent elsewhere', async () => {
  const headers = { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' }
  const answer = await app.request(`${HOST}/rules/editor/save`, { method: 'POST', headers })
  expect([answer.status, await answer.json()]).toEqual([
    401,
    { error: expect.stringContaining('session has ended') },
  ])
})
