// Hunts through the front door: kept on the server and in Git, shared, run into a ledger of what is new.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  API_KEY,
  eventually,
  PASSWORD,
  startTestServer,
  type TestServer,
} from './support/server.ts'

setDefaultTimeout(60_000)

const HUNTS = '/api/v1/siem/hunts'
const BASIC = (name: string) => `Basic ${btoa(`${name}:${PASSWORD}`)}`
const as = (name: string, body?: unknown, method = 'POST'): RequestInit => ({
  method,
  headers: { authorization: BASIC(name), 'content-type': 'application/json' },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
})
const post = (body: unknown, method = 'POST') => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

let server: TestServer
const event = (message: string, more: object = {}) =>
  JSON.stringify({ source: 'app', host: 'web-1', message, time: new Date().toISOString(), ...more })
const run = (id: string) => server.json(`${HUNTS}/${id}/run?wait=true`, { method: 'POST' })

beforeAll(async () => {
  server = await startTestServer()
  for (const [name, role] of Object.entries({ ana: 'analyst', eve: 'viewer', max: 'engineer' }))
    await server.json('/api/v1/users', post({ name, password: PASSWORD, role }))
})
afterAll(() => server.dispose())

describe('a hunt of the server', () => {
  test('keeps query, source, severity, host and range, and only its owner changes it', async () => {
    const made = await server.json(
      HUNTS,
      as('ana', {
        title: 'Refused logins',
        query: 'failed or denied',
        source: ['app'],
        severity: 'high',
        host: 'web-*',
        range: '7d',
      }),
    )
    expect(made).toMatchObject({
      ...{ title: 'Refused logins', query: 'failed or denied', source: ['app'], range: '7d' },
      ...{ severity: ['high'], host: ['web-*'], sharing_mode: 'private', created_by: 'ana' },
      ...{ is_owner: true, place: 'database', version: 1, running: false },
    })
    const path = `${HUNTS}/${made.id}`
    expect((await server.fetch(path)).status).toBe(404)
    const shared = await server.json(
      path,
      as('ana', { sharing_mode: 'roles', shared_with_roles: ['engineer'], version: 1 }, 'PATCH'),
    )
    expect(shared).toMatchObject({ sharing_mode: 'roles', version: 2, host: ['web-*'] })
    expect((await server.fetch(path, as('max', undefined, 'GET'))).status).toBe(200)
    expect((await server.fetch(path, as('eve', undefined, 'GET'))).status).toBe(404)
    expect((await server.fetch(path, as('max', { title: 'Mine' }, 'PATCH'))).status).toBe(403)
    expect((await server.fetch(path, as('max', undefined, 'DELETE'))).status).toBe(403)
    expect((await server.fetch(path, as('ana', { title: 'x', version: 1 }, 'PATCH'))).status).toBe(
      409,
    )
    await server.json(path, as('ana', { sharing_mode: 'team' }, 'PATCH'))
    expect(await server.json(path, as('eve', undefined, 'GET'))).toMatchObject({ is_owner: false })
    expect((await server.fetch(`${path}/run`, as('eve'))).status).toBe(403)
    expect(await server.json(path, as('ana', undefined, 'DELETE'))).toEqual({ removed: made.id })
    const { entries } = await server.json('/api/v1/audit?action=hunt')
    expect(entries.map(({ action }: { action: string }) => action)).toEqual([
      ...['hunt.remove', 'hunt.change', 'hunt.change', 'hunt.create'],
    ])
  })

  test.each([
    [{ query: 'a' }, 'title'],
    [{ title: 'T' }, 'query'],
    [{ title: 'T', query: '(a' }, 'query'],
    [{ title: 'T', query: 'a', range: 'long ago' }, 'range'],
    [{ title: 'T', query: 'a', schedule: '5s' }, 'too often'],
    [{ title: 'T', query: 'a', colour: 'red' }, 'colour'],
    [{ yaml: 'title: T' }, 'id'],
    [{ title: 'T', query: 'a', tags: ['Attack'] }, 'tags'],
  ])('%j is refused for its %s', async (body, why) => {
    const answer = await server.fetch(HUNTS, post(body))
    expect(answer.status).toBe(400)
    expect((await answer.json()).error.message).toContain(why)
  })

  test.each([
    [{ title: 'a\nb', query: 'x' }, 'title: must be one line'],
    [{ title: 'a\0b', query: 'x' }, 'title: must be one line'],
    [{ title: 'T', query: 'x', tags: ['a'] }, 'must be like attack.t1078'],
    [{ title: 'T', query: 'x', schedule: '367d' }, 'too seldom: at most 366d'],
    [{ title: 'T', query: 'x', sharing_mode: 'roles' }, 'name the roles'],
    [{ title: 'T', yaml: 'title: U' }, 'yaml says everything'],
    [{ yaml: 'title: U' }, 'line 1: id: is missing'],
    [
      { yaml: 'title: "a\\tb"\nid: 4a54a5a4-0d6f-4d0c-8f57-9d7b4b5b5a11\nquery: x' },
      'title: must be one line',
    ],
  ])('%j is refused with its reason', async (body, message) => {
    const refused = await server.fetch(HUNTS, post(body))
    expect(refused.status).toBe(400)
    expect((await refused.json()).error.message).toContain(message)
  })

  test('an address of the search page becomes a hunt, and leads back to it', async () => {
    const search = '/search?q=failed+login&from=now-7d&cols=user%2Chost&group=user&rule=r1'
    const made = await server.json(HUNTS, post({ title: 'From a search', search }))
    expect(made).toMatchObject({ query: 'failed login', range: '7d', rule: 'r1' })
    expect(made.search_url).toBe(search)
    const yaml = await (await server.fetch(`${HUNTS}/${made.id}/file`)).text()
    expect(yaml).toContain('group: user')
    await server.json(`${HUNTS}/${made.id}`, { method: 'DELETE' })
    expect(await server.json(HUNTS, post({ yaml }))).toEqual({
      ...made,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    })
  })
})

describe('runs', () => {
  test('tell exactly what came in since the last, late events included', async () => {
    const { id } = await server.json(
      HUNTS,
      post({ title: 'Needles', query: 'needle', range: '1h' }),
    )
    await server.ingest([event('needle 1'), event('needle 2'), event('hay')].join('\n'))
    const first = await run(id)
    expect(first).toMatchObject({ status: 'ok', match_count: 2, new_count: 2, first: 'first-run' })
    const { entries } = await server.json('/api/v1/audit?action=hunt.run&limit=1')
    expect(entries).toMatchObject([{ object: `hunt ${id}`, after: first.id, who: 'admin' }])
    expect(await run(id)).toMatchObject({ match_count: 2, new_count: 0, sample_event_ids: [] })
    const past = new Date(Date.now() - 30 * 60_000).toISOString()
    const ahead = new Date(Date.now() + 3600_000).toISOString()
    await server.ingest(
      [event('needle late', { time: past }), event('needle ahead', { time: ahead })].join('\n'),
    )
    const third = await run(id)
    expect(third).toMatchObject({ match_count: 3, new_count: 2 })
    expect(third.samples.map(({ message }: { message: string }) => message)).toEqual([
      'needle ahead',
      'needle late',
    ])
    const { runs } = await server.json(`${HUNTS}/${id}/runs`)
    expect(runs.map((one: { new_count: number }) => one.new_count)).toEqual([2, 0, 2])
    expect(await server.json(`${HUNTS}/${id}`)).toMatchObject({
      ...{ last_match_count: 3, last_new_count: 2, last_status: 'ok', running: false },
      last_run_at: third.started,
    })
  })

  test('of another query tell everything as new, and say so', async () => {
    const { id } = await server.json(
      HUNTS,
      post({ title: 'Changing', query: 'needle', range: '1h' }),
    )
    await run(id)
    await server.json(`${HUNTS}/${id}`, post({ query: 'hay' }, 'PATCH'))
    expect(await run(id)).toMatchObject({ match_count: 1, new_count: 1, first: 'search-changed' })
  })

  test('by the clock are planned as soon as there is a schedule', async () => {
    const { id } = await server.json(
      HUNTS,
      post({ title: 'Every minute', query: 'needle', schedule: '1m', sharing_mode: 'team' }),
    )
    const { next_run_at: next } = await server.json(`${HUNTS}/${id}`)
    expect(Date.parse(next)).toBeGreaterThan(Date.now() - 1000)
    expect(Date.parse(next)).toBeLessThanOrEqual(Date.now() + 60_000)
    await server.json(`${HUNTS}/${id}`, post({ schedule: null }, 'PATCH'))
    expect(await server.json(`${HUNTS}/${id}`)).not.toHaveProperty('next_run_at')
  })
})

test('an id under which another hunt ran is not given again', async () => {
  const yaml = 'title: T\nid: a1f3c1de-6a77-4f0e-9f43-b2a0d5a1c1ff\nquery: needle\n'
  const { id } = await server.json(HUNTS, as('ana', { yaml }))
  await server.json(`${HUNTS}/${id}/run?wait=true`, as('ana'))
  await server.json(`${HUNTS}/${id}`, as('ana', undefined, 'DELETE'))
  const answer = await server.fetch(HUNTS, as('max', { yaml }))
  expect(answer.status).toBe(409)
})

describe('a hunt of Git', () => {
  const shipped = '5d0c2f4e-70f5-4c8e-9d3f-2f1f7a6f3b01'

  test('is there from the start, shared with everyone, with its schedule', async () => {
    const hunt = await eventually(
      () => server.json(`${HUNTS}/${shipped}`, as('eve', undefined, 'GET')),
      ({ next_run_at }) => next_run_at !== undefined,
    )
    expect(hunt).toMatchObject({
      ...{ place: 'git', path: 'hunts/web_server_starts_shell.yml', is_owner: false },
      schedule: '1d',
    })
  })

  test('changes by proposal alone', async () => {
    const answer = await server.fetch(`${HUNTS}/${shipped}`, as('ana', { schedule: '6h' }, 'PATCH'))
    expect(answer.status).toBe(202)
    const proposed = await answer.json()
    expect(proposed).toEqual({
      ...{ branch: expect.any(String), commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
      ...{ pull_request_url: null, draft_id: expect.any(String) },
    })
    expect(await server.json(`${HUNTS}/${shipped}`)).toMatchObject({ schedule: '1d' })
  })

  test('is what a published hunt becomes once its proposal is merged; its ledger goes on', async () => {
    const { id } = await server.json(
      HUNTS,
      as('ana', { title: 'To be shared', query: 'needle', hypothesis: 'Needles are found.' }),
    )
    await server.json(`${HUNTS}/${id}/run?wait=true`, as('ana'))
    const { draft_id } = await server.json(`${HUNTS}/${id}/publish`, as('ana'))
    const merged = { method: 'POST', headers: { 'x-api-key': API_KEY } }
    await server.json(`/api/v1/proposals/${draft_id}/merge`, merged)
    const hunt = await eventually(
      () => server.json(`${HUNTS}/${id}`, as('ana', undefined, 'GET')),
      ({ place }) => place === 'git',
    )
    expect(hunt).toMatchObject({
      path: 'hunts/to_be_shared.yml',
      owner: 'ana',
      sharing_mode: 'team',
    })
    expect(hunt).toHaveProperty('last_run_at')
    await eventually(
      () => server.json('/api/v1/audit?action=hunt.remove'),
      ({ entries }) => entries[0]?.object.includes(id),
    )
  })
})

describe('a hunt that becomes a detection', () => {
  const shipped = 'b9f0a1d7-6c3e-4f28-9a15-3d8c2e7b6a05'
  const login = (n: number, from: string, word = 'Accepted') =>
    `${new Date(Date.now() - n * 60_000).toISOString().slice(0, 19)}Z web-${n} sshd[4${n}]: ${word} password for deploy from ${from} port 51${n} ssh2`

  test('brings its rule, tests of hits and near misses without names, and lineage both ways', async () => {
    const lines = [
      ...[login(1, '203.0.113.7'), login(2, '198.51.100.9'), login(3, '10.0.0.8')],
      login(4, '203.0.113.7', 'Failed'),
    ]
    await server.ingest(lines.join('\n'), '/ingest?source=linux_auth')
    const preview = await server.json(`${HUNTS}/${shipped}/promotion`, as('max', { level: 'high' }))
    expect(preview.problems).toEqual([])
    expect(
      preview.findings.filter(({ severity }: { severity: string }) => severity === 'error'),
    ).toEqual([])
    expect(preview.logsource).toEqual({ product: 'linux', service: 'sshd' })
    expect(
      preview.tests.map(({ match, passed }: { match: boolean; passed: boolean }) => [
        match,
        passed,
      ]),
    ).toEqual([
      ...[
        [true, true],
        [true, true],
        [false, true],
        [false, true],
      ],
    ])
    expect(preview.text).toContain(`related:\n    - id: ${shipped}\n      type: derived`)
    expect(preview.test_text).not.toContain('deploy')
    expect(
      preview.volume.days.reduce((sum: number, { count }: { count: number }) => sum + count, 0),
    ).toBe(2)

    expect((await server.fetch(`${HUNTS}/${shipped}/promote`, as('ana', {}))).status).toBe(403)
    const { draft_id } = await server.json(
      `${HUNTS}/${shipped}/promote`,
      as('max', { level: 'high' }),
    )
    const again = await server.json(`${HUNTS}/${shipped}/promote`, as('max', { level: 'high' }))
    expect(again.draft_id).toBe(draft_id)
    const { paths } = await server.json(`/api/v1/proposals/${draft_id}`)
    expect(paths.sort()).toEqual([
      'detections/linux/ssh_logins_from_public_addresses.test.yml',
      'detections/linux/ssh_logins_from_public_addresses.yml',
      'hunts/ssh_logins_from_internet.yml',
    ])
    await server.json(`/api/v1/proposals/${draft_id}/merge`, { method: 'POST' })
    const hunt = await eventually(
      () => server.json(`${HUNTS}/${shipped}`),
      ({ detections }) => detections.length > 0,
    )
    const rule = await server.json(`/api/v1/detections/rules/${hunt.detections[0]}`)
    expect(rule).toMatchObject({ title: 'SSH logins from public addresses', level: 'high' })
    expect((await server.fetch(`${HUNTS}/${shipped}/promote`, as('max', {}))).status).toBe(409)
    await server.ingest(login(0, '203.0.113.99'), '/ingest?source=linux_auth')
    await eventually(
      () => server.json(`/api/v1/alerts?rule=${hunt.detections[0]}`),
      ({ alerts }) => alerts.length === 1,
    )
  })

  test.each([
    ['user:>=b', 'text-order'],
    ['no_such_field:nothing', 'no-hits'],
  ])('%s is refused by name: %s', async (query, code) => {
    const { id } = await server.json(HUNTS, post({ title: 'Not a rule', query }))
    const answer = await server.fetch(`${HUNTS}/${id}/promote`, post({}))
    expect(answer.status).toBe(400)
    expect((await answer.json()).error.message).toContain(code)
  })
})

describe('pages of hunts', () => {
  const shipped = '6b2e8f15-0d94-4b7a-8e21-c7a5d1f3b907'
  const get = (path: string, name: string) => server.fetch(path, as(name, undefined, 'GET'))

  test('offer what the reader may do, and nothing else', async () => {
    const viewer = await (await get(`/hunts/${shipped}`, 'eve')).text()
    expect(viewer).toContain('Names with long labels')
    expect(viewer).not.toContain('Run now')
    const analyst = await (await get(`/hunts/${shipped}`, 'ana')).text()
    expect(analyst).toContain('Run now')
    expect(analyst).not.toContain(`/hunts/${shipped}/promote`)
    expect(await (await get(`/hunts/${shipped}`, 'max')).text()).toContain('/promote')
  })

  test.each([
    ['/hunts/new', 'eve', 403],
    [`/hunts/${shipped}/edit`, 'eve', 403],
    [`/hunts/${shipped}/promote`, 'ana', 403],
    ['/hunts/00000000-0000-4000-8000-000000000000', 'max', 404],
    [`/hunts/${shipped}/runs/none`, 'max', 404],
  ])('%s answers %s with %d', async (path, name, status) => {
    expect((await get(path, name)).status).toBe(status)
  })

  test('show log text as text', async () => {
    const title = '<script>alert(1)</script>'
    const { id } = await server.json(HUNTS, as('ana', { title, query: 'a "<b>"' }))
    const html = await (await get(`/hunts/${id}`, 'ana')).text()
    expect(html).not.toContain('<script>alert')
    expect(html).toContain('&lt;script&gt;alert(1)')
  })
})
