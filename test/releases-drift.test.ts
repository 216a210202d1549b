// Drift: what runs and is not what the followed branch says, and the ways to make both say the same.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runIn } from '../server/releases/repository.ts'
import { imageRule, openContentRepository, type TestContent } from './support/content.ts'
import { API_KEY, eventually, startTestServer, type TestServer } from './support/server.ts'

const RULE = '7e0c9a52-1f4b-4c8f-a1d1-0c7b5c3e9d01'
const OVERLAID = '7e0c9a52-1f4b-4c8f-a1d1-0c7b5c3e9d02'
const PATH = 'detections/marker.yml'
setDefaultTimeout(60_000)
const folder = mkdtempSync(join(tmpdir(), 'trapline-drift-'))
const overlay = join(folder, 'extra')
let server: TestServer
let content: TestContent

const rule = (ends: string) => imageRule({ id: RULE, ends })
const live = async () => (await server.json('/api/v1/releases')).live
const drift = () => server.json('/api/v1/drift')
const post = (path: string, body: object = {}) =>
  server.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const pull = () => post('/api/v1/releases/pull')

beforeAll(async () => {
  mkdirSync(overlay)
  writeFileSync(join(overlay, 'one.yml'), imageRule({ id: OVERLAID, ends: '\\overlaid.exe' }))
  content = await openContentRepository(() => ({
    TRAPLINE_SERVER: server?.url ?? '',
    TRAPLINE_API_KEY: API_KEY,
  }))
  const first = await content.commit('one', { [PATH]: rule('\\one.exe') })
  server = await startTestServer({
    TRAPLINE_CONTENT: content.folder,
    TRAPLINE_CONTENT_POLL_S: '86400',
    TRAPLINE_RULES: overlay,
  })
  await eventually(live, (commit) => commit === first)
})
afterAll(async () => {
  await server.dispose()
  content.dispose()
  rmSync(folder, { recursive: true, force: true })
})

test('what runs is what the branch says', async () => {
  expect(await drift()).toMatchObject({
    drifted: false,
    branch: { name: 'main', state: 'same', waiting: [], unmerged: [], files: [] },
    overlays: [{ path: overlay, state: 'same', files: 1, rules: 1 }],
    mutes: [],
  })
  const { code, out } = await content.trapline('drift')
  expect([code, out]).toEqual([0, expect.stringContaining('what runs is what the branch says')])
})

test('after a rollback the branch is ahead of what runs; reverting takes its head', async () => {
  const second = await content.commit('two', { [PATH]: rule('\\two.exe') })
  expect((await pull()).status).toBe(200)
  expect((await content.trapline('rollback')).code).toBe(0)
  expect(await drift()).toMatchObject({
    drifted: true,
    branch: {
      ...{ state: 'behind', head: second, unmerged: [] },
      waiting: [{ commit: second, subject: 'two' }],
      files: [{ status: 'M', path: PATH }],
    },
  })
  const shown = await content.trapline('drift')
  expect([shown.code, shown.out]).toEqual([1, expect.stringContaining('two (Ana')])
  expect((await content.trapline('drift', '--revert')).code).toBe(0)
  expect([await live(), (await drift()).drifted]).toEqual([second, false])
  expect((await post('/api/v1/drift/revert')).status).toBe(409)
})

test('a rollback goes back to what came with the program, too', async () => {
  const first = await content.git('rev-parse', 'main~1')
  const back = await content.trapline('rollback', first)
  expect(back.code).toBe(0)
  const further = await content.trapline('rollback')
  expect([further.code, further.err]).toEqual([0, ''])
  const { releases } = await server.json('/api/v1/releases')
  expect(releases.at(-1)).toMatchObject({ way: 'seed', commit: await live() })
  expect((await server.json('/api/v1/detections/rules')).total).toBeGreaterThan(40)
  expect((await content.trapline('drift', '--revert')).code).toBe(0)
})

test('an emergency push shows until Git has it, and a pull request brings it there', async () => {
  await content.git('checkout', '-q', '-b', 'emergency')
  const urgent = await content.commit('urgent', { [PATH]: rule('\\urgent.exe') })
  expect((await content.trapline('deploy', '--force')).code).toBe(0)
  await content.git('checkout', '-q', 'main')
  expect(await drift()).toMatchObject({
    drifted: true,
    branch: { state: 'ahead', unmerged: [{ commit: urgent, subject: 'urgent' }] },
  })
  await content.commit('beside', { 'detections/README.md': 'Rules.\n' })
  const refused = await pull()
  expect([refused.status, await refused.text()]).toEqual([
    422,
    expect.stringContaining('unmerged-live'),
  ])
  expect(await live()).toBe(urgent)
  const answer = await post('/api/v1/drift/propose', { what: 'live' })
  expect(answer.status).toBe(202)
  const proposed = (await answer.json()) as { branch: string; commit: string }
  const text = await runIn(join(server.data, 'content.git'), ['show', `${proposed.commit}:${PATH}`])
  expect(text).toContain('urgent.exe')
  await eventually(
    () => content.git('branch', '--list', proposed.branch),
    (found) => found !== '',
  )
  await content.git('merge', '-q', '--no-edit', proposed.branch)
  expect((await pull()).status).toBe(200)
  expect(await drift()).toMatchObject({ drifted: false, branch: { state: 'same' } })
})

test('a head that was refused is named with why', async () => {
  await content.commit('broken', { [PATH]: 'title: broken\n' })
  expect((await pull()).status).toBe(422)
  const { branch } = await drift()
  expect(branch.state).toBe('behind')
  expect(branch.refused.findings[0]).toMatchObject({ severity: 'error', path: PATH })
  await content.commit('mended', { [PATH]: rule('\\urgent.exe') })
  expect((await pull()).status).toBe(200)
})

test('an overlay that changed on disk is named, and can be copied to content', async () => {
  writeFileSync(join(overlay, 'one.yml'), imageRule({ id: OVERLAID, ends: '\\changed.exe' }))
  expect(await drift()).toMatchObject({ drifted: true, overlays: [{ state: 'changed' }] })
  const answer = await post('/api/v1/drift/propose', { what: 'overlay', path: overlay })
  const { commit } = (await answer.json()) as { commit: string }
  const text = await runIn(join(server.data, 'content.git'), [
    'show',
    `${commit}:detections/extra/one.yml`,
  ])
  expect(text).toContain('changed.exe')
  const other = await post('/api/v1/drift/propose', { what: 'overlay', path: '/etc' })
  expect(other.status).toBe(404)
})

test('a mute that Git does not have is named until it ends', async () => {
  await server.ingest(
    JSON.stringify({ Image: 'C:\\\\urgent.exe', product: 'windows', host: 'pc-1' }),
  )
  const answer = await post(`/api/v1/detections/rules/${RULE}/suppressions`, {
    criteria: { '@host': 'pc-1' },
    reason: 'being rebuilt',
    expires: new Date(Date.now() + 3_600_000).toISOString(),
  })
  expect([answer.status, await answer.clone().text()]).toEqual([201, expect.any(String)])
  const { mutes, drifted } = await drift()
  expect(drifted).toBe(true)
  expect(mutes).toMatchObject([{ rule_id: RULE, reason: 'being rebuilt' }])
})

test('a remote that is down is named, and nothing else changes', async () => {
  const before = await live()
  renameSync(content.folder, join(folder, 'away'))
  expect((await pull()).status).toBe(503)
  expect((await drift()).branch).toMatchObject({
    live: before,
    problem: expect.stringContaining('cannot be fetched'),
  })
})
