// Rule liveness from the front doors: the API over real stores, and the command line over the API.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { API_KEY, startTestServer, type TestServer } from './support/server.ts'

setDefaultTimeout(60_000)

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  const line =
    'Nov 21 10:00:00 web-3 sshd[7]: Failed password for invalid user x from 203.0.113.9 port 1024 ssh2'
  await server.ingest(line, '/ingest?source=linux_auth')
})
afterAll(() => server.dispose())

test('the API names dead rules with the cause, and one rule by its id', async () => {
  const { rules, counts, events } = await server.json('/api/v1/detections/liveness?state=dead')
  expect(events).toBe(1)
  expect(counts.dead).toBe(rules.length)
  expect(counts.alive).toBeGreaterThan(0)
  const dead = rules.find(
    (rule: { logsource: { product?: string } }) => rule.logsource.product === 'aws',
  )
  expect(dead.cause).toMatchObject({
    code: 'no-events',
    message: 'No event of aws / cloudtrail is stored.',
  })
  const one = await server.json(`/api/v1/detections/liveness?rule=${dead.id}`)
  expect(one.rules.map((rule: { id: string }) => rule.id)).toEqual([dead.id])
})

test('the API says what a source fills, and does not know one that sent nothing', async () => {
  const found = await server.json('/api/v1/sources/linux_auth/fields')
  expect(found).toMatchObject({ source: 'linux_auth', events: 1 })
  expect(found.fields.length).toBeGreaterThan(3)
  expect((await server.fetch('/api/v1/sources/nobody/fields')).status).toBe(404)
})

test('trapline liveness lists what is dead by its cause and says so with its exit code', async () => {
  const run = async (...args: string[]) => {
    const child = Bun.spawn(
      [
        process.execPath,
        join(import.meta.dir, '../ci/trapline.ts'),
        'liveness',
        '--server',
        server.url,
        ...args,
      ],
      {
        env: { PATH: process.env.PATH ?? '', TRAPLINE_API_KEY: API_KEY },
        stdout: 'pipe',
        stderr: 'pipe',
      },
    )
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    return { out, err, code: await child.exited }
  }
  const all = await run()
  expect(all.code).toBe(1)
  expect(all.out).toContain('dead: No event of aws / cloudtrail is stored.\n  AWS ')
  expect(all.err).toMatch(
    /\d+ rules alive, 0 silent, 0 rare, \d+ dead; judged by the newest 1 events/,
  )
  const alive = await run('--state', 'alive', '--json')
  expect(alive.code).toBe(0)
  for (const line of alive.out.trim().split('\n')) expect(JSON.parse(line).state).toBe('alive')
  expect((await run('--state', 'zombie')).code).toBe(3)
})
