// What the pages promise over HTTP, without a browser: who gets a page and who a fragment, what may be
// kept, what needs signing in, and that forms are ours.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { PASSWORD, startTestServer, type TestServer } from './server.ts'

setDefaultTimeout(60_000)

const FIRST_PAGE_MAX_BYTES = 150_000
const CLIENT_MAX_BYTES = 22_000

let server: TestServer
let cookie = ''

beforeAll(async () => {
  server = await startTestServer()
  const answer = await post('/sign-in', { name: 'admin', password: PASSWORD, next: '/search' }, {})
  expect(answer.status).toBe(303)
  const given = answer.headers.get('set-cookie') ?? ''
  expect(given).toContain('HttpOnly')
  expect(given).toContain('SameSite=Lax')
  cookie = given.split(';')[0] ?? ''
})

afterAll(() => server.stop())

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.url + path, { redirect: 'manual', headers: { cookie, ...headers } })
}

function post(
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = { cookie },
): Promise<Response> {
  const body = new URLSearchParams(fields)
  return fetch(server.url + path, { method: 'POST', redirect: 'manual', headers, body })
}

const PARTIAL = { 'hx-request': 'true', 'hx-request-type': 'partial' }

const FRAGMENTS = [
  '/search/table',
  '/search/count',
  '/search/histogram',
  '/search/facet?field=host',
  '/search/groups?group=host',
  '/alerts/queue',
  '/alerts/facet?field=severity',
  '/alerts/facet?field=rule&order=fewest',
  '/alerts/queue?group=none',
  '/sources/cards',
  '/sources/dead-letters',
  '/sources/imports',
  '/sources/fields?source=nobody',
  '/rules/liveness',
  '/search/groups?group=source,host&filterField=source&filterValue=app&level=1',
  '/scenarios/runs',
  '/header',
]

test.each(FRAGMENTS)('%s is a fragment for htmx and a page for everyone else', async (path) => {
  const partial = await get(path, PARTIAL)
  expect(partial.status).toBe(200)
  expect(await partial.text()).not.toContain('<html')
  for (const headers of [{}, { 'hx-request': 'true', 'hx-request-type': 'full' }]) {
    const whole = await get(path, headers)
    expect(whole.status).toBe(200)
    expect(await whole.text()).toStartWith('<!doctype html>')
  }
})

test('the alert of a silent source says what raised it, and leads to no rule', async () => {
  const { state } = server.services
  const id = await state.sourceSilent('web-3', Date.now() - 600_000, 300)
  const summary = await (await get(`/alerts/drawer/${id}`, PARTIAL)).text()
  expect(summary).toContain('Trapline watches its sources')
  expect(summary).not.toContain('/rules/source_silent')
  const rule = await (await get(`/alerts/then-now/${id}`, PARTIAL)).text()
  expect(rule).toContain('No rule raised this alert')
})

test('what changes between the alerts page and its live stream comes with the stream', async () => {
  const html = await (await get('/alerts')).text()
  const after = /data-alert-stream="([^"]+)"/.exec(html)?.[1] ?? ''
  const id = await server.services.state.sourceSilent('between', Date.now() - 600_000, 300)
  const stop = new AbortController()
  const stream = await fetch(`${server.url}/api/v1/alerts/stream?after=${after}`, {
    headers: { cookie },
    signal: stop.signal,
  })
  let text = ''
  for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes('event:')) break
  }
  stop.abort()
  expect(text).toContain('event: alert')
  expect(text).toContain(`"id":"${id}"`)
})

const PAGES = [
  '/search',
  '/search?q=host:(a+or',
  '/search?from=yesterday',
  '/alerts',
  '/alerts?status=any&group=none&rule=x',
  '/rules',
  '/rules?state=refused',
  '/releases',
  '/sources',
  '/sources/one?source=a%3Cb',
  '/docs',
  '/scenarios',
  '/settings',
]

test.each(PAGES)('%s is never kept, varies by htmx, and runs nothing inline', async (path) => {
  const answer = await get(path)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('vary')).toContain('HX-Request-Type')
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(answer.headers.get('content-security-policy')).not.toContain('unsafe')
  const html = await answer.text()
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/)
  expect(html).not.toMatch(/\s(?:style|on\w+|hx-on[^=\s]*)=/)
})

test('a boosted link gets the frame alone, with its title', async () => {
  const html = await (await get('/rules', { ...PARTIAL, 'hx-target': 'div#page' })).text()
  expect(html).toStartWith('<title>Rules · Trapline</title><div id="page"')
})

test('nobody sees a page unless signed in, and comes back to it afterwards', async () => {
  const page = await fetch(`${server.url}/alerts?sel=1`, { redirect: 'manual' })
  expect(page.headers.get('location')).toBe('/sign-in?next=%2Falerts%3Fsel%3D1')
  const headers = { ...PARTIAL, 'hx-current-url': `${server.url}/search?q=a` }
  const fragment = await fetch(`${server.url}/search/table`, { headers })
  expect(fragment.status).toBe(401)
  expect(fragment.headers.get('hx-redirect')).toBe('/sign-in?next=%2Fsearch%3Fq%3Da')
})

test('a wrong name and a wrong password get the same answer', async () => {
  const bodies = await Promise.all(
    [
      { name: 'admin', password: 'wrong' },
      { name: 'nobody', password: 'wrong' },
    ].map(async (fields) => {
      const answer = await post('/sign-in', fields, {})
      expect(answer.status).toBe(401)
      return (await answer.text()).replace(`value="${fields.name}"`, '')
    }),
  )
  expect(bodies[0]).toBe(bodies[1] ?? '')
})

test('a form without the session’s token, or from another site, changes nothing', async () => {
  const key = { name: 'k', kind: 'user', days: '' }
  expect((await post('/settings/keys', key)).status).toBe(403)
  const token = /name="_csrf" value="([^"]+)"/.exec(await (await get('/settings')).text())?.[1]
  const foreign = { cookie, origin: 'https://evil.example' }
  expect((await post('/settings/keys', { ...key, _csrf: token ?? '' }, foreign)).status).toBe(403)
  const made = await post('/settings/keys', { ...key, _csrf: token ?? '' })
  expect(made.status).toBe(200)
  expect(await made.text()).toContain('shown this once')
})

test('an administrator adds a user, changes the role, gives a new password, and ends the access', async () => {
  const token =
    /name="_csrf" value="([^"]+)"/.exec(await (await get('/settings')).text())?.[1] ?? ''
  const act = async (path: string, fields: Record<string, string>) => {
    const answer = await post(path, { ...fields, _csrf: token })
    return { status: answer.status, html: await answer.text() }
  }
  const secretOf = (html: string) =>
    /One-time password[\s\S]*?<code[^>]*>([^<]+)</.exec(html)?.[1] ?? ''
  const signIn = async (password: string) => {
    const answer = await post('/sign-in', { name: 'ana', password, next: '/rules' }, {})
    return {
      status: answer.status,
      cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
    }
  }
  const added = await act('/settings/users', { name: 'ana', role: 'viewer' })
  const first = secretOf(added.html)
  expect(first.length).toBeGreaterThan(11)
  expect((await act('/settings/users', { name: 'ana', role: 'viewer' })).status).toBe(409)
  const ana = await signIn(first)
  expect(ana.status).toBe(303)
  const hers = await (await get('/settings', { cookie: ana.cookie })).text()
  expect(hers).not.toContain('Users and roles')
  const herToken = /name="_csrf" value="([^"]+)"/.exec(hers)?.[1] ?? ''
  const herTry = { name: 'eve', role: 'admin', _csrf: herToken }
  expect((await post('/settings/users', herTry, { cookie: ana.cookie })).status).toBe(403)

  const users = await server.services.state.listUsers()
  const idOf = (name: string) => users.find((user) => user.name === name)?.id ?? ''
  const path = `/settings/users/${idOf('ana')}`
  expect((await act(path, { action: 'role', role: 'engineer' })).html).toContain(
    'ana is engineer now',
  )
  const second = secretOf((await act(path, { action: 'reset' })).html)
  expect((await signIn(first)).status).toBe(401)
  expect((await signIn(second)).status).toBe(303)
  expect((await act(path, { action: 'disable' })).html).toContain('sessions and keys have ended')
  expect((await signIn(second)).status).toBe(401)
  const last = await act(`/settings/users/${idOf('admin')}`, { action: 'role', role: 'viewer' })
  expect(last.status).toBeGreaterThanOrEqual(400)
})

test('files are kept for ever, and not sent again to who has them', async () => {
  const html = await (await get('/search')).text()
  const paths = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
    (match) => match[1] ?? '',
  )
  expect(paths.length).toBeGreaterThan(4)
  let bytes = Bun.gzipSync(Buffer.from(html)).length
  for (const path of paths) {
    const headers = { 'accept-encoding': 'br' }
    const answer = await fetch(server.url + path, { headers, decompress: false })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toContain('immutable')
    bytes += (await answer.bytes()).length
    const again = { 'if-none-match': answer.headers.get('etag') ?? '' }
    expect((await fetch(server.url + path, { headers: again })).status).toBe(304)
  }
  expect(bytes).toBeLessThan(FIRST_PAGE_MAX_BYTES)
  const client = paths.find((path) => path.endsWith('client.js')) ?? ''
  const code = await (await fetch(server.url + client)).text()
  expect(code.length).toBeLessThan(CLIENT_MAX_BYTES)
})

test('a link with an edit leads to the edited query', async () => {
  const answer = await get('/search?q=a+or+b&filterField=host&filterValue=web+1')
  expect(answer.headers.get('location')).toBe('/search?q=%28a+or+b%29+and+host%3A%22web+1%22')
})

test('an unknown page says so as a page, an unknown API path as JSON', async () => {
  const page = await get('/nothing-here')
  expect(page.status).toBe(404)
  expect(await page.text()).toContain('There is no page /nothing-here')
  const api = await get('/api/v1/nothing-here')
  expect(api.headers.get('content-type')).toContain('json')
})

test('an event and an alert that are gone say so', async () => {
  expect((await get('/search/event/20200101-000000000001', PARTIAL)).status).toBe(404)
  expect((await get('/alerts/drawer/A-999999', PARTIAL)).status).toBe(404)
  expect((await get('/rules/no-such-rule')).status).toBe(404)
})
