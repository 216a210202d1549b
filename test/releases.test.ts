// Releases through the front door: a commit of a rule repository becomes what the server runs.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { backUp } from '../server/backup/backup.ts'
import { restore } from '../server/backup/restore.ts'
import { startServer } from '../server/main.ts'
import {
  API_KEY,
  eventually,
  startTestServer,
  type TestServer,
  testSettings,
} from './support/server.ts'

const RULE = '0a4c2f0e-3f43-4b0c-9df0-7a0e9e6d5d10'
const trapline = resolve(import.meta.dir, '../ci/trapline.ts')
const folder = mkdtempSync(join(tmpdir(), 'trapline-content-'))
setDefaultTimeout(60_000)
let server: TestServer
let stopped = false
const commits: string[] = []

const rule = (value: string) => `title: Marker Seen
id: ${RULE}
status: test
description: Sees a marker.
author: Ana
date: 2026-11-01
references:
    - https://example.org/marker
tags:
    - attack.t1059
logsource:
    product: windows
detection:
    marker:
        Image|endswith: '${value}'
    condition: marker
falsepositives:
    - Unlikely
level: high
`

const tests = (value: string) => `tests:
    - name: seen
      match: true
      events:
          - fields: { Image: 'C:${value}', product: windows }
    - name: not seen
      match: false
      events:
          - fields: { Image: 'C:\\other', product: windows }
`

/** Not `spawnSync`: the server runs in this process. */
async function command(...program: readonly string[]) {
  const child = Bun.spawn([...program], {
    cwd: folder,
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, TRAPLINE_SERVER: server?.url, TRAPLINE_API_KEY: API_KEY },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, out, err }
}

const git = (...args: readonly string[]) =>
  command('git', '-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', ...args)
const run = (...args: readonly string[]) => command(process.execPath, trapline, ...args)

async function commit(subject: string, ruleText: string, testText: string): Promise<string> {
  writeFileSync(join(folder, 'detections/marker.yml'), ruleText)
  writeFileSync(join(folder, 'detections/marker.test.yml'), testText)
  await git('add', '-A')
  await git('commit', '-qm', subject)
  const head = (await git('rev-parse', 'HEAD')).out.trim()
  commits.push(head)
  return head
}

/** How often the rule has fired. */
async function fired(image: string): Promise<number> {
  await server.ingest(JSON.stringify({ Image: image, product: 'windows' }))
  const { alerts } = await server.json(`/api/v1/alerts?rule=${RULE}`)
  return alerts.reduce((sum: number, alert: { count: number }) => sum + alert.count, 0)
}

beforeAll(async () => {
  mkdirSync(join(folder, 'detections'))
  server = await startTestServer()
  await git('init', '-q', '-b', 'main')
})
afterAll(async () => {
  if (!stopped) await server.stop()
  rmSync(server.data, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

test('the first start makes the program’s own content the first release', async () => {
  const { live, releases } = await server.json('/api/v1/releases')
  expect(releases).toMatchObject([{ commit: live, way: 'seed', status: 'live' }])
  expect(releases[0].rules).toBe((await server.json('/api/v1/detections/rules')).total)
  expect((await run('releases')).out).toContain('came with the program')
  const back = await run('rollback')
  expect([back.code, back.err]).toEqual([3, expect.stringContaining('nothing came before it')])
})

test('a pushed commit is checked, tested and live, and says whose it is', async () => {
  const head = await commit('first rule', rule('\\one.exe'), tests('\\one.exe'))
  const deployed = await run('deploy')
  expect([deployed.code, deployed.err]).toEqual([0, ''])
  const { live, releases } = await server.json('/api/v1/releases')
  expect(live).toBe(head)
  expect(releases).toMatchObject([
    { commit: head, status: 'live', way: 'push', subject: 'first rule', rules: 1, by: 'admin' },
    { way: 'seed' },
  ])
  expect((await server.json('/api/v1/detections/rules')).total).toBe(1)
  await eventually(
    () => fired('C:\\one.exe'),
    (count) => count > 0,
  )
})

test('a rule whose test fails is refused with its place, and nothing changes', async () => {
  await commit('broken', rule('\\two.exe'), tests('\\one.exe'))
  const { code, err } = await run('deploy')
  expect(code).toBe(2)
  expect(err).toContain('detections/marker')
  const { live, releases } = await server.json('/api/v1/releases')
  expect(live).toBe(commits[0]!)
  expect(releases[0]).toMatchObject({ commit: commits[1]!, status: 'refused', rules: 0 })
  const served = await server.json(`/api/v1/detections/rules/${RULE}`)
  expect(served.text).toContain('one.exe')
})

test('a rule that cannot run is refused', async () => {
  await commit(
    'no condition',
    rule('\\two.exe').replace('condition: marker', 'condition: nothing'),
    tests('\\two.exe'),
  )
  const { code, err } = await run('deploy')
  expect([code, err]).toEqual([2, expect.stringContaining('detections/marker.yml:')])
})

test('the next release replaces the first', async () => {
  const head = await commit('second rule', rule('\\two.exe'), tests('\\two.exe'))
  expect((await run('deploy')).code).toBe(0)
  expect((await server.json('/api/v1/releases')).live).toBe(head)
  const served = await server.json(`/api/v1/detections/rules/${RULE}`)
  expect(served.text).toContain('two.exe')
})

test('a commit that does not come after the live one is refused unless forced', async () => {
  await git('checkout', '-q', '-b', 'side', commits[0]!)
  const side = await commit('beside', rule('\\three.exe'), tests('\\three.exe'))
  const refused = await run('deploy', 'side')
  expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('409')])
  expect((await run('deploy', 'side', '--force')).code).toBe(0)
  expect((await server.json('/api/v1/releases')).live).toBe(side)
})

test('a rollback brings back what was live before, and is in the history and the audit log', async () => {
  const back = await run('rollback')
  expect([back.code, back.err]).toEqual([0, ''])
  const { live, releases } = await server.json('/api/v1/releases')
  expect(live).toBe(commits[3]!)
  expect(releases[0]).toMatchObject({ way: 'rollback', status: 'live', commit: commits[3]! })
  const { entries } = await server.json('/api/v1/audit?action=release')
  expect(entries[0]).toMatchObject({ action: 'release.rollback', object: `commit ${commits[3]}` })
})

test('a commit that was never live cannot be rolled back to', async () => {
  const { code, err } = await run('rollback', commits[1]!)
  expect([code, err]).toEqual([3, expect.stringContaining('never live')])
})

test.each([
  ['a body that is no bundle', 'not a bundle', 'the bundle cannot be taken'],
  [
    'half a bundle',
    `# v2 git bundle\n${'1'.repeat(40)} refs/heads/main\n\nPACK`,
    'the bundle cannot be taken',
  ],
  ['no body', '', 'must be a Git bundle'],
])('%s is refused', async (_, body, message) => {
  const answer = await server.fetch(`/api/v1/releases?commit=${commits[0]}`, {
    method: 'PUT',
    body,
  })
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(message)])
})

test('a key that only sends may not release', async () => {
  const { secret } = await server.json('/api/v1/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'sender', kind: 'ingest' }),
  })
  const headers = { 'x-api-key': secret }
  const answer = await server.fetch(`/api/v1/releases?commit=${commits[0]}`, {
    ...{ method: 'PUT', headers, body: 'x' },
  })
  expect(answer.status).toBe(403)
})

test('what is live stays live over a restart', async () => {
  const { live } = await server.json('/api/v1/releases')
  await server.stop()
  stopped = true
  const again = await startServer(testSettings(server.data))
  const answer = await fetch(`${again.url}/api/v1/releases`, { headers: { 'x-api-key': API_KEY } })
  const rules = await fetch(`${again.url}/api/v1/detections/rules`, {
    headers: { 'x-api-key': API_KEY },
  })
  expect([
    ((await answer.json()) as { live: string }).live,
    ((await rules.json()) as { total: number }).total,
  ]).toEqual([live, 1])
  await again.stop()
})

test('a backup holds the live content', async () => {
  const backup = join(folder, 'backup')
  const restored = join(folder, 'restored')
  await backUp(server.data, backup, () => {})
  await restore(backup, restored)
  const again = await startServer(testSettings(restored))
  const headers = { 'x-api-key': API_KEY }
  const answer = await fetch(`${again.url}/api/v1/detections/rules/${RULE}`, { headers })
  const served = (await answer.json()) as { text: string }
  await again.stop()
  expect(served.text).toContain('two.exe')
})
