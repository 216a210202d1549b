import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { API_KEY, startTestServer, type TestServer } from '../../test/support/server.ts'

setDefaultTimeout(60_000)

const entry = join(import.meta.dir, '..', 'trapline.ts')
const hunt = (query: string, more = '') =>
  `title: Root logins\nid: a1f3c1de-6a77-4f0e-9f43-b2a0d5a1c1ff\nquery: ${query}\n${more}`
const login = (user: string) => `Accepted password for ${user} from 203.0.113.7 port 222 ssh2`
const line = (user: string) =>
  `${new Date().toISOString().slice(0, 19)}Z web-1 sshd[12]: ${login(user)}`
let folder: string

async function trapline(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn([process.execPath, entry, 'hunt', ...args], {
    ...{ cwd: folder, stdout: 'pipe', stderr: 'pipe', env: { ...process.env, ...env } },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { out, err, code: await child.exited }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trapline-test-hunt-'))
  await Bun.write(join(folder, 'hunts/root.yml'), hunt('user:root', 'filters: {host: web-*}\n'))
  await Bun.write(join(folder, 'bad.yml'), hunt('(user:root'))
  await Bun.write(join(folder, 'rule.yml'), hunt('user:root', 'filters: {rule: r1}\n'))
  await Bun.write(join(folder, 'auth.log'), [line('root'), line('ana')].join('\n'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('trapline hunt', () => {
  test('runs hunt files over files of events', async () => {
    const { out, err, code } = await trapline(['hunts', '--events', 'auth.log'])
    expect(out).toContain(`auth.log:0  Root logins  web-1  ${login('root')}`)
    expect(out.trim().split('\n')).toHaveLength(1)
    expect(err).toBe('Root logins: 1 matches among 2 events\n')
    expect(code).toBe(0)
  })

  test('prints a JSON object a match', async () => {
    const { out } = await trapline(['hunts/root.yml', '--events', 'auth.log', '--json'])
    expect(JSON.parse(out)).toMatchObject({
      ...{ hunt_id: 'a1f3c1de-6a77-4f0e-9f43-b2a0d5a1c1ff', title: 'Root logins' },
      event: { user: 'root', host: 'web-1', fields: { auth_method: 'password' } },
    })
  })

  test.each([
    [['bad.yml', '--events', 'auth.log'], 2, 'query'],
    [['rule.yml', '--events', 'auth.log'], 2, 'only a server knows'],
    [[], 3, 'say which hunt'],
    [['hunts', '--rule', 'rule.yml'], 3, 'not both'],
    [['nowhere.yml', '--events', 'auth.log'], 3, 'nowhere.yml'],
  ])('%j ends with %d and says %s', async (args, code, why) => {
    const ran = await trapline(args)
    expect(ran.code).toBe(code)
    expect(ran.err).toContain(why)
  })
})

describe('trapline hunt against a server', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
    await server.ingest([line('root'), line('ana')].join('\n'), '/ingest?source=linux_auth')
  })
  afterAll(() => server.dispose())

  test('finds what its search finds', async () => {
    const env = { TRAPLINE_SERVER: server.url, TRAPLINE_API_KEY: API_KEY }
    const { out, err, code } = await trapline(['hunts'], env)
    expect(out).toContain(login('root'))
    expect(err).toBe('Root logins: 1 matches\n')
    expect(code).toBe(0)
    expect((await trapline(['hunts', '--from', 'now-7d', '--to', 'now-1d'], env)).out).toBe('')
  })
})
