// `trapline backtest --server` where a parser's table changes: stored events are read again from their raw text.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { API_KEY, eventually, startTestServer, type TestServer } from './support/server.ts'

const DENIED = '5f0d7d1e-1f63-4c55-8a55-63b1d1b1f6b1'
const PLAIN = '5f0d7d1e-1f63-4c55-8a55-63b1d1b1f6b2'
const trapline = resolve(import.meta.dir, '../ci/trapline.ts')
const folder = mkdtempSync(join(tmpdir(), 'trapline-reread-'))
setDefaultTimeout(60_000)
let server: TestServer

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const rule = (id: string, title: string, logsource: string, selection: string) => `title: ${title}
id: ${id}
status: test
logsource: {${logsource}}
detection:
    wanted: {${selection}}
    condition: wanted
level: high
`

const table = (recognise: string, more = '') => `name: okta
title: Okta
product: okta
recognise: [${recognise}]
accept: [{ has: [eventType] }]
logsources: [{ service: [okta] }]
time: [published]
message: [displayMessage]
pivots: { user: [actor.alternateId]${more} }
`
const AS_OURS = table('{ has: [eventType, published, displayMessage] }')

const session = (user: string, outcome: string) =>
  JSON.stringify({
    eventType: 'user.session.start',
    published: new Date(Date.now() - 3_600_000).toISOString(),
    displayMessage: 'User login to Okta',
    actor: { alternateId: user },
    outcome: { result: outcome },
  })

async function command(...program: readonly string[]) {
  const child = Bun.spawn([...program], { cwd: folder, stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, out, err }
}

const git = (...args: readonly string[]) =>
  command('git', '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args)

async function backtest() {
  const options = ['--server', server.url, '--api-key', API_KEY, '--format', 'json']
  const run = await command(process.execPath, trapline, 'backtest', ...options)
  return { ...run, report: run.out === '' ? undefined : JSON.parse(run.out) }
}

beforeAll(async () => {
  write(
    'detections/denied.yml',
    rule(DENIED, 'Session Denied', 'product: okta, service: okta', 'outcome.result: FAILURE'),
  )
  write('detections/plain.yml', rule(PLAIN, 'Other Tool', 'product: other', 'name: tool'))
  write('parsers/mappings/okta.yml', AS_OURS)
  await git('init', '-q', '-b', 'main')
  await git('add', '-A')
  await git('commit', '-qm', 'first')
  server = await startTestServer({ TRAPLINE_RULES: join(folder, 'detections') })
  const unnamed = [session('ana', 'FAILURE'), session('bob', 'SUCCESS')]
  const others = ['{"name":"tool","note":"n"}', '<34>Oct 11 22:14:15 gate su: failed']
  await server.ingest(`${[...unnamed, ...others].join('\n')}\n`)
  // Called by its name by its sender, and nothing that recognition would know.
  const named = { eventType: 'x', outcome: { result: 'FAILURE' }, actor: { alternateId: 'eve' } }
  await server.ingest(`${JSON.stringify(named)}\n`, '/ingest?source=okta')
  const { alerts } = await eventually(
    () => server.json(`/api/v1/alerts?rule=${DENIED}`),
    (page) => page.count === 2,
  )
  const own = alerts.find(({ user }: { user: string }) => user === 'ana')
  await server.json(`/api/v1/alerts/${own.id}`, {
    method: 'PATCH',
    body: JSON.stringify({ verdict: 'true_positive', reason: 'looked', version: own.version }),
    headers: { 'content-type': 'application/json' },
  })
})
afterAll(async () => {
  await server.dispose()
  rmSync(folder, { recursive: true, force: true })
})

test('a change of words in a table changes nothing', async () => {
  write('parsers/mappings/okta.yml', `${AS_OURS}# the same\n`)
  const { code, err, report } = await backtest()
  expect([code, err]).toEqual([0, ''])
  expect(report.rules).toEqual([])
  // The plain JSON is asked about too, and the line of syslog; the store keeps them as they are.
  expect(report.parsers).toMatchObject({ changed: 0, not_read_again: {} })
})

test('a table that gives another log source loses a true positive, and names the alert', async () => {
  write('parsers/mappings/okta.yml', AS_OURS.replace('[okta] }', '[elsewhere] }'))
  const { code, report } = await backtest()
  expect(code).toBe(1)
  expect(report.parsers).toMatchObject({ changed: 3, by: { parser: 0, logsource: 3 } })
  expect(report.rules).toMatchObject([
    { id: DENIED, by_parser: true, lost: 2, same: 0, new: 0, kept_true_positives: 0 },
  ])
  expect(report.rules[0].lost_true_positives).toHaveLength(1)
  expect(report.findings.map(({ code: name }: { code: string }) => name)).toEqual([
    'lost-true-positive',
  ])
})

test('a table that knows fewer events leaves those to plain JSON, save where the sender names it', async () => {
  write('parsers/mappings/okta.yml', table('{ has: [eventId] }'))
  const { report } = await backtest()
  expect(report.parsers).toMatchObject({ changed: 2, by: { parser: 2, logsource: 2 } })
  // Plain JSON is open to every rule.
  expect(report.rules).toEqual([])
})

test('a table that takes what was plain JSON takes it from the rules that it matched', async () => {
  const wide = '{ has: [eventType, published, displayMessage] }, { has: [name, note] }'
  write('parsers/mappings/okta.yml', table(wide))
  const { report } = await backtest()
  expect(report.parsers).toMatchObject({ changed: 1, by: { parser: 1, logsource: 1 } })
  expect(report.rules).toMatchObject([{ id: PLAIN, by_parser: true, lost: 1, new: 0 }])
})

test('another column folds alerts otherwise, though the same events match', async () => {
  write(
    'parsers/mappings/okta.yml',
    table('{ has: [eventType, published, displayMessage] }', ', host: [actor.alternateId]'),
  )
  const { code, report } = await backtest()
  expect(code).toBe(0)
  expect(report.parsers.by).toMatchObject({ columns: 3, logsource: 0 })
  expect(report.rules).toMatchObject([{ id: DENIED, same: 2, lost: 0, new: 0 }])
  const folded = report.rules[0].entities.map(
    ({ host, user, before, after }: Record<string, unknown>) => [host, user, before, after],
  )
  expect(folded.sort()).toEqual([
    ['', 'ana', 1, 0],
    ['', 'eve', 1, 0],
    ['ana', 'ana', 0, 1],
    ['eve', 'eve', 0, 1],
  ])
})

test('a rule that changes beside a table is replayed over events of other parsers once', async () => {
  write('parsers/mappings/okta.yml', AS_OURS.replace('[okta] }', '[elsewhere] }'))
  write('detections/plain.yml', rule(PLAIN, 'Other Tool', 'product: other', 'name: t*'))
  const { report } = await backtest()
  await git('checkout', '-q', '.')
  const ids = report.rules.map((one: { id: string; same: number }) => [one.id, one.same])
  expect(ids.sort()).toEqual([
    [DENIED, 0],
    [PLAIN, 1],
  ])
})
