// Every alert keeps where its rule came from, and tells what became of it since.
import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { imageRule, openContentRepository, type TestContent } from './support/content.ts'
import { API_KEY, eventually, startTestServer, type TestServer } from './support/server.ts'

const RULE = '4d2e7b6c-3a19-4c55-8b0e-6f7a8b9c0d01'
const PATH = 'detections/marker.yml'
setDefaultTimeout(60_000)
let server: TestServer
let content: TestContent

const rule = (ends: string) => imageRule({ id: RULE, ends })
const TESTS = `tests:
    - name: seen
      match: true
      events:
          - fields: { Image: 'C:\\one.exe', product: windows }
    - name: not seen
      match: false
      events:
          - fields: { Image: 'C:\\other', product: windows }
`
const FILTER = `title: Lab Machines
id: 4d2e7b6c-3a19-4c55-8b0e-6f7a8b9c0d02
description: Machines of the lab.
author: Ana
date: 2026-11-01
status: test
logsource:
    product: windows
filter:
    rules:
        - ${RULE}
    lab:
        host: lab
    condition: not lab
`

async function fire(image: string, host: string, time = new Date().toISOString()) {
  await server.ingest(JSON.stringify({ Image: image, product: 'windows', host, timestamp: time }))
  const found = await eventually(
    () => server.json(`/api/v1/alerts?rule=${RULE}&host=${host}`),
    ({ alerts }) => alerts.length > 0,
  )
  return found.alerts[0]
}
const provenance = (id: string) => server.json(`/api/v1/alerts/${id}/provenance`)

beforeAll(async () => {
  server = await startTestServer()
  content = await openContentRepository(() => ({
    TRAPLINE_SERVER: server.url,
    TRAPLINE_API_KEY: API_KEY,
  }))
})
afterAll(async () => {
  await server.dispose()
  content.dispose()
})

let commits: string[] = []
let alerts: { id: string }[] = []

test('an alert keeps release, commit, hashes and test status of its moment', async () => {
  const wrote = await content.commit('the rule', {
    [PATH]: rule('\\one.exe'),
    'detections/marker.test.yml': TESTS,
  })
  const beside = await content.commit('beside', { 'detections/README.md': 'Rules.\n' })
  expect((await content.trapline('deploy')).code).toBe(0)
  const alert = await fire('C:\\one.exe', 'pc-1')
  const kept = await provenance(alert.id)
  expect(kept).toMatchObject({
    provenance: {
      ...{ release: beside, rule_commit: wrote, path: PATH, line: 1, overlay: false, filters: [] },
      text_hash: new Bun.CryptoHasher('sha256').update(rule('\\one.exe')).digest('hex'),
      tests: { status: 'passed', positive: 1, negative: 1 },
    },
    now: { state: 'same', fires: true, diff: null },
  })
  expect(kept.blame).toMatchObject([{ commit: wrote, author: 'Ana', subject: 'the rule' }])
  commits = [wrote, beside]
  alerts = [alert]
})

test('a filter that comes later is named, and whether the rule would fire', async () => {
  const lab = await fire('C:\\one.exe', 'lab')
  await content.commit('a filter', { 'detections/filters/lab.yml': FILTER })
  expect((await content.trapline('deploy')).code).toBe(0)
  expect((await provenance(lab.id)).now).toMatchObject({
    ...{ state: 'reshaped', fires: false, diff: null },
    ...{ filters_added: ['Lab Machines'], filters_gone: [] },
  })
  const alert = await fire('C:\\one.exe', 'pc-2')
  expect((await provenance(alert.id)).provenance).toMatchObject({
    rule_commit: commits[0]!,
    filters: [{ title: 'Lab Machines', path: 'detections/filters/lab.yml' }],
  })
  // The first alert still says what it was made with.
  expect((await provenance(alerts[0]!.id)).provenance).toMatchObject({
    ...{ release: commits[1]!, filters: [] },
  })
})

test('the old text stays beside the new one', async () => {
  const changed = await content.commit('another image', {
    [PATH]: rule('\\two.exe'),
    'detections/marker.test.yml': null,
  })
  expect((await content.trapline('deploy')).code).toBe(0)
  const { now, blame } = await provenance(alerts[0]!.id)
  expect(now).toMatchObject({ state: 'changed', fires: false })
  expect(now.diff).toContain("-        Image|endswith: '\\one.exe'")
  expect(now.diff).toContain("+        Image|endswith: '\\two.exe'")
  expect(blame).toMatchObject([{ commit: commits[0]! }])
  const alert = await fire('C:\\two.exe', 'pc-3')
  const kept = await provenance(alert.id)
  expect(kept.provenance).toMatchObject({ release: changed, tests: { status: 'none' } })
  expect(
    kept.blame.map(({ commit, lines }: { commit: string; lines: number }) => [commit, lines]),
  ).toEqual([
    [changed, 1],
    [commits[0]!, expect.any(Number)],
  ])
})

test('a rule that is gone is told of, with its text', async () => {
  await content.commit('gone', {
    [PATH]: null,
    'detections/filters/lab.yml': null,
    'detections/other.yml': imageRule({
      ...{ id: '4d2e7b6c-3a19-4c55-8b0e-6f7a8b9c0d03', title: 'Other', ends: '\\x.exe' },
    }),
  })
  expect((await content.trapline('deploy')).code).toBe(0)
  const { now, blame } = await provenance(alerts[0]!.id)
  expect(now).toMatchObject({ state: 'removed', fires: null })
  expect(blame).toHaveLength(1)
  expect((await server.json(`/api/v1/alerts/${alerts[0]!.id}`)).rule_text).toContain('one.exe')
})

test('an alert whose event left by retention is told of all the same', async () => {
  expect((await content.trapline('rollback')).code).toBe(0)
  const old = new Date(Date.now() - 5 * 86_400_000).toISOString()
  const alert = await fire('C:\\two.exe', 'pc-4', old)
  const { event_id } = await server.json(`/api/v1/alerts/${alert.id}`)
  await server.stop()
  const name = readdirSync(join(server.data, 'events')).find((file) =>
    file.startsWith(old.slice(0, 10)),
  )
  // As if it had been stored when it happened.
  using day = new Database(join(server.data, 'events', name!))
  day.run("UPDATE meta SET value = ? WHERE key = 'sealed_at'", [Date.parse(old)])
  day.close()
  server = await startTestServer({ TRAPLINE_RETENTION_DAYS: '2' }, server.data)
  await eventually(
    () => server.fetch(`/api/v1/events/${event_id}`),
    ({ status }) => status === 404,
  )
  const { provenance: kept, now, blame } = await provenance(alert.id)
  expect(now).toMatchObject({ state: 'same', fires: true })
  expect(blame).toMatchObject([{ subject: 'another image' }, { commit: commits[0]! }])
  expect(kept).toMatchObject({ path: PATH })
})
