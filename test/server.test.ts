// The server through its front door: what goes in is found, what happens live.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { ROUTES } from '../server/routes/api/table.ts'
import { eventually, startTestServer, type TestServer } from './support/server.ts'

/** Machines that are busy take long to start a server. */
setDefaultTimeout(60_000)

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({
    TRAPLINE_SYSLOG_UDP: '127.0.0.1:0',
    TRAPLINE_SYSLOG_TCP: '127.0.0.1:0',
  })
})
afterAll(() => server.dispose())

const find = (q: string) =>
  server.json(`/api/v1/search?from=2026-11-01T00:00:00Z&q=${encodeURIComponent(q)}`)
test.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number]>([
  ['one object', '{"message":"form-a"}', {}, 1],
  ['an array', '[{"message":"form-a"},{"message":"form-b"}]', {}, 2],
  ['NDJSON', '{"message":"form-a"}\n{"message":"form-b"}\n', {}, 2],
  ['gzip', new Uint8Array(gzipSync('{"message":"form-a"}\n')), { 'content-encoding': 'gzip' }, 1],
  ['zstd', new Uint8Array(zstdCompressSync('{"a":1}\n')), { 'content-encoding': 'zstd' }, 1],
])('ingest takes %s', async (_, body, headers, accepted) => {
  for (const path of ['/ingest', '/api/v1/logs/ingest']) {
    const answer = await server.ingest(body, path, headers)
    expect(answer).toMatchObject({ accepted, unparsed: 0, errors: [] })
    expect(answer.batch).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test('both shapes of a generic event fill the pivots', async () => {
  await server.ingest('{"source":"app","host":"h9","message":"shape one","fields":{"x":1}}')
  await server.ingest(
    '{"source_type":"app2","event_type":"login","source_ip":"192.0.2.5","username":"ana"}',
  )
  expect((await find('"shape one"')).events[0]).toMatchObject({ source: 'app', host: 'h9' })
  expect((await find('user:ana')).events[0]).toMatchObject({ src_ip: '192.0.2.5', user: 'ana' })
})

test('a repeated Idempotency-Key stores once; with another body it is a conflict', async () => {
  const send = (body: string) =>
    server.fetch('/ingest', { method: 'POST', body, headers: { 'idempotency-key': 'batch-1' } })
  const [first, second] = [
    await send('{"message":"once only"}'),
    await send('{"message":"once only"}'),
  ]
  expect(await second.json()).toEqual(await first.json())
  expect(first.headers.get('idempotent-replayed')).toBeNull()
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  expect((await find('"once only"')).total).toBe(1)
  expect((await send('{"message":"other"}')).status).toBe(409)
})

test('a bad line does not refuse its neighbours and is listed with the reason', async () => {
  const answer = await server.ingest(
    '{"message":"good neighbour"}\n{"broken":\n',
    '/ingest?source=json',
  )
  expect(answer).toMatchObject({ accepted: 2, unparsed: 1 })
  expect(answer.errors[0]).toMatchObject({ index: 1 })
  const { dead_letters } = await server.json('/api/v1/dead-letters')
  expect(dead_letters.some((one: { sample: string }) => one.sample.includes('broken'))).toBe(true)
})

test('a page continues from its cursor and the total stays the same', async () => {
  const lines = Array.from({ length: 25 }, (_, n) => `{"message":"paged ${n}","n":${n}}`)
  await server.ingest(lines.join('\n'))
  const seen: string[] = []
  let cursor = ''
  do {
    const page = await server.json(
      `/api/v1/search?q=paged&limit=10${cursor && `&cursor=${cursor}`}`,
    )
    expect(page.total).toBe(25)
    expect(page.count).toBe(page.events.length)
    seen.push(...page.events.map((event: { id: string }) => event.id))
    cursor = page.cursor ?? ''
    await server.ingest('{"message":"paged later"}')
  } while (cursor !== '')
  expect(new Set(seen).size).toBe(25)
  const other = await server.fetch('/api/v1/search?q=other&cursor=bm9wZQ')
  expect(other.status).toBe(400)
})

test('filters, histogram, top values, pivots and statistics agree with the rows', async () => {
  const line = (n: number) =>
    JSON.stringify({
      message: 'agreemarker',
      host: `agree-${n % 3}`,
      src_ip: `198.51.100.${n % 4}`,
      severity: n % 2 ? 'high' : 'low',
    })
  await server.ingest(Array.from({ length: 24 }, (_, n) => line(n)).join('\n'))
  const total = async (query: string) => (await server.json(`/api/v1/search?${query}`)).total
  expect(await total('q=agreemarker')).toBe(24)
  expect(await total('q=agreemarker&severity=high')).toBe(12)
  expect(await total('q=agreemarker&host=agree-1')).toBe(8)
  expect(await total('q=agreemarker&ip=198.51.100.0/31')).toBe(12)
  const { buckets } = await server.json('/api/v1/events/histogram?q=agreemarker&from=1h')
  expect(buckets.reduce((sum: number, one: { count: number }) => sum + one.count, 0)).toBe(24)
  const top = await server.json('/api/v1/events/top?q=agreemarker&field=host')
  expect(top.values).toHaveLength(3)
  const pivot = await server.json('/api/v1/logs/pivot?type=ip&value=198.51.100.2')
  expect(pivot.total).toBe(6)
  expect(await server.json('/api/v1/logs/pivot?ip=198.51.100.2')).toMatchObject({ total: 6 })
  for (const query of ['', 'type=ip', 'ip=198.51.100.2&host=agree-1', 'value=x&host=agree-1']) {
    const refused = await server.fetch(`/api/v1/logs/pivot?${query}`)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('one of ip, user, host, hash, domain')
  }
  const stats = await server.json('/api/v1/stats?hours=1')
  expect(stats.total).toBeGreaterThanOrEqual(24)
  const csv = await (await server.fetch('/api/v1/events/export?format=csv&q=agreemarker')).text()
  expect(csv.trim().split('\r\n')).toHaveLength(25)
  const ndjson = await (await server.fetch('/api/v1/events/export?q=agreemarker')).text()
  expect(
    ndjson
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row).message),
  ).toHaveLength(24)
})

test('an event opens with its neighbours', async () => {
  await server.ingest('{"message":"openmarker"}')
  const [{ id }] = (await find('openmarker')).events
  expect((await server.json(`/api/v1/events/${id}`)).message).toBe('openmarker')
  const around = await server.json(`/api/v1/events/${id}/around?count=3`)
  expect(around.before.length).toBeGreaterThan(0)
  expect((await server.fetch('/api/v1/events/20200101-000000000000')).status).toBe(404)
  const nowhere = await server.fetch('/api/v1/events/20200101-000000000000/around')
  expect(nowhere.status).toBe(404)
})

test('a known path with another method says which it takes', async () => {
  const answer = await server.fetch('/ingest')
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')).toBe('POST')
})

/** A stream that is being followed: what comes from now on is in it. */
interface Following {
  /** Its messages, until `wanted` of them have come. */
  readonly messages: (wanted: number) => Promise<string[]>
}

async function follow(path: string, after?: string): Promise<Following> {
  const stop = new AbortController()
  const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': after }
  const answer = await server.fetch(path, { signal: stop.signal, headers })
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const chunks = answer.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  // The server follows from when its first words are taken.
  let text = (await chunks.next()).value ?? ''
  return {
    messages: async (wanted) => {
      const found: string[] = []
      while (found.length < wanted) {
        const { value, done } = await chunks.next()
        if (done) break
        text += value
        const parts = text.split('\n\n')
        text = parts.pop() ?? ''
        found.push(...parts.filter((part) => part.startsWith('event:')))
      }
      stop.abort()
      return found
    },
  }
}

test('events stream as they are committed, filtered, and go on after the last one seen', async () => {
  const streamed = await follow('/api/v1/logs/stream?q=streammarker')
  await server.ingest('{"message":"not this one"}\n{"message":"streammarker 1"}')
  const [first = ''] = await streamed.messages(1)
  expect(first).toContain('streammarker 1')
  const id = /^id: (\d+)$/m.exec(first)?.[1]
  await server.ingest('{"message":"streammarker 2"}')
  const [second = ''] = await (await follow('/api/v1/logs/stream?q=streammarker', id)).messages(1)
  expect(second).toContain('streammarker 2')
})

const failedLogin = (user: string) =>
  `Nov 21 12:00:00 web-1 sshd[99]: Failed password for invalid user ${user} from 203.0.113.9 port 2222 ssh2`

test('a raw log line becomes an alert, on the stream and in the list, and its status changes', async () => {
  const streamed = await follow('/api/v1/alerts/stream?user=mallory')
  await server.ingest(failedLogin('mallory'), '/ingest?source=linux_auth')
  const [message = ''] = await streamed.messages(1)
  expect(message).toContain('"kind":"created"')
  const { alerts } = await server.json('/api/v1/alerts?user=mallory')
  expect(alerts).toHaveLength(1)
  const [{ id, version, rule_id, event_id }] = alerts
  const change = (body: object) =>
    server.fetch(`/api/v1/alerts/${id}`, { method: 'PATCH', body: JSON.stringify(body) })
  expect((await change({ status: 'acknowledged', version })).status).toBe(200)
  expect((await change({ status: 'resolved', version })).status).toBe(409)
  const detail = await server.json(`/api/v1/alerts/${id}`)
  expect(detail).toMatchObject({ status: 'acknowledged', event: { user: 'mallory' } })
  expect(detail.rule_text).toContain('title:')
  const { leaves, fires, tree } = await server.json(
    `/api/v1/detections/rules/${rule_id}/explain?event=${event_id}`,
  )
  expect(leaves.some((leaf: { matched: boolean }) => leaf.matched)).toBe(true)
  expect({ fires, holds: tree.holds }).toEqual({ fires: true, holds: true })
  const rule = await server.json(`/api/v1/detections/rules/${rule_id}`)
  expect(rule.matches).toBeGreaterThan(0)
  expect(rule.tests.positive).toBeGreaterThan(0)
})

test('a stream that resumes from another run of the server is told to read anew', async () => {
  const [message = ''] = await (await follow('/api/v1/alerts/stream', 'other.7')).messages(1)
  expect(message).toContain('event: reset')
})

interface Named {
  readonly value: string
}

interface CorrelationAlert {
  readonly rule_id: string
  readonly event_id: string
  readonly rule_title: string
  readonly event_ids: readonly string[]
}

test.each([
  [
    'ssh-brute-force',
    ['SSH Password Guessing From One Address', 'SSH Password Guessing That Succeeds'],
  ],
  ['dns-tunnelling', ['Many Different Long DNS Names Asked by One Host']],
])('the scenario %s plays through ingest and raises its correlations', async (name, rules) => {
  const { scenarios } = await server.json('/api/v1/scenarios')
  const { id, events } = scenarios.find((one: { id: string }) => one.id === name)
  const play = { method: 'POST', body: JSON.stringify({ speed: 1_000 }) }
  const run = await server.json(`/api/v1/scenarios/${id}/play`, play)
  const done = await eventually(
    async () =>
      (await server.json('/api/v1/scenarios')).runs.find(
        (one: { id: string }) => one.id === run.id,
      ),
    (one) => one.finished !== undefined,
  )
  expect(done).toMatchObject({ sent: events, total: events })
  expect(done.error).toBeUndefined()
  const alerts = await eventually(
    async () => (await server.json('/api/v1/alerts?limit=100')).alerts as CorrelationAlert[],
    (found) => rules.every((rule) => found.some((alert) => alert.rule_title === rule)),
  )
  for (const rule of rules) {
    const { event_ids } = alerts.find((alert) => alert.rule_title === rule)!
    expect(event_ids.length).toBeGreaterThanOrEqual(10)
    const { rule_id, event_id } = alerts.find((alert) => alert.rule_title === rule)!
    const { fires, correlation } = await server.json(
      `/api/v1/detections/rules/${rule_id}/explain?event=${event_id}`,
    )
    expect({ fires, complete: correlation.complete }).toEqual({ fires: true, complete: true })
    const [window] = correlation.windows
    expect(window).toMatchObject({ fires: true, missing: [] })
    expect(correlation.live[0].group).toEqual(window.group.map((one: Named) => one.value))
    expect(correlation.live[0].held.value).toBeGreaterThan(0)
    const { matches, last_match } = await server.json(`/api/v1/detections/rules/${rule_id}`)
    expect(matches).toBeGreaterThan(0)
    expect(last_match).toStartWith('20')
  }
})

test('old logs of one import correlate among themselves, whatever their age', async () => {
  const line = (second: number, ip: string) =>
    `Jan 10 03:00:${String(second).padStart(2, '0')} old-1 sshd[7]: Failed password for root from ${ip} port 4 ssh2`
  const send = (ip: string, from: number, name: string) =>
    server.ingest(
      Array.from({ length: 5 }, (_, n) => line(from + n, ip)).join('\n'),
      `/ingest?source=linux_auth&import=${name}`,
    )
  await send('198.51.100.201', 0, 'one')
  await send('198.51.100.202', 0, 'one')
  await send('198.51.100.201', 10, 'one')
  await send('198.51.100.202', 10, 'another')
  const titleOf = (ip: string) => `SSH password guessing from ${ip}`
  const list = async () =>
    (await server.json('/api/v1/alerts?limit=100')).alerts.map(
      (one: { title: string }) => one.title,
    )
  const titles = await eventually(list, (found) => found.includes(titleOf('198.51.100.201')))
  expect(titles).not.toContain(titleOf('198.51.100.202'))
})

const port = (kind: string) =>
  Number(
    server.syslog
      .find((address) => address.startsWith(kind))
      ?.split(':')
      .at(-1),
  )

test('syslog arrives over UDP', async () => {
  const socket = createSocket('udp4')
  socket.send('<38>Nov 21 12:00:00 gw-1 sshd[7]: udpmarker Accepted', port('udp'), '127.0.0.1')
  const { events } = await eventually(
    () => find('udpmarker'),
    (page) => page.total > 0,
  )
  expect(events[0]).toMatchObject({ host: 'gw-1', source: 'syslog' })
  socket.close()
})

test('syslog arrives over TCP in both framings, the unfinished last message too', async () => {
  const socket = connect(port('tcp'), '127.0.0.1')
  const message = '<38>1 2026-11-21T12:00:00Z gw-2 app - - - tcpmarker two'
  socket.write('<38>Nov 21 12:00:00 gw-2 app: tcpmarker one\n')
  socket.write(`${message.length} ${message}`)
  socket.end('<38>Nov 21 12:00:00 gw-2 app: tcpmarker three')
  const { events } = await eventually(
    () => find('tcpmarker'),
    (page) => page.total === 3,
  )
  expect(events.every((event: { host: string }) => event.host === 'gw-2')).toBe(true)
})

test('sources, health, readiness, metrics and the API description answer', async () => {
  const { sources } = await server.json('/api/v1/sources')
  const syslog = sources.find((one: { name: string }) => one.name === 'syslog')
  expect(syslog).toMatchObject({ connected: true, silent_after_s: 300 })
  const set = { method: 'PATCH', body: JSON.stringify({ silent_after_s: 900 }) }
  await server.json('/api/v1/sources/syslog', set)
  const after = (await server.json('/api/v1/sources')).sources
  expect(after.find((one: { name: string }) => one.name === 'syslog').silent_after_s).toBe(900)
  const open = { headers: { anonymous: '1' } }
  expect(await server.json('/health', open)).toEqual({ status: 'ok' })
  expect(await server.json('/ready', open)).toEqual({ ready: true, problems: [] })
  const metrics = await (await server.fetch('/metrics')).text()
  expect(metrics).toMatch(/^trapline_events_total \d+$/m)
  const api = await server.json('/api/v1/openapi.json')
  expect(api.openapi).toBe('3.1.0')
  for (const { path, method } of ROUTES) {
    expect(api.paths[path.replace(/:(\w+)/g, '{$1}')][method]).toBeDefined()
  }
  const hunts = api.paths['/api/v1/siem/hunts'].post
  expect(Object.keys(hunts.responses)).toEqual(['201', '202', 'default'])
  const rule = '/api/v1/detections/rules/{id}'
  expect(api.paths[`${rule}/run`].post.requestBody.required).toBe(false)
  expect(api.paths[`${rule}/feedback`].post.requestBody.required).toBe(true)
  expect(await (await server.fetch('/docs')).text()).toContain('/api/v1/search')
})

test('a short link leads back to its path and to no other site', async () => {
  const make = (target: string) =>
    server.fetch('/api/v1/links', { method: 'POST', body: JSON.stringify({ target }) })
  const { path } = await (await make('/search?q=a')).json()
  const answer = await server.fetch(path)
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/search?q=a'])
  for (const target of ['https://evil.example/', '//evil.example']) {
    expect((await make(target)).status).toBe(400)
  }
})

test('rules are reloaded while events come in', async () => {
  const before = (await server.json('/api/v1/stats?hours=1')).total
  const sending = Promise.all(
    Array.from({ length: 20 }, (_, n) => server.ingest(`{"message":"reloading ${n}"}`)),
  )
  const reloaded = await server.json('/api/v1/rules/reload', { method: 'POST' })
  await sending
  expect(reloaded.rules).toBeGreaterThan(0)
  expect((await server.json('/api/v1/stats?hours=1')).total).toBe(before + 20)
})
