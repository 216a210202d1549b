// Rules with a schedule on a real server: what comes in is covered by runs, once, whatever happens.
import { afterEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../server/main.ts'
import { startProcess } from './support/process.ts'
import {
  API_KEY,
  eventually,
  startTestServer,
  type TestServer,
  testSettings,
} from './support/server.ts'

const ID = '66666666-6666-4666-8666-666666666666'
const TIMEOUT_MS = 120_000

const rule = (trapline: string) => `title: Marker
id: ${ID}
logsource: {category: test}
detection: {sel: {message|contains: schedulemarker}, condition: sel}
level: high
${trapline === '' ? '' : `trapline: ${trapline}\n`}`

const folders: string[] = []
const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function rulesFolder(trapline: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-schedules-'))
  folders.push(folder)
  mkdirSync(join(folder, 'rules'))
  writeFileSync(join(folder, 'rules', 'marker.yml'), rule(trapline))
  return join(folder, 'rules')
}

async function start(trapline: string): Promise<TestServer & { readonly rules: string }> {
  const rules = rulesFolder(trapline)
  const server = await startTestServer({ TRAPLINE_RULES: rules })
  servers.push(server)
  return { ...server, rules }
}

let sent = 0
const events = (count: number, host = 'web1') =>
  Array.from({ length: count }, () =>
    JSON.stringify({ n: sent++, host, user: 'eve', message: 'a schedulemarker came' }),
  ).join('\n')

const run = (server: TestServer, query = '', body: object = {}) =>
  server.json(`/api/v1/detections/rules/${ID}/run?wait=true${query}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
const matched = async (server: Pick<TestServer, 'json'>): Promise<number> => {
  const { alerts } = await server.json('/api/v1/alerts?limit=100')
  return alerts.reduce((all: number, alert: { count: number }) => all + alert.count, 0)
}

test(
  'what a run matched is found by its rule like what matched on arrival, sealed or not, once',
  async () => {
    const first = await start("{schedule: '1d'}")
    await first.ingest(events(30, 'sealed'))
    await first.ingest('{"message":"nothing of it"}')
    await first.stop()
    servers.splice(0)
    const server = await startTestServer({ TRAPLINE_RULES: first.rules }, first.data)
    servers.push(server)
    await server.ingest(events(3, 'fresh'))
    const found = (host: string) => server.json(`/api/v1/search?rule=${ID}&from=now-1h&q=${host}`)
    expect((await found('host:*')).total).toBe(0)
    expect(await run(server)).toMatchObject({ match_count: 33 })
    expect((await found('host:sealed')).total).toBe(30)
    expect((await found('host:fresh')).total).toBe(3)
    const facet = () => server.json('/api/v1/events/top?field=@rule&from=now-1h')
    expect((await facet()).values).toEqual([expect.objectContaining({ value: ID, count: 33 })])
    const [one] = (await found('host:sealed')).events
    expect((await server.json(`/api/v1/events/${one.id}`)).rule_ids).toEqual([ID])
    await run(server, '&from=now-1h', { mode: 'replay' })
    expect((await facet()).values).toEqual([expect.objectContaining({ value: ID, count: 33 })])
  },
  TIMEOUT_MS,
)

test(
  'a rule with a schedule is not matched on arrival; a run makes its alerts, once',
  async () => {
    const server = await start(
      "{schedule: '1d', owner: soc, severity: critical, rollout: {stage: live, min_days: 3}}",
    )
    await server.ingest(events(30))
    await Bun.sleep(500)
    expect(await matched(server)).toBe(0)
    const first = await run(server)
    expect(first).toMatchObject({
      ...{ trigger: 'manual', mode: 'detect', status: 'ok', by: 'admin' },
      ...{ match_count: 30, alert_count: 1, suppressed_count: 0, progress: 1 },
    })
    expect(first.sample_event_ids).toHaveLength(20)
    expect(first.rule_hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await matched(server)).toBe(30)
    expect(await run(server)).toMatchObject({ match_count: 0, alert_count: 0 })
    await server.ingest(events(2))
    await server.ingest(events(1, 'web2'))
    expect(await run(server)).toMatchObject({ match_count: 3, alert_count: 1 })
    expect(await matched(server)).toBe(33)

    const { runs, schedule_enabled, schedule_interval_minutes, next_run_at } = await server.json(
      `/api/v1/detections/rules/${ID}/runs`,
    )
    expect(runs.map((one: { match_count: number }) => one.match_count)).toEqual([3, 0, 30])
    expect([schedule_enabled, schedule_interval_minutes]).toEqual([true, 1440])
    expect(Date.parse(next_run_at)).toBeGreaterThan(Date.now())
    expect(await server.json('/api/v1/detections/metrics')).toMatchObject({
      ...{ scheduled_rules: 1, runs_24h: 3, matches_24h: 33, scheduled_matches_24h: 33 },
      high_match_rules: [{ rule_id: ID, title: 'Marker', match_count: 33, alert_count: 2 }],
    })
    expect(await server.json(`/api/v1/detections/rules/${ID}`)).toMatchObject({
      ...{ matches: 33, owner: 'soc', severity: 'critical', auto_create_case: false },
      ...{ schedule_enabled: true, schedule_interval_minutes: 1440, next_run_at },
      ...{ last_run_at: expect.any(String), rollout: { stage: 'live', min_days: 3 } },
    })
  },
  TIMEOUT_MS,
)

test(
  'without a schedule a rule matches on arrival, and a run only replays',
  async () => {
    const server = await start('')
    await server.ingest(events(7))
    await eventually(
      () => matched(server),
      (count) => count === 7,
    )
    const done = await run(server)
    expect(done).toMatchObject({ mode: 'replay', status: 'ok', match_count: 7, alert_count: 0 })
    expect(await matched(server)).toBe(7)
    const past = await run(server, '&from=now-3h&to=now-2h')
    expect(past).toMatchObject({ mode: 'replay', match_count: 0 })
    const refused = await server.fetch(`/api/v1/detections/rules/${ID}/run`, {
      method: 'POST',
      body: JSON.stringify({ mode: 'detect' }),
      headers: { 'content-type': 'application/json' },
    })
    expect(refused.status).toBe(400)
  },
  TIMEOUT_MS,
)

test(
  'the clock starts due runs, and a stopped server catches up',
  async () => {
    const rules = rulesFolder("{schedule: '3s'}")
    const data = join(rules, '..', 'data')
    const settings = testSettings(data, { TRAPLINE_RULES: rules })
    const asked = async (url: string, path: string) =>
      (await fetch(url + path, { headers: { 'x-api-key': API_KEY } })).json()
    const ingest = async (url: string, body: string) =>
      fetch(`${url}/ingest`, { method: 'POST', body, headers: { 'x-api-key': API_KEY } })
    let server = await startServer(settings)
    const through = { json: (path: string) => asked(server.url, path) }
    await ingest(server.url, events(5))
    await eventually(
      () => matched(through),
      (count) => count === 5,
    )
    await ingest(server.url, events(5))
    await server.stop()
    await Bun.sleep(6_500)
    server = await startServer(settings)
    await eventually(
      () => matched(through),
      (count) => count === 10,
    )
    const { runs } = await through.json(`/api/v1/detections/rules/${ID}/runs`)
    const triggers = runs.map((one: { trigger: string }) => one.trigger)
    expect(triggers).toContain('schedule')
    expect(triggers).toContain('catch-up')
    await server.stop()
  },
  TIMEOUT_MS,
)

test(
  'a rule that goes from arrival to a schedule and back misses and repeats nothing',
  async () => {
    const server = await start('')
    let total = 0
    const settings = ['', "{schedule: '1d'}", '', "{schedule: '1h'}", "{schedule: '1d'}", '']
    for (const trapline of settings) {
      writeFileSync(join(server.rules, 'marker.yml'), rule(trapline))
      const sending = Array.from({ length: 20 }, async (_, n) => {
        await Bun.sleep(n * 20)
        await server.ingest(events(10))
        total += 10
      })
      await Bun.sleep(200)
      await server.json('/api/v1/rules/reload', { method: 'POST' })
      await Promise.all(sending)
    }
    await eventually(
      () => matched(server),
      (count) => count >= total,
    )
    await Bun.sleep(2_500)
    expect(await matched(server)).toBe(total)
  },
  TIMEOUT_MS,
)

test(
  'SIGKILL in the middle of scheduled runs loses and repeats no match',
  async () => {
    const rules = rulesFolder("{schedule: '1s'}")
    const environment = {
      TRAPLINE_DATA: join(rules, '..', 'data'),
      TRAPLINE_RULES: rules,
      TRAPLINE_BOOTSTRAP_PASSWORD: 'correct horse battery',
      TRAPLINE_BOOTSTRAP_API_KEY: API_KEY,
      TRAPLINE_DISK_MIN_FREE_MIB: '0',
      TRAPLINE_QUERY_WORKERS: '1',
    }
    const headers = { 'x-api-key': API_KEY }
    let server = await startProcess(environment)
    let total = 0
    const lives = 4
    for (let life = 0; life < lives; life++) {
      // Several parts a run: each is a transaction that the kill may fall into.
      for (let n = 0; n < 6; n++) {
        const answer = await fetch(`${server.url}/ingest`, {
          ...{ method: 'POST', body: events(1000), headers },
        })
        expect(answer.status).toBe(200)
        total += 1000
      }
      await Bun.sleep(700 + life * 450)
      await server.kill()
      server = await startProcess(environment)
    }
    const through = {
      json: async (path: string) => (await fetch(server.url + path, { headers })).json(),
    }
    while ((await matched(through)) < total) await Bun.sleep(200)
    await Bun.sleep(2_500)
    expect(await matched(through)).toBe(total)
    await server.stop()
  },
  TIMEOUT_MS,
)
