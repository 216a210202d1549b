// The process: how it starts, refuses, reloads and ends.
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { connect } from 'node:tls'
import { processEnvironment } from './support/process.ts'
import { API_KEY, eventually } from './support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'trapline-life-'))
const trapline = resolve(import.meta.dir, '../ci/trapline.ts')
setDefaultTimeout(120_000)
const running = new Set<Bun.Subprocess>()
afterAll(() => {
  // Only what a failed test left.
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Process {
  readonly pid: number
  readonly url: string
  /** Everything printed so far. */
  output(): string
  errors(): string
  signal(name: NodeJS.Signals): void
  readonly exited: Promise<number>
}

/** Runs `trapline start`; resolves when it is ready or has ended. */
async function start(env: Readonly<Record<string, string>>): Promise<Process> {
  const child = Bun.spawn([process.execPath, trapline, 'start'], {
    env: { ...processEnvironment(), TRAPLINE_PORT: '0', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  running.add(child)
  let output = ''
  let errors = ''
  const drain = async (stream: ReadableStream<Uint8Array>, add: (text: string) => void) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) add(decoder.decode(chunk, { stream: true }))
  }
  const outputs = Promise.all([
    drain(child.stdout, (text) => (output += text)),
    drain(child.stderr, (text) => (errors += text)),
  ])
  const exited = child.exited.then(async (code) => {
    await outputs
    running.delete(child)
    return code
  })
  const ready = eventually(
    async () => /^Trapline is ready at (\S+)$/m.exec(output)?.[1],
    (url) => url !== undefined,
  )
  const url = await Promise.race([ready, exited.then(() => '')])
  return {
    pid: child.pid,
    url: url ?? '',
    output: () => output,
    errors: () => errors,
    signal: (name) => child.kill(name),
    exited,
  }
}

const settings = (name: string) => ({
  TRAPLINE_DATA: join(folder, name),
  TRAPLINE_BOOTSTRAP_PASSWORD: 'correct horse battery',
  TRAPLINE_BOOTSTRAP_API_KEY: API_KEY,
  TRAPLINE_DISK_MIN_FREE_MIB: '0',
})
const headers = { 'x-api-key': API_KEY }
const total = async (server: Process, q: string): Promise<number> =>
  (await (await fetch(`${server.url}/api/v1/search?q=${q}`, { headers })).json()).total

test('SIGTERM commits what was accepted and exits 0; the next start has it', async () => {
  const first = await start(settings('term'))
  expect(first.output()).toBe(`Trapline is ready at ${first.url}\n`)
  const sending = Array.from({ length: 30 }, (_, n) =>
    fetch(`${first.url}/ingest`, { method: 'POST', headers, body: `{"message":"kept ${n}"}` }),
  )
  await Promise.race(sending)
  first.signal('SIGTERM')
  const answers = await Promise.allSettled(sending)
  expect(await first.exited).toBe(0)
  const accepted = answers.filter((one) => one.status === 'fulfilled' && one.value.ok).length
  expect(accepted).toBeGreaterThan(0)
  const second = await start(settings('term'))
  expect(await total(second, 'kept')).toBeGreaterThanOrEqual(accepted)
  second.signal('SIGTERM')
  expect(await second.exited).toBe(0)
})

test('a stream that is open does not hold the process', async () => {
  const server = await start(settings('stream'))
  const answer = await fetch(`${server.url}/api/v1/logs/stream`, { headers })
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
  await Promise.allSettled([answer.body?.cancel()])
})

test('a second process on the folder is refused by the name of the first', async () => {
  const first = await start(settings('lock'))
  const second = await start(settings('lock'))
  expect(await second.exited).not.toBe(0)
  expect(second.errors()).toContain(`in use by process ${first.pid}`)
  first.signal('SIGKILL')
  await first.exited
  const third = await start(settings('lock'))
  expect(third.url).not.toBe('')
  third.signal('SIGTERM')
  await third.exited
})

test('the one-time password is printed at the first start and signs in', async () => {
  const env = { TRAPLINE_DATA: join(folder, 'password'), TRAPLINE_DISK_MIN_FREE_MIB: '0' }
  const first = await start(env)
  const password = /password: (\S+)/.exec(first.output())?.[1] ?? ''
  const login = await fetch(`${first.url}/api/v1/auth/login`, {
    method: 'POST',
    body: JSON.stringify({ name: 'admin', password }),
  })
  expect(login.status).toBe(200)
  first.signal('SIGTERM')
  await first.exited
  const second = await start(env)
  expect(second.output()).not.toContain('password')
  second.signal('SIGTERM')
  await second.exited
})

test('settings that are wrong are named, and nothing starts', async () => {
  const server = await start({ ...settings('wrong'), TRAPLINE_PORT: 'http' })
  expect(await server.exited).toBe(3)
  expect(server.errors()).toContain('TRAPLINE_PORT')
  const rules = await start({ ...settings('wrong'), TRAPLINE_RULES: join(folder, 'nowhere') })
  expect(await rules.exited).toBe(1)
  expect(rules.errors()).toContain('nowhere')
})

test('a port that is taken ends the start with the address', async () => {
  const first = await start(settings('port-a'))
  const port = new URL(first.url).port
  const second = await start({ ...settings('port-b'), TRAPLINE_PORT: port })
  expect(await second.exited).toBe(1)
  expect(second.errors()).toContain(`127.0.0.1:${port}`)
  first.signal('SIGTERM')
  await first.exited
})

test('SIGHUP reads the rules again', async () => {
  const rules = join(folder, 'rules')
  mkdirSync(rules)
  const server = await start({ ...settings('hup'), TRAPLINE_RULES: rules })
  const rule = `title: Added later\nid: 0a0a0a0a-0000-4000-8000-000000000001\nlevel: high\nlogsource: { category: later }\ndetection: { sel: { message: laterevent }, condition: sel }\n`
  writeFileSync(join(rules, 'later.yml'), rule)
  server.signal('SIGHUP')
  const path = `${server.url}/api/v1/detections/rules/0a0a0a0a-0000-4000-8000-000000000001`
  await eventually(
    async () => (await fetch(path, { headers })).status,
    (status) => status === 200,
  )
  await fetch(`${server.url}/ingest`, {
    method: 'POST',
    headers,
    body: '{"category":"later","message":"laterevent"}',
  })
  const list = async () => (await fetch(`${server.url}/api/v1/alerts`, { headers })).json()
  const { alerts } = await eventually(list, (page) => page.total === 1)
  expect(alerts[0].title).toBe('Added later')
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
})

test('a worker that ends by itself ends the process, which says why', async () => {
  const server = await start(settings('crash'))
  rmSync(join(folder, 'crash/index'), { recursive: true })
  expect(await server.exited).toBe(1)
  expect(server.errors()).toContain('trapline: index worker:')
})

test('binding beyond loopback without TLS warns', async () => {
  const server = await start({ ...settings('wide'), TRAPLINE_HOST: '0.0.0.0' })
  expect(server.errors()).toContain('without TLS')
  server.signal('SIGTERM')
  await server.exited
})

const openssl = Bun.which('openssl')
if (openssl === null) console.warn('openssl is not there: the test of TLS is skipped')

test.skipIf(openssl === null)(
  'with certificate and key it speaks HTTPS and syslog over TLS',
  async () => {
    const [key, cert] = [join(folder, 'tls.key'), join(folder, 'tls.crt')]
    const subject = ['-subj', '/CN=localhost', '-days', '2', '-keyout', key, '-out', cert]
    Bun.spawnSync([openssl ?? '', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject])
    const server = await start({
      ...settings('tls'),
      TRAPLINE_TLS_CERT: cert,
      TRAPLINE_TLS_KEY: key,
      TRAPLINE_SYSLOG_TLS: '127.0.0.1:0',
    })
    expect(server.url).toStartWith('https://')
    const tls = { rejectUnauthorized: false }
    const health = await fetch(`${server.url}/health`, { tls })
    expect(health.headers.get('strict-transport-security')).not.toBeNull()
    const port = Number(/tls 127\.0\.0\.1:(\d+)/.exec(server.output())?.[1])
    const socket = connect({ port, host: '127.0.0.1', ...tls })
    socket.end('<38>Nov 21 12:00:00 gw-3 app: tlsmarker\n')
    const search = async () =>
      (
        await fetch(`${server.url}/api/v1/search?from=2026-11-01T00:00:00Z&q=tlsmarker`, {
          headers,
          tls,
        })
      ).json()
    expect((await eventually(search, (page) => page.total === 1)).events[0].host).toBe('gw-3')
    server.signal('SIGTERM')
    await server.exited
  },
)
