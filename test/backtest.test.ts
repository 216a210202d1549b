// `trapline backtest --server`: a branch against what a running server keeps and what analysts decided.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { API_KEY, eventually, startTestServer, type TestServer } from './support/server.ts'

const RULE = '5f0d7d1e-1f63-4c55-8a55-63b1d1b1f6a1'
const trapline = resolve(import.meta.dir, '../ci/trapline.ts')
const folder = mkdtempSync(join(tmpdir(), 'trapline-loop-'))
setDefaultTimeout(60_000)
let server: TestServer

const rule = (condition: string) => `title: Tool Run
id: ${RULE}
status: test
logsource:
    product: windows
detection:
    tool:
        Image|endswith: '\\tool.exe'
    admin:
        User: admin
    condition: ${condition}
level: high
`

const event = (host: string, user: string) =>
  JSON.stringify({ host, user, User: user, Image: 'C:\\tool.exe', product: 'windows' })

/** Not `spawnSync`: the server runs in this process. */
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

async function backtest(condition: string, key = API_KEY) {
  writeFileSync(join(folder, 'rules/tool.yml'), rule(condition))
  const options = ['--rules', 'rules', '--server', server.url, '--api-key', key]
  const run = await command(process.execPath, trapline, 'backtest', ...options, '--format', 'json')
  return { ...run, report: run.out === '' ? undefined : JSON.parse(run.out) }
}

beforeAll(async () => {
  mkdirSync(join(folder, 'rules'))
  writeFileSync(join(folder, 'rules/tool.yml'), rule('tool'))
  await git('init', '-q', '-b', 'main')
  await git('add', '-A')
  await git('commit', '-qm', 'first')
  server = await startTestServer({ TRAPLINE_RULES: join(folder, 'rules') })
  const rows = [event('ws-1', 'bob'), event('ws-1', 'bob'), event('ws-2', 'admin')]
  await server.ingest(`${rows.join('\n')}\n{"other":1}\n`)
  const { alerts } = await eventually(
    () => server.json(`/api/v1/alerts?rule=${RULE}`),
    (page) => page.count === 2,
  )
  for (const { id, host, version } of alerts) {
    const verdict = host === 'ws-1' ? 'true_positive' : 'false_positive_logic'
    const body = JSON.stringify({ verdict, reason: 'looked', version })
    const headers = { 'content-type': 'application/json' }
    await server.json(`/api/v1/alerts/${id}`, { method: 'PATCH', body, headers })
  }
})
afterAll(async () => {
  await server.dispose()
  rmSync(folder, { recursive: true, force: true })
})

test('a change that silences only what was judged false passes', async () => {
  const { code, err, report } = await backtest('tool and not admin')
  expect([code, err]).toEqual([0, ''])
  expect(report.events).toBe(4)
  expect(report.rules).toMatchObject([
    { new: 0, lost: 1, same: 2, kept_true_positives: 1, findings: [] },
  ])
})

test('a change that loses a true positive fails and names the alert', async () => {
  const { code, report } = await backtest('tool and admin')
  expect(code).toBe(1)
  const [changed] = report.rules
  expect(changed).toMatchObject({ lost: 2, same: 1, kept_true_positives: 0 })
  expect(changed.lost_true_positives).toHaveLength(1)
  expect(changed.findings.map(({ code: name }: { code: string }) => name)).toEqual([
    'lost-true-positive',
    'refired-false-positive',
  ])
})

test('a true positive from before the range is kept with its event, and still counts', async () => {
  const time = new Date(Date.now() - 20 * 86_400_000).toISOString()
  const old = { ...JSON.parse(event('ws-7', 'carol')), time }
  await server.ingest(`${JSON.stringify(old)}\n`)
  const query = new URLSearchParams({ rule: RULE, host: 'ws-7', from: 'now-30d' })
  const { alerts } = await eventually(
    () => server.json(`/api/v1/alerts?${query}`),
    (page) => page.count === 1,
  )
  await server.json(`/api/v1/alerts/${alerts[0].id}`, {
    method: 'PATCH',
    body: JSON.stringify({
      verdict: 'true_positive',
      reason: 'looked',
      version: alerts[0].version,
    }),
    headers: { 'content-type': 'application/json' },
  })
  const kept = await server.json(`/api/v1/detections/rules/${RULE}/verdicts`)
  expect(kept.verdicts.map((one: { verdict: string }) => one.verdict).sort()).toEqual([
    'false_positive_logic',
    'true_positive',
    'true_positive',
  ])
  writeFileSync(
    join(folder, 'rules/tool.yml'),
    rule('tool and not carol').replace(
      '    condition',
      '    carol:\n        User: carol\n    condition',
    ),
  )
  const options = ['--rules', 'rules', '--server', server.url, '--api-key', API_KEY, '--days', '1']
  const run = await command(process.execPath, trapline, 'backtest', ...options, '--format', 'json')
  expect(run.code).toBe(1)
  const [changed] = JSON.parse(run.out).rules
  expect(changed).toMatchObject({
    lost: 0,
    kept_true_positives: 1,
    lost_true_positives: [alerts[0].id],
  })
})

test('a rule that is not live is hunted among stored events', async () => {
  writeFileSync(join(folder, 'hunt.yml'), rule('admin'))
  const options = ['--rule', 'hunt.yml', '--server', server.url, '--api-key', API_KEY, '--json']
  const { code, out, err } = await command(process.execPath, trapline, 'hunt', ...options)
  expect(code).toBe(0)
  const found = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(found).toMatchObject([{ rule_id: RULE, event: { host: 'ws-2', user: 'admin' } }])
  expect(err).toContain('1 matches among 4 events')
})

test('a key that may not read is told so', async () => {
  const { code, err } = await backtest('tool and admin', 'nobodys-key-0123456789')
  expect([code, err]).toEqual([3, expect.stringContaining('answered 401')])
})

test('the server refuses rules that cannot run, with their place', async () => {
  const answer = await server.fetch('/api/v1/detections/replay', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ versions: [[{ path: 'a.yml', text: rule('tool and nothing') }]] }),
  })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('a.yml:')
})

test('a correlation that is not live is hunted with the rules below it', async () => {
  const correlation = `title: Tool Run Often
id: 3c0c4f2e-0f1c-4f5f-9a30-5f1a4f6f2b11
status: test
level: high
correlation:
  type: event_count
  rules: [${RULE}]
  group-by: [User]
  timespan: 1h
  condition: {gte: 2}
`
  writeFileSync(join(folder, 'often.yml'), `${rule('tool')}---\n${correlation}`)
  const options = ['--rule', 'often.yml', '--server', server.url, '--api-key', API_KEY, '--json']
  const { code, out } = await command(process.execPath, trapline, 'hunt', ...options)
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    title: 'Tool Run Often',
    correlation: { type: 'event_count', key: { User: 'bob' }, value: 2 },
    event: { host: 'ws-1' },
  })
  expect(JSON.parse(out).correlation.events).toHaveLength(2)
})

test('costs are measured on events of the range, however old they are', async () => {
  const other = await startTestServer({ TRAPLINE_RULES: join(folder, 'rules') })
  try {
    const time = new Date(Date.now() - 9 * 86_400_000).toISOString()
    const old = { ...JSON.parse(event('ws-1', 'bob')), time }
    await other.ingest(`${JSON.stringify(old)}\n`)
    writeFileSync(join(folder, 'rules/tool.yml'), rule('tool and not admin'))
    const options = ['--rules', 'rules', '--server', other.url, '--api-key', API_KEY]
    const format = ['--format', 'json']
    const run = await command(process.execPath, trapline, 'backtest', ...options, ...format)
    const [changed] = JSON.parse(run.out).rules
    expect(changed.cost_ms_per_100k_events.after_ms).toBeGreaterThan(0)
  } finally {
    await other.dispose()
  }
})
