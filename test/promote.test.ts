// Rows made alerts by hand, and what people say of rules.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { eventually, startTestServer, type TestServer } from './support/server.ts'

setDefaultTimeout(60_000)

const RULE = '6cfe5d00-ce9f-497d-ad6c-d62fbde40b4b'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.dispose())

let second = 0
const line = (user: string, host: string, command = '/usr/bin/ls https://evil.example.com/x') => {
  const at = new Date(Date.now() - 60_000 + second++ * 1000).toISOString()
  return `<86>1 ${at} ${host} sudo 88 - - ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=${command}`
}
async function send(text: string): Promise<string> {
  await server.ingest(text, '/ingest?source=linux_auth')
  const stamp = text.split(' ')[1]
  const found = await eventually(
    () => server.json(`/api/v1/search?limit=50&from=now-1h&q=${encodeURIComponent(`"${stamp}"`)}`),
    ({ count }) => count > 0,
  )
  return found.events[0].id
}
const call = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  server.fetch(path, { method: 'POST', body: JSON.stringify(body), headers })
const promote = (id: string, body: unknown = {}, headers?: Record<string, string>) =>
  call(`/api/v1/siem/logs/${id}/promote`, body, headers)
const alert = (id: string) => server.json(`/api/v1/alerts/${id}`)

describe('promotion', () => {
  test('makes an alert with observables, once', async () => {
    const id = await send(line('eve', 'web-1'))
    const first = await (await promote(id)).json()
    expect(first).toMatchObject({ created: true, repeated: false, case_id: null })
    expect(first.observables).toContainEqual({ type: 'domain', value: 'evil.example.com' })
    expect(await alert(first.alert_id)).toMatchObject({
      ...{ rule_id: 'manual', host: 'web-1', user: 'eve', event_id: id, count: 1, status: 'new' },
    })
    const again = await (await promote(id)).json()
    expect(again).toMatchObject({ alert_id: first.alert_id, created: false, repeated: true })
    expect((await alert(first.alert_id)).count).toBe(1)
    expect((await alert(first.alert_id)).observables).toEqual(
      expect.arrayContaining(first.observables),
    )
    const linked = (await alert(first.alert_id)).activity
    expect(linked.map(({ what }: { what: string }) => what)).toEqual(['created', 'promoted'])
  })

  test('folds into an open alert of the same hash, and opens another when that is closed', async () => {
    const one = await (await promote(await send(line('ann', 'db-1')))).json()
    const two = await (await promote(await send(line('ANN', 'db-1')))).json()
    expect(two).toMatchObject({ alert_id: one.alert_id, created: false, repeated: false })
    const { version, count } = await alert(one.alert_id)
    expect(count).toBe(2)
    await server.json(`/api/v1/alerts/${one.alert_id}`, {
      method: 'PATCH',
      body: JSON.stringify({ status: 'resolved', version }),
    })
    const three = await (await promote(await send(line('ann', 'db-1')))).json()
    expect(three.created).toBe(true)
    expect((await alert(three.alert_id)).previous_id).toBe(one.alert_id)
  })

  test('under a rule it has the hash that detection gives', async () => {
    const id = await send(line('kim', 'app-1', '/bin/bash'))
    const [raised] = await eventually(
      async () => (await server.json(`/api/v1/alerts?rule=${RULE}&host=app-1`)).alerts,
      (found) => found.length === 1,
    )
    const same = await (await promote(id, { rule_id: RULE })).json()
    expect(same).toMatchObject({ alert_id: raised.id, repeated: true })
    const missed = await send(line('kim', 'app-1'))
    const refused = await promote(missed, { rule_id: RULE })
    expect(refused.status).toBe(409)
    expect((await refused.json()).error.message).toContain(`rule ${RULE} does not match event`)
    const other = await (await promote(missed, { rule_id: RULE, override: true })).json()
    const [entry] = (await server.json('/api/v1/audit?action=alert.promote&limit=1')).entries
    expect(entry.after).toContain('"unmatched":true')
    expect(other).toMatchObject({ alert_id: raised.id, created: false, repeated: false })
    expect((await alert(raised.id)).count).toBe(2)
    const { rules } = await server.json(`/api/v1/detections/rules?text=${RULE}`)
    expect(rules[0].matches).toBe(1)
  })

  test('of a muted event names the mute, and can be forced on the record', async () => {
    await send(line('zed', 'app-2', '/bin/bash'))
    const muted = await call(`/api/v1/detections/rules/${RULE}/suppressions`, {
      criteria: { '@user': 'zed' },
      reason: 'a test account',
    })
    expect(muted.status).toBe(201)
    const id = await send(line('zed', 'app-3', '/bin/bash'))
    const refused = await promote(id)
    expect(refused.status).toBe(409)
    expect((await refused.json()).error.message).toContain('muted by S-1')
    const forced = await promote(id, { override: true })
    expect(forced.status).toBe(200)
    const [entry] = (await server.json('/api/v1/audit?action=alert.promote&limit=1')).entries
    expect(entry.after).toContain('"override":"S-1"')
  })

  test.each([
    ['20261121-000000999999', {}, 404, 'no event'],
    [undefined, { rule_id: 'nothing' }, 404, 'no rule nothing'],
    [undefined, { create_case: true }, 400, 'no cases yet'],
  ])('of %p with %p answers %p', async (given, body, status, message) => {
    const id = given ?? (await send(line('eve', 'web-9')))
    const refused = await promote(id, body)
    expect(refused.status).toBe(status)
    expect((await refused.json()).error.message).toContain(message)
  })

  test('needs alerts:write', async () => {
    const password = 'correct horse battery'
    const body = JSON.stringify({ name: 'vic', password, role: 'viewer' })
    await server.json('/api/v1/users', { method: 'POST', body })
    const vic = { authorization: `Basic ${btoa(`vic:${password}`)}` }
    expect((await promote('20261121-000000000001', {}, vic)).status).toBe(403)
  })
})

describe('feedback', () => {
  const path = `/api/v1/detections/rules/${RULE}/feedback`

  test('counts, and a false positive may close its alert', async () => {
    await send(line('joe', 'app-7', '/bin/bash'))
    const [raised] = await eventually(
      async () => (await server.json(`/api/v1/alerts?rule=${RULE}&host=app-7`)).alerts,
      (found) => found.length === 1,
    )
    const unsaid = await call(path, { verdict: 'false_positive', alert_id: raised.id })
    expect(unsaid.status).toBe(400)
    const about = { verdict: 'false_positive', reason: 'admins at work', alert_id: raised.id }
    expect((await call(path, about)).status).toBe(201)
    expect((await alert(raised.id)).status).toBe('new')
    expect((await call(path, { ...about, close_alert: true })).status).toBe(201)
    expect(await alert(raised.id)).toMatchObject({
      ...{ status: 'false_positive', verdict: 'false_positive_logic', reason: 'admins at work' },
    })
    expect((await call(path, { verdict: 'true_positive', event_id: raised.event_id })).status).toBe(
      201,
    )
    const seen = await server.json(path)
    expect(seen).toMatchObject({ true_positive: 1, false_positive: 1, false_positive_ratio: 0.5 })
    expect(seen.feedback).toHaveLength(3)
  })

  test('about an event that the rule does not match is refused by name', async () => {
    const event_id = await send(line('joe', 'app-8'))
    const refused = await call(path, { verdict: 'true_positive', event_id })
    expect(refused.status).toBe(400)
    expect((await refused.json()).error.message).toContain(`does not match event ${event_id}`)
  })

  test.each([
    ['/api/v1/detections/rules/nothing/feedback', {}, 404],
    [path, { alert_id: 'A-99999' }, 404],
    [path, { event_id: '20261121-000000999999' }, 404],
    [path, { alert_id: 'A-1' }, 400],
    [path, { close_alert: true }, 400],
  ])('%s with %p is refused', async (where, body, status) => {
    expect((await call(where, { verdict: 'true_positive', ...body })).status).toBe(status)
  })
})
