// A whole server beside a GitHub: proposals out, merges and pushes in, statuses and alerts out.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { git } from '../ci/git.ts'
import { createApp } from '../server/app.ts'
import { deriveKey, loadServerKey } from '../server/secret.ts'
import type { Services } from '../server/services/services.ts'
import { type RunningServices, startServices } from '../server/start-services.ts'
import { type GitHub, startGitHub } from './github/server.ts'
import { API_KEY, eventually, testSettings } from './support/server.ts'

setDefaultTimeout(60_000)

const TOKEN = 'ghp_0123456789abcdefSECRET'
const HOOK_SECRET = 'the webhook’s own secret'
const RULE = 'detections/marker.yml'
const rule = (value: string) => `title: Marker Seen
id: 3c0d6f3a-55f0-4c4e-8f5e-6c5b7d1f0a22
status: test
logsource:
    product: windows
detection:
    marker:
        Image|endswith: '${value}'
    condition: marker
level: high
`

let folder: string
let hub: GitHub
let receiver: ReturnType<typeof startReceiver>
let running: RunningServices
let services: Services
let hookUrl: string
let stopWeb: () => void

function startReceiver() {
  const got: { body: string; signature: string | null }[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      const signature = request.headers.get('x-siem-signature')
      got.push({ body: await request.text(), signature })
      return new Response('ok')
    },
  })
  return { got, url: `http://127.0.0.1:${server.port}/alerts`, stop: () => server.stop(true) }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-proposals-'))
  // The address that GitHub is told before the server listens there.
  const front = { fetch: async (_: Request) => new Response(null, { status: 503 }) }
  const web = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => front.fetch(request),
  })
  stopWeb = () => web.stop(true)
  hookUrl = `http://127.0.0.1:${web.port}/webhooks/github`
  hub = await startGitHub({
    ...{ owner: 'acme', repo: 'rules', token: TOKEN },
    hooks: [{ url: hookUrl, secret: HOOK_SECRET }],
  })
  const work = join(folder, 'work')
  mkdirSync(join(work, 'detections'), { recursive: true })
  writeFileSync(join(work, RULE), rule('\\one.exe'))
  await git(work, 'init', '--quiet', '--initial-branch=main')
  await git(work, 'add', '-A')
  const who = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.org']
  await git(work, ...who, 'commit', '--quiet', '-m', 'first')
  const remote = hub.gitUrl.replace('://', `://x:${TOKEN}@`)
  await git(work, 'push', '--quiet', remote, 'main')
  receiver = startReceiver()
  const settings = testSettings(join(folder, 'data'), {
    TRAPLINE_CONTENT: hub.gitUrl,
    TRAPLINE_CONTENT_POLL_S: '86400',
    TRAPLINE_GITHUB_TOKEN: TOKEN,
    TRAPLINE_GITHUB_API: hub.apiUrl,
    TRAPLINE_GITHUB_WEBHOOK_SECRET: HOOK_SECRET,
    TRAPLINE_WEBHOOK_URL: receiver.url,
    TRAPLINE_WEBHOOK_SECRET: 's3cret',
  })
  mkdirSync(settings.data, { recursive: true })
  running = await startServices(settings, {
    tokenKey: deriveKey(loadServerKey(settings.data, undefined), 'tokens'),
    scenarios: resolve(import.meta.dir, '../scripts/scenarios'),
  })
  services = running.services
  const app = createApp({ services })
  front.fetch = async (request) => app.fetch(request, { requestIP: () => null })
})

afterAll(async () => {
  await running?.stop()
  stopWeb?.()
  receiver?.stop()
  await hub?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const api = async (path: string, init: RequestInit = {}) => {
  const headers = { 'x-api-key': API_KEY, ...init.headers }
  return fetch(hookUrl.replace('/webhooks/github', path), { ...init, headers })
}
const headOf = async () => (await git(hub.bareRepository, 'rev-parse', 'main')).trim()
const live = () =>
  eventually(
    async () => [services.releases.live(), await headOf()],
    ([is, wanted]) => is === wanted,
  )

test('the private repository is followed with the token', async () => {
  await live()
  expect(services.rules.list().map(({ id }) => id)).toEqual([
    '3c0d6f3a-55f0-4c4e-8f5e-6c5b7d1f0a22',
  ])
})

test('a change is a pull request; merging it there is a release here, told by the webhook', async () => {
  const files = [{ path: RULE, text: rule('\\two.exe') }]
  const title = 'Look for the second marker'
  const change = { kind: 'rule', title, body: '', files } as const
  const { id } = await services.proposals.open(change, { name: 'ana' })
  const ask = async () => (await api(`/api/v1/proposals/${id}`)).json()
  const opened = await eventually(ask, ({ state }) => state === 'open')
  expect(opened).toMatchObject({ by: 'ana', paths: [RULE] })
  const merged = await fetch(`${hub.apiUrl}/repos/acme/rules/pulls/${opened.number}/merge`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  expect(merged.status).toBe(200)
  await live()
  await eventually(ask, ({ state }) => state === 'merged')
  expect((await services.rules.get('3c0d6f3a-55f0-4c4e-8f5e-6c5b7d1f0a22'))?.text).toContain('two')
  expect(hub.violations()).toEqual([])
})

test('each release is a status at its commit', async () => {
  const wanted = await headOf()
  const statuses = async () => hub.world.statuses.filter(({ sha }) => sha === wanted)
  const [status] = await eventually(statuses, (all) => all.length > 0)
  expect(status).toMatchObject({ context: 'trapline/release', state: 'success' })
})

test('an alert is posted, signed', async () => {
  const event = { product: 'windows', Image: 'C:\\two.exe', host: 'pc-1' }
  const sent = await api('/ingest', { method: 'POST', body: JSON.stringify(event) })
  expect(sent.status).toBe(200)
  const [got] = await eventually(
    async () => receiver.got,
    (all) => all.length > 0,
  )
  const { alert } = JSON.parse(got!.body)
  expect(alert).toMatchObject({ rule_title: 'Marker Seen', severity: 'high', host: 'pc-1' })
  const hmac = createHmac('sha256', 's3cret').update(got!.body).digest('hex')
  expect(got!.signature).toBe(`sha256=${hmac}`)
})

describe('the webhook of GitHub', () => {
  const post = (body: string, headers: Record<string, string>) =>
    fetch(hookUrl, { method: 'POST', body, headers: { 'x-github-event': 'push', ...headers } })
  const signed = (body: string, secret = HOOK_SECRET) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  })
  const push = (more: object) =>
    JSON.stringify({ ref: 'refs/heads/main', repository: { full_name: 'Acme/Rules' }, ...more })

  test.each([
    ['no signature', {}],
    ['another secret', signed(push({}), 'guess')],
    ['a short signature', { 'x-hub-signature-256': 'sha256=00' }],
    ['the signature of another body', signed(push({ a: 1 }))],
  ])('with %s is refused', async (_, headers) => {
    expect((await post(push({}), headers)).status).toBe(401)
  })

  test.each([
    ['a push to the branch', push({}), 'push', 'pulling'],
    ['a push to another branch', push({ ref: 'refs/heads/x' }), 'push', 'ignored'],
    ['another repository', push({ repository: { full_name: 'a/b' } }), 'push', 'ignored'],
    ['a ping', push({}), 'ping', 'ignored'],
    ['a list', '[]', 'push', 'ignored'],
  ])('takes %s', async (_, body, event, done) => {
    const answer = await post(body, { ...signed(body), 'x-github-event': event })
    expect([answer.status, await answer.json()]).toEqual([202, { done }])
  })

  test('that is signed but no JSON is refused', async () => {
    expect((await post('payload=%7B%7D', signed('payload=%7B%7D'))).status).toBe(400)
  })
})

test('the outbox is shown to admins only, and what was sent is not sent again', async () => {
  const { items, counts } = await (await api('/api/v1/outbox')).json()
  expect(counts.dead).toBe(0)
  const sent = items.find(({ state }: { state: string }) => state === 'sent')
  const again = await api(`/api/v1/outbox/${sent.id}/replay`, { method: 'POST' })
  expect(again.status).toBe(409)
  const ana = await services.state.createUser(
    { name: 'ana', password: 'correct horse battery', role: 'engineer' },
    { name: 'admin' },
  )
  const { secret } = await services.state.createKey(ana.id, { name: 'k', kind: 'user' }, ana)
  const headers = { 'x-api-key': secret }
  expect((await api('/api/v1/outbox', { headers })).status).toBe(403)
  expect((await api('/api/v1/proposals', { headers })).status).toBe(200)
  const merge = await api(`/api/v1/proposals/${'0'.repeat(10)}/merge`, { method: 'POST', headers })
  expect(merge.status).toBe(404)
})
