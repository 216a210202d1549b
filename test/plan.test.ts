// `trapline plan --server`: the work tree against what a running server has live.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { API_KEY, startTestServer, type TestServer } from './support/server.ts'

const RULE = '0a4c2f0e-3f43-4b0c-9df0-7a0e9e6d5d10'
const trapline = resolve(import.meta.dir, '../ci/trapline.ts')
const folder = mkdtempSync(join(tmpdir(), 'trapline-plan-'))
setDefaultTimeout(60_000)
let server: TestServer

const rule = (value: string) => `title: Marker Seen
id: ${RULE}
status: test
logsource: {product: windows}
detection:
    marker:
        Image|endswith: '${value}'
    condition: marker
level: high
`

/** Not `spawnSync`: the server runs in this process. */
async function command(...program: readonly string[]) {
  const child = Bun.spawn([...program], {
    cwd: folder,
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, TRAPLINE_API_KEY: API_KEY },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, out, err }
}
const git = (...args: readonly string[]) =>
  command('git', '-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', ...args)
const plan = (...args: readonly string[]) =>
  command(process.execPath, trapline, 'plan', '--server', server.url, ...args)

beforeAll(async () => {
  await git('init', '-q', '-b', 'main')
  await Bun.write(join(folder, 'detections/marker.yml'), rule('marker.exe'))
  await git('add', '-A')
  await git('commit', '-qm', 'first')
  server = await startTestServer()
})
afterAll(async () => {
  await server.dispose()
  rmSync(folder, { recursive: true, force: true })
})

test('against content that this clone does not have it goes by the hashes of rules', async () => {
  const { code, out } = await plan('--format', 'json')
  const { changes, against } = JSON.parse(out)
  expect([code, against]).toEqual([0, expect.stringContaining('rules')])
  expect(changes.filter((one: { change: string }) => one.change === 'added')).toMatchObject([
    { id: RULE, path: 'detections/marker.yml' },
  ])
  expect(changes.length).toBeGreaterThan(40)
})

test('after the deploy there is nothing to do; then what changed, filters with their rules', async () => {
  const options = ['--server', server.url, '--force']
  const deployed = await command(process.execPath, trapline, 'deploy', ...options)
  expect([deployed.code, deployed.err]).toEqual([0, ''])
  const same = await plan()
  expect([same.code, same.out]).toEqual([
    0,
    expect.stringMatching(/^no changes against the live release/),
  ])
  await Bun.write(join(folder, 'detections/marker.yml'), rule('other.exe'))
  await Bun.write(join(folder, 'hunts/odd.yml'), 'id: odd\ntitle: Odd\nhypothesis: h\nquery: a\n')
  const { code, out } = await plan()
  expect(code).toBe(0)
  expect(out).toContain('rule "Marker Seen" changed: matches other events')
  expect(out).toContain('1 rule changed, 1 hunt added against the live release')
})

test('what the server would refuse without force is a finding, what cannot run ends with 2', async () => {
  await git('checkout', '-q', '--orphan', 'elsewhere')
  await git('add', '-A')
  await git('commit', '-qm', 'elsewhere')
  const apart = await plan()
  expect([apart.code, apart.out]).toEqual([1, expect.stringContaining('--force')])
  await Bun.write(
    join(folder, 'detections/marker.yml'),
    rule('x').replace(': marker\n', ': nothing\n'),
  )
  const broken = await plan('--format', 'github')
  expect([broken.code, broken.out]).toEqual([
    2,
    expect.stringContaining('::error file=detections/marker.yml'),
  ])
})

test('a key that may not read rules is told so', async () => {
  const { code, err } = await plan('--api-key', 'nobodys-key-0123456789')
  expect([code, err]).toEqual([3, expect.stringContaining('answered 401')])
})
