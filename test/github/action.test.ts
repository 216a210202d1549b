// Our Action's own steps against the local GitHub and a real repository of rules.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { git } from '../../ci/git.ts'
import { type GitHub, startGitHub } from './server.ts'
import { runWorkflow } from './workflow.ts'

setDefaultTimeout(120_000)
const TOKEN = 'ghs_0123456789abcdefsecret'
const ACTION = resolve(import.meta.dir, '../..')
const ID = '0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7aa'

let hub: GitHub
let folder: string

const rule = (condition: string) => `title: Tool Run by Hand
id: ${ID}
status: experimental
description: Somebody runs the tool by hand, which only the deployment should do.
author: Ana
date: 2026-11-01
tags:
    - attack.execution
    - attack.t1059.003
logsource:
    product: windows
    category: process_creation
detection:
    tool:
        Image|endswith: '\\tool.exe'
    admin:
        User: deploy
    condition: ${condition}
falsepositives:
    - Unusual deployments
level: high
`
const tests = `tests:
    - name: by hand
      match: true
      events: [{fields: {Image: 'C:\\tool.exe', User: bob}}]
    - name: another program
      match: false
      events: [{fields: {Image: 'C:\\other.exe', User: bob}}]
`
const event = (host: string, user: string, minute: number, more = '') =>
  JSON.stringify({
    time: new Date(Date.UTC(2026, 10, 1, 10, minute)).toISOString(),
    ...{ host, user, User: user, Image: 'C:\\tool.exe', CommandLine: `tool.exe ${more}` },
    ...{ product: 'windows', category: 'process_creation' },
  })

beforeAll(async () => {
  hub = await startGitHub({
    owner: 'acme',
    repo: 'rules',
    token: TOKEN,
    accounts: { [TOKEN]: { login: 'github-actions[bot]', type: 'Bot' } },
  })
  folder = await mkdtemp(join(tmpdir(), 'trapline-action-'))
  const work = join(folder, 'work')
  await git(folder, 'init', '--quiet', '--initial-branch=main', work)
  await git(work, 'config', 'user.name', 'Ana')
  await git(work, 'config', 'user.email', 'ana@example.com')
  await git(work, 'remote', 'add', 'origin', hub.gitUrl.replace('://', `://x:${TOKEN}@`))
  await write({
    'detections/tool.yml': rule('tool'),
    'detections/tool.test.yml': tests,
    'trapline.yml': 'lint: {disable: [file-name-prefix, references-missing]}\n',
    'events.ndjson': [
      event('ws-1', 'deploy', 0, '--password hunter2hunter2'),
      event('ws-2', 'deploy', 5),
      event('ws-3', 'bob', 10),
    ].join('\n'),
  })
  await git(work, 'commit', '--quiet', '-m', 'first')
  await git(work, 'push', '--quiet', 'origin', 'main')
})
afterAll(async () => {
  await hub.stop()
  await rm(folder, { recursive: true, force: true })
})

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  const work = join(folder, 'work')
  for (const [path, text] of Object.entries(files)) await Bun.write(join(work, path), text)
  await git(work, 'add', '--all')
}

/** Pushes a branch with these files and opens its pull request, or moves the one there is. */
async function propose(branch: string, files: Readonly<Record<string, string>>): Promise<number> {
  const work = join(folder, 'work')
  const there = hub.world.pulls.find((pull) => pull.head === branch)
  await git(work, 'checkout', '--quiet', ...(there ? [branch] : ['-B', branch, 'main']))
  await write(files)
  await git(work, 'commit', '--quiet', '-m', branch)
  await git(work, 'push', '--quiet', 'origin', branch)
  if (there !== undefined) return there.number
  const answer = await fetch(`${hub.apiUrl}/repos/acme/rules/pulls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ title: branch, head: branch, base: 'main' }),
  })
  return (await answer.json()).number
}

async function act(number: number, inputs: Readonly<Record<string, string>> = {}) {
  const result = await runWorkflow({ hub, token: TOKEN, inputs }, number)
  expect(result.log).not.toContain(TOKEN)
  expect(hub.violations()).toEqual([])
  return result
}

const comment = () => hub.world.comments.at(-1)?.body ?? ''

test('a good change is green, and its comment says what it would have done', async () => {
  const number = await propose('good', {
    'detections/tool.yml': rule('tool and not admin'),
    'detections/tool.test.yml': `${tests}    - name: by the deployment
      match: false
      events: [{fields: {Image: 'C:\\tool.exe', User: deploy}}]
`,
  })
  const { ok, log, steps, summary, outputs } = await act(number, { events: 'events.ndjson' })
  expect({ ok, log: ok ? '' : log }).toEqual({ ok: true, log: '' })
  expect(steps.map(({ name }) => name)).toEqual([
    'Install Trapline',
    'Fetch the history that the change is compared with',
    'Plan, check, test, coverage, backtest',
    'Comment',
    'Verdict',
  ])
  expect(outputs).toMatchObject({ verdict: 'needs a look', 'exit-code': '0' })
  const text = comment()
  expect(summary.trim()).toBe(text.trim())
  for (const part of [
    '### Trapline: 1 rule changed · **needs a look**',
    '| Checks | 2 files, no findings |',
    '| Tests | 3 passed, 0 failed (1 new) |',
    '**3 → 1** · 0 events new · **2 events gone**',
    'T1059.003 stays covered by 1 live rule',
    '2 of 3 events would no longer fire.',
    '<code>ws-1</code> | <code>deploy</code> | 1 | 0 |',
    'Run against 3 events kept from 2026-11-01 to 2026-11-01',
  ])
    expect(text).toContain(part)
  expect(text).not.toContain('hunter2')
})

test('the next push changes the comment in place; what fails is on top and on its line', async () => {
  const before = hub.world.comments.length
  const number = await propose('good', { 'detections/tool.yml': rule('tool and admin') })
  const { ok, log, outputs, steps } = await act(number, { events: 'events.ndjson' })
  expect(ok).toBe(false)
  expect(steps.at(-1)).toMatchObject({ name: 'Verdict', code: 1 })
  expect(outputs).toMatchObject({ verdict: 'fails', 'exit-code': '1' })
  expect(hub.world.comments).toHaveLength(before)
  expect(comment()).toContain('· **fails**')
  expect(comment()).toContain('test&#58; by hand')
  expect(log).toContain('::error file=detections/tool.yml,title=test%3A by hand')
})

test('a rule that cannot run ends with 2 and says which line', async () => {
  const number = await propose('broken', { 'detections/tool.yml': rule('tool and nothing') })
  const { ok, log, outputs } = await act(number, { events: 'events.ndjson' })
  expect([ok, outputs['exit-code'], outputs.verdict]).toEqual([false, '2', 'fails'])
  expect(log).toMatch(/::error file=detections\/tool\.yml,line=\d+/)
  expect(comment()).toContain('**backtest did not run**')
})

test('through limits and errors of GitHub there is one comment', async () => {
  const number = await propose('limits', { 'detections/tool.yml': rule('tool or admin') })
  hub.faults.next('secondary-limit-403', { operation: 'issues/list-comments' })
  hub.faults.next('error-502', { operation: 'issues/list-comments' })
  hub.faults.next('rate-limit-429', { operation: 'issues/create-comment' })
  hub.faults.next('lost-answer', { operation: 'issues/create-comment' })
  const { log } = await act(number, { events: 'events.ndjson' })
  expect(log).toContain('trying again in')
  expect(hub.world.comments.filter((one) => one.pull === number)).toHaveLength(1)
})

test('a token that may not write fails no run', async () => {
  const number = await propose('fork', { 'detections/tool.yml': rule('tool and not  admin') })
  const { ok, log } = await act(number, { 'github-token': 'ghs_none' })
  expect(ok).toBe(true)
  expect(log).toContain('::warning title=Trapline::The comment could not be written')
  expect(log).not.toContain('ghs_none')
})

test('findings go to code scanning where asked for', async () => {
  const number = await propose('scan', {
    'detections/tool.yml': rule('tool').replace('level: high', 'level: High'),
  })
  const { log } = await act(number, { 'code-scanning': 'true', comment: 'false' })
  expect(log).toContain('code scanning: upload')
  const upload = hub.world.sarifs[0]!
  const { runs: found } = upload.sarif as { runs: { results: { ruleId: string }[] }[] }
  expect(found).toHaveLength(1)
  expect(found[0]!.results.length).toBeGreaterThan(0)
  expect(upload.ref).toBe(`refs/pull/${number}/merge`)
})

test('inputs are data: none of them is run', async () => {
  const number = await propose('inject', { 'detections/tool.yml': rule('tool and not admin ') })
  const evil = join(folder, 'evil')
  const inputs = { 'fail-on': `$(touch ${evil})`, days: `1; touch ${evil}`, link: '`id`' }
  const { ok } = await act(number, inputs)
  expect(ok).toBe(false)
  expect(await Bun.file(evil).exists()).toBe(false)
})

test('no step has an expression in its script', async () => {
  const { runs: action } = Bun.YAML.parse(await Bun.file(join(ACTION, 'action.yml')).text()) as {
    runs: { steps: { run: string }[] }
  }
  for (const { run } of action.steps) expect(run).not.toContain('${{')
})
