// With nothing set up: the data folder's own content repository is followed, and content of a newer program
// version waits to be taken.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runIn } from '../server/releases/repository.ts'
import { OWN_BRANCH, SHIPPED_REF } from '../server/releases/seed.ts'
import { imageRule } from './support/content.ts'
import { eventually, startTestServer, type TestServer } from './support/server.ts'

const RULE = '1b7f8a90-5c52-4a7e-9f0e-2d3c4b5a6d01'
const PATH = 'detections/windows/marker.yml'
setDefaultTimeout(60_000)
let server: TestServer
const work = mkdtempSync(join(tmpdir(), 'trapline-own-'))

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.dispose()
  rmSync(work, { recursive: true, force: true })
})

const repository = () => join(server.data, 'content.git')
const live = async () => (await server.json('/api/v1/releases')).live

const post = (path: string, body: object = {}) =>
  server.json(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** A commit on top of another, pushed by hand to a reference of the content repository. */
async function commitTo(ref: string, files: Readonly<Record<string, string | null>>) {
  const clone = mkdtempSync(join(work, 'clone-'))
  await runIn(repository(), ['worktree', 'add', '--quiet', '--detach', `${clone}/tree`, ref])
  const tree = `${clone}/tree`
  const git = (...args: readonly string[]) =>
    Bun.$`git -C ${tree} -c user.name=Ana -c user.email=ana@example.org ${args}`.text()
  for (const [path, text] of Object.entries(files)) {
    if (text === null) rmSync(join(tree, path))
    else await Bun.write(join(tree, path), text)
  }
  await git('add', '-A')
  await git('commit', '-qm', 'by hand')
  const commit = (await git('rev-parse', 'HEAD')).trim()
  await git('update-ref', ref, commit)
  return commit
}

test('a commit on its branch goes live by itself', async () => {
  const commit = await commitTo(OWN_BRANCH, { [PATH]: imageRule({ id: RULE, ends: '\\one.exe' }) })
  await eventually(live, (now) => now === commit)
  const { releases } = await server.json('/api/v1/releases')
  expect(releases[0]).toMatchObject({ way: 'pull', status: 'live', subject: 'by hand' })
  expect((await server.json(`/api/v1/detections/rules/${RULE}`)).text).toContain('one.exe')
})

test('content of a newer program changes nothing by itself, and a pull request takes it', async () => {
  const before = await live()
  const rules = (await server.json('/api/v1/detections/rules')).total
  await commitTo(SHIPPED_REF, {
    'detections/windows/shipped.yml': imageRule({
      id: '1b7f8a90-5c52-4a7e-9f0e-2d3c4b5a6d02',
      ends: '\\shipped.exe',
    }),
  })
  const report = await server.json('/api/v1/drift')
  expect(report).toMatchObject({
    drifted: false,
    shipped: { files: [{ status: 'A', path: 'detections/windows/shipped.yml' }], conflicts: [] },
  })
  expect([await live(), (await server.json('/api/v1/detections/rules')).total]).toEqual([
    before,
    rules,
  ])
  const proposed = await post('/api/v1/drift/propose', { what: 'shipped' })
  await eventually(
    () => server.json(`/api/v1/proposals/${proposed.id}`),
    ({ state }) => state === 'open',
  )
  await post(`/api/v1/proposals/${proposed.id}/merge`)
  expect((await server.json('/api/v1/detections/rules')).total).toBe(rules + 1)
  expect(await server.json('/api/v1/drift')).not.toHaveProperty('shipped')
})

test('what both sides changed stays as it is, by name', async () => {
  const [file] = (await runIn(repository(), ['ls-tree', '-r', '--name-only', OWN_BRANCH]))
    .split('\n')
    .filter((path) => /^detections\/linux\/.*(?<!\.test)\.yml$/.test(path))
  const text = await runIn(repository(), ['show', `${OWN_BRANCH}:${file}`])
  await commitTo(OWN_BRANCH, { [file!]: text.replace(/^title:.*$/m, 'title: Ours Here') })
  await commitTo(SHIPPED_REF, {
    [file!]: text.replace(/^title:.*$/m, 'title: Theirs Here'),
    'detections/windows/more.yml': imageRule({
      id: '1b7f8a90-5c52-4a7e-9f0e-2d3c4b5a6d03',
      ends: '\\more.exe',
    }),
  })
  const { shipped } = await server.json('/api/v1/drift')
  expect(shipped).toMatchObject({
    files: [{ status: 'A', path: 'detections/windows/more.yml' }],
    conflicts: [file],
  })
})
