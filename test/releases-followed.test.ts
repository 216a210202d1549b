// A server that follows a branch, and one that takes signed releases only.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { API_KEY, eventually, startTestServer, type TestServer } from './support/server.ts'

const trapline = resolve(import.meta.dir, '../ci/trapline.ts')
const folder = mkdtempSync(join(tmpdir(), 'trapline-follow-'))
const work = join(folder, 'work')
setDefaultTimeout(60_000)

const rule = (value: string) => `title: Marker Seen
id: 3c0d6f3a-55f0-4c4e-8f5e-6c5b7d1f0a22
status: test
logsource:
    product: windows
detection:
    marker:
        Image|endswith: '${value}'
    condition: marker
level: high
`

async function command(program: readonly string[], env: Record<string, string> = {}) {
  const child = Bun.spawn([...program], {
    cwd: work,
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, ...env },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, out, err }
}

const git = (...args: readonly string[]) =>
  command(['git', '-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', ...args])

async function commit(value: string, ...more: readonly string[]): Promise<string> {
  writeFileSync(join(work, 'detections/marker.yml'), rule(value))
  await git('add', '-A')
  await git('commit', '-qm', `marker ${value}`, ...more)
  return (await git('rev-parse', 'HEAD')).out.trim()
}

const pull = (server: TestServer) => server.fetch('/api/v1/releases/pull', { method: 'POST' })
const live = async (server: TestServer) => (await server.json('/api/v1/releases')).live

beforeAll(async () => {
  mkdirSync(join(work, 'detections'), { recursive: true })
  await git('init', '-q', '-b', 'main')
  await commit('\\one.exe')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a followed branch goes live commit by commit; bad heads and rewritten history do not', async () => {
  const server = await startTestServer({
    TRAPLINE_CONTENT: work,
    TRAPLINE_CONTENT_POLL_S: '86400',
  })
  const start = (await git('rev-parse', 'HEAD')).out.trim()
  const first = await eventually(
    () => live(server),
    (head) => head === start,
  )
  const second = await commit('\\two.exe')
  expect(second).not.toBe(first)
  expect((await pull(server)).status).toBe(200)
  expect(await live(server)).toBe(second)

  writeFileSync(join(work, 'detections/marker.yml'), 'title: broken\n')
  await git('commit', '-qam', 'broken')
  expect((await pull(server)).status).toBe(422)
  expect(await live(server)).toBe(second)
  // The same head is not looked at twice.
  expect(await (await pull(server)).json()).toEqual({ outcome: null })

  await git('reset', '-q', '--hard', `${second}~1`)
  await commit('\\three.exe')
  const rewritten = await pull(server)
  expect([rewritten.status, await rewritten.text()]).toEqual([
    422,
    expect.stringContaining('history-rewritten'),
  ])
  expect(await live(server)).toBe(second)
  await server.dispose()
})

test('a remote that is down changes nothing and is named', async () => {
  const gone = join(folder, 'gone')
  await git('clone', '-q', '--bare', '.', gone)
  const server = await startTestServer({
    TRAPLINE_CONTENT: gone,
    TRAPLINE_CONTENT_POLL_S: '86400',
  })
  const start = (await git('rev-parse', 'HEAD')).out.trim()
  const head = await eventually(
    () => live(server),
    (found) => found === start,
  )
  rmSync(gone, { recursive: true })
  const answer = await pull(server)
  expect([answer.status, await answer.text()]).toEqual([
    503,
    expect.stringContaining('main cannot be fetched'),
  ])
  expect(await live(server)).toBe(head)
  await server.dispose()
})

test('where signers are named, only their signatures are taken', async () => {
  const key = (name: string) => join(folder, name)
  for (const name of ['ana', 'eve'])
    await command(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key(name)])
  const publicKey = (await Bun.file(`${key('ana')}.pub`).text()).trim()
  writeFileSync(key('signers'), `ana@example.org ${publicKey}\n`)
  const server = await startTestServer({ TRAPLINE_RELEASE_SIGNERS: key('signers') })
  const env = { TRAPLINE_SERVER: server.url, TRAPLINE_API_KEY: API_KEY }
  const deploy = (...args: readonly string[]) =>
    command([process.execPath, trapline, 'deploy', ...args], env)

  const unsigned = await deploy()
  expect([unsigned.code, unsigned.err]).toEqual([3, expect.stringContaining('403')])
  const other = await deploy('--sign', key('eve'))
  expect([other.code, other.err]).toEqual([3, expect.stringContaining('allowed signer')])
  const seeded = await live(server)
  const signed = await deploy('--sign', key('ana'))
  expect([signed.code, signed.err]).toEqual([0, ''])
  expect(await live(server)).not.toBe(seeded)
  await server.dispose()
})
