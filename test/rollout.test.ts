// A rule's whole way from shadow to live: counted, judged, proposed, merged, released.
import { Database } from 'bun:sqlite'
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { partOf } from '../server/services/rollout-lane.ts'
import { openContentRepository } from './support/content.ts'
import { eventually, startTestServer, type TestServer } from './support/server.ts'

setDefaultTimeout(120_000)

const ID = '77777777-7777-4777-8777-777777777777'
const PATH = 'detections/marker.yml'
const RULE = `title: Marker Seen
id: ${ID}
status: test
logsource:
    category: test
detection:
    marker:
        message|contains: rolloutmarker
    condition: marker
level: high
trapline:
    description: '{host} said so'
    rollout:
        # Since the spring.
        stage: shadow   # not yet
        share: 0.5
        min_days: 3
        max_alerts_per_day: 10
`

const folder = mkdtempSync(join(tmpdir(), 'trapline-rollout-'))
const remote = join(folder, 'remote.git')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const post = (server: TestServer, path: string, body: object = {}) =>
  server.json(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
const rollout = (server: TestServer) => server.json(`/api/v1/detections/rules/${ID}/rollout`)
const proposals = async (server: TestServer) =>
  (await server.json('/api/v1/proposals')).proposals as readonly {
    readonly id: string
    readonly kind: string
    readonly state: string
    readonly branch: string
    readonly title: string
  }[]

/** Turns the time back at which the stage began. */
function age(server: TestServer, days: number): void {
  const state = new Database(join(server.data, 'state.db'))
  state.run('PRAGMA busy_timeout = 2000')
  state.run('UPDATE rollouts SET since = since - ?', [days * 86_400_000])
  state.run('UPDATE shadow_alerts SET created = created - 1')
  state.close()
}

const ingest = (server: TestServer, hosts: readonly string[]) =>
  server.ingest(
    hosts.map((host) => JSON.stringify({ host, message: 'a rolloutmarker came' })).join('\n'),
  )
const shadow = async (server: TestServer) =>
  (await server.json(`/api/v1/detections/shadow?rule=${ID}`)).total as number
const alerts = async (server: TestServer) =>
  (await server.json(`/api/v1/alerts?rule=${ID}&limit=100`)).alerts as readonly {
    readonly id: string
    readonly host: string
    readonly rule_stage: string
  }[]

test('a rule goes from shadow over canary to live by changes that the server proposes', async () => {
  const content = await openContentRepository(() => ({}))
  await content.git('init', '-q', '--bare', '-b', 'main', remote)
  await content.git('remote', 'add', 'origin', remote)
  await content.commit('marker', { [PATH]: RULE })
  await content.git('push', '-q', 'origin', 'main')
  const server = await startTestServer({
    TRAPLINE_CONTENT: remote,
    TRAPLINE_CONTENT_POLL_S: '86400',
  })
  const merge = async (branch: string) => {
    await content.git('fetch', '-q', 'origin')
    await content.git('merge', '-q', '--no-edit', `origin/${branch}`)
    await content.git('push', '-q', 'origin', 'main')
    await post(server, '/api/v1/releases/pull')
  }
  await eventually(
    () => server.json('/api/v1/detections/rules'),
    ({ rules }) => rules.some((rule: { id: string }) => rule.id === ID),
  )

  // In shadow it raises nothing, and what it would have raised is folded as alerts are.
  const hosts = Array.from({ length: 12 }, (_, n) => `host${n}`)
  await ingest(server, [...hosts, ...hosts])
  await eventually(
    () => shadow(server),
    (count) => count === 12,
  )
  expect(await alerts(server)).toEqual([])
  const [first] = (await server.json(`/api/v1/detections/shadow?rule=${ID}`)).alerts
  expect(first).toMatchObject({ stage: 'shadow', count: 2, title: 'Marker Seen' })
  expect(first.event_ids).toHaveLength(2)
  expect(await server.json('/api/v1/detections/metrics')).toMatchObject({
    ...{ alerts_24h: 0, shadow_alerts_24h: 12, matches_24h: 24 },
  })

  // Too soon: nothing is proposed.
  expect(await post(server, '/api/v1/detections/rollouts/run')).toMatchObject({ match_count: 0 })
  expect(await rollout(server)).toMatchObject({ stage: 'shadow', criteria: [{ met: false }, {}] })
  age(server, 4)
  expect(await rollout(server)).toMatchObject({
    ...{ stage: 'shadow', next_stage: 'canary' },
    criteria: [
      { name: 'min_days', wanted: 3, met: true },
      { name: 'max_alerts_per_day', wanted: 10, met: true },
    ],
  })
  // However often it is judged, one change is proposed.
  expect(await post(server, '/api/v1/detections/rollouts/run')).toMatchObject({ match_count: 1 })
  expect(await post(server, '/api/v1/detections/rollouts/run')).toMatchObject({ match_count: 0 })
  const [promotion] = await eventually(
    () => proposals(server),
    (found) => found[0]?.state === 'open',
  )
  expect(await proposals(server)).toHaveLength(1)
  expect(promotion).toMatchObject({
    kind: 'rollout',
    title: 'Promote Marker Seen from shadow to canary',
  })
  expect((await rollout(server)).decision).toMatchObject({
    to: 'canary',
    proposal_id: promotion!.id,
  })
  // Nothing changed by itself, and the change is one word.
  expect((await server.json(`/api/v1/detections/rules/${ID}`)).text).toContain('stage: shadow')
  await merge(promotion!.branch)
  expect(await content.git('show', `main:${PATH}`)).toBe(
    RULE.replace('stage: shadow ', 'stage: canary ').trim(),
  )

  // A canary raises alerts for its share of the hosts.
  await eventually(
    () => rollout(server),
    ({ stage }) => stage === 'canary',
  )
  expect((await rollout(server)).decision).toBeUndefined()
  const more = Array.from({ length: 40 }, (_, n) => `web${n}`)
  const inside = more.filter((host) => partOf(host) < 500)
  await ingest(server, more)
  await eventually(
    () => alerts(server),
    (found) => found.length >= inside.length,
  )
  await eventually(
    () => shadow(server),
    (count) => count === 12 + more.length - inside.length,
  )
  const raised = await alerts(server)
  expect(raised.map(({ host }) => host).sort()).toEqual(inside.toSorted())
  expect(new Set(raised.map(({ rule_stage }) => rule_stage))).toEqual(new Set(['canary']))
  const { id, host } = raised[0]!
  expect((await server.json(`/api/v1/alerts/${id}`)).description).toBe(`${host} said so`)

  // 40 alerts in less than a day are more than its criteria allow: the way back is proposed.
  await eventually(
    () => post(server, '/api/v1/detections/rollouts/run'),
    (run) => run.match_count === 1,
  )
  const [back] = await eventually(
    () => proposals(server),
    (found) => found.length === 2 && found[0]?.state === 'open',
  )
  expect(back?.title).toBe('Take back Marker Seen from canary to shadow')
  await server.dispose()
  content.dispose()
})

test('verdicts on what it would have raised make a precision', async () => {
  const rules = join(folder, 'rules')
  await Bun.write(
    join(rules, 'marker.yml'),
    RULE.replace('min_days: 3', 'min_precision: 0.8').replace('max_alerts_per_day: 10', ''),
  )
  const server = await startTestServer({ TRAPLINE_RULES: rules })
  await ingest(server, ['a', 'b', 'c', 'd', 'e'])
  await eventually(
    () => shadow(server),
    (count) => count === 5,
  )
  age(server, 2)
  expect((await rollout(server)).precision).toBeUndefined()
  const { alerts: waiting } = await server.json(`/api/v1/detections/shadow?rule=${ID}`)
  for (const [n, { id }] of waiting.entries()) {
    const verdict = n === 0 ? 'false_positive' : 'true_positive'
    expect(await post(server, `/api/v1/detections/shadow/${id}`, { verdict })).toMatchObject({
      ...{ verdict, judged_by: 'admin' },
    })
  }
  expect(await rollout(server)).toMatchObject({ precision: 0.8, next_stage: 'canary' })
  // The server does not change what lies in a folder of its own machine, and says so once.
  expect(await post(server, '/api/v1/detections/rollouts/run')).toMatchObject({ match_count: 1 })
  expect((await rollout(server)).decision.problem).toContain('TRAPLINE_RULES')
  expect(await post(server, '/api/v1/detections/rollouts/run')).toMatchObject({ match_count: 0 })
  expect((await server.fetch('/api/v1/detections/shadow/W-999', { method: 'POST' })).status).toBe(
    400,
  )
  await server.dispose()
})

test('a mute acts in the shadow lane as its filter will: what it covers is counted and nothing more', async () => {
  const rules = join(folder, 'muted')
  await Bun.write(join(rules, 'marker.yml'), RULE)
  const server = await startTestServer({ TRAPLINE_RULES: rules })
  await ingest(server, ['loud', 'calm'])
  const { alerts: waiting } = await eventually(
    () => server.json(`/api/v1/detections/shadow?rule=${ID}`),
    ({ total }) => total === 2,
  )
  const event_id = waiting.find(({ host }: { host: string }) => host === 'loud').event_id
  const mute = await post(server, `/api/v1/detections/rules/${ID}/suppressions`, {
    ...{ criteria: { '@host': 'loud' }, event_id, reason: 'a test host' },
  })
  await ingest(server, ['loud', 'other', 'loud'])
  const mutes = `/api/v1/detections/rules/${ID}/suppressions`
  await eventually(
    () => server.json(mutes),
    ({ suppressions }) => suppressions[0].matches === 2,
  )
  expect((await server.json(mutes)).suppressions[0]).toMatchObject({ id: mute.id, held: 0 })
  const after = await server.json(`/api/v1/detections/shadow?rule=${ID}`)
  expect(
    after.alerts.map(({ host, count }: { host: string; count: number }) => [host, count]).sort(),
  ).toEqual([
    ['calm', 1],
    ['loud', 1],
    ['other', 1],
  ])
  const { rules: listed } = await server.json(`/api/v1/detections/rules?text=${ID}`)
  expect(listed[0]).toMatchObject({ matches: 5 })
  await server.dispose()
})
