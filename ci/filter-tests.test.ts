import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const TRAPLINE = resolve(import.meta.dir, 'trapline.ts')
const RULE_ID = '6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f'
const RULE = `title: Shell
id: ${RULE_ID}
status: test
logsource: {product: linux}
detection: {selection: {Image: sh}, condition: selection}
level: low
`
const FILTER = `title: Backup
id: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111
logsource: {product: linux}
filter:
    rules: [${RULE_ID}]
    selection: {User: backup}
    condition: not selection
`
const event = (image: string, user: string) => `{fields: {Image: ${image}, User: ${user}}}`
const tests = (...cases: readonly string[]) => `tests:\n${cases.join('')}`
const one = (name: string, match: boolean, events: string, rule?: string) =>
  `  - {name: ${name}, match: ${match}, events: [${events}]${rule === undefined ? '' : `, rule: ${rule}`}}\n`
const silenced = one('nightly', false, event('sh', 'backup'))
const stays = one('somebody', true, event('sh', 'eve'))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-filter-tests-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function run(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const command = [process.execPath, TRAPLINE, 'test', ...args, '--format', 'json']
  const child = Bun.spawn(command, { cwd: folder, stdout: 'pipe', stderr: 'pipe' })
  const report = JSON.parse(await new Response(child.stdout).text())
  return {
    code: await child.exited,
    failed: report.tests.filter((t: { passed: boolean }) => !t.passed),
    tests: report.tests.length,
    findings: report.findings.map(({ code, message }: Record<string, string>) => [code, message]),
  }
}
const PATHS = ['detections/shell.yml', 'detections/filters/backup.yml'] as const
const content = (text: string) => ({
  [PATHS[0]]: RULE,
  [PATHS[1]]: FILTER,
  'detections/filters/backup.test.yml': text,
})

test('a filter is tested on an event that it silences and one that it must not', async () => {
  expect(await run(content(tests(silenced, stays)))).toMatchObject({
    code: 0,
    tests: 2,
    failed: [],
  })
})

test('an event that the rule never found proves nothing', async () => {
  const done = await run(content(tests(one('calc', false, event('calc', 'backup')), stays)))
  expect(done.code).toBe(1)
  expect(done.failed[0]).toMatchObject({ name: 'calc', path: PATHS[1] })
  expect(done.failed[0].message).toContain('proves nothing')
})

test('an event that stays must stay', async () => {
  const done = await run(content(tests(silenced, one('eve', true, event('sh', 'backup')))))
  expect(done).toMatchObject({ code: 1, failed: [{ name: 'eve' }] })
})

test.each([
  ['none', 0, []],
  ['stable', 1, [['test-missing', 'has no test that it silences']]],
])('with --require %s a filter without a silenced event', async (require, code, findings) => {
  const done = await run(content(tests(stays)), '--require', require)
  expect(done).toMatchObject({ code, findings })
})

test('a filter whose rule is elsewhere is not tested, and says so', async () => {
  const { [PATHS[0]]: _, ...files } = content(tests(silenced))
  const other = RULE.replaceAll(RULE_ID, '6f1d2c5e-8a3b-4c7d-9e10-000000000000')
  const done = await run({ ...files, 'detections/other.yml': other })
  expect(done).toMatchObject({ code: 0, tests: 0 })
  expect(done.findings.map(([code]: string[]) => code)).toEqual(['filter-not-tested'])
})

test('beside a rule in one file, a test says that it is about the filter', async () => {
  const both = { 'detections/both.yml': `${RULE}---\n${FILTER}` }
  const named = one('nightly', false, event('sh', 'backup'), 'Backup')
  const stayed = one('eve', true, event('sh', 'eve'), 'Backup')
  const text = tests(named, stayed, stays)
  const done = await run({ ...both, 'detections/both.test.yml': text })
  expect(done).toMatchObject({ code: 0, tests: 3, findings: [] })
})

describe('rules of another folder', () => {
  const files = {
    'upstream/linux/shell.yml': RULE,
    'detections/filters/backup.yml': FILTER,
    'detections/filters/backup.test.yml': tests(silenced, stays),
    'detections/other.yml': RULE.replaceAll(RULE_ID, '6f1d2c5e-8a3b-4c7d-9e10-000000000000'),
  }

  test('named as beside, a filter is tested on them, and they are not tested themselves', async () => {
    const done = await run(files, 'detections', '--beside', 'upstream')
    expect(done).toMatchObject({ code: 0, tests: 2, failed: [], findings: [] })
    const broken = { ...files, 'upstream/linux/broken.yml': 'title: [' }
    const again = await run(broken, 'detections', '--beside', 'upstream')
    expect(again).toMatchObject({ code: 0, tests: 2 })
  })

  test('are known to the check', async () => {
    const check = async (...args: readonly string[]) => {
      const command = [process.execPath, TRAPLINE, 'check', '--show', 'error', ...args]
      const child = Bun.spawn([...command, '--format', 'json'], {
        ...{ cwd: folder, stdout: 'pipe', stderr: 'pipe' },
      })
      const report = JSON.parse(await new Response(child.stdout).text())
      return report.findings.map(({ code }: { code: string }) => code)
    }
    await run(files)
    expect(await check()).toEqual(['filter-rule-unknown'])
    expect(await check('--beside', 'upstream')).toEqual([])
  })

  test('a folder that is not there is a wrong call', async () => {
    const command = [process.execPath, TRAPLINE, 'check', '--beside', 'nowhere']
    await run(files)
    const child = Bun.spawn(command, { cwd: folder, stdout: 'ignore', stderr: 'pipe' })
    expect(await new Response(child.stderr).text()).toContain('--beside nowhere: ENOENT')
    expect(await child.exited).toBe(3)
  })
})
