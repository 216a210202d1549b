// Tests of parsers as they are called: files, formats, exit codes, what only a change reaches.
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { checkContent } from '../server/releases/check.ts'

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)

const TRAPLINE = resolve(import.meta.dir, 'trapline.ts')
const TABLE = `name: okta
title: Okta as we log it
product: okta
recognise: [{ has: [kind, at] }]
logsources: [{ service: [okta] }]
time: [at]
message: [kind]
pivots: { user: [who], src_ip: [{ path: from, form: address }] }
fields: { eventType: [kind] }
`
const TESTS = `tests:
    - name: sign-in
      json: {kind: login, at: '2026-11-20T10:11:12Z', who: anna, from: '203.0.113.7:443'}
      expect:
          logsource: {product: okta, service: okta}
          columns: {user: anna, src_ip: 203.0.113.7}
          fields: {eventType: login, absent: null}
`
const RULE = `title: Sign-in of root
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
status: test
logsource: {product: okta, service: okta}
detection: {selection: {eventType: login}, condition: selection}
level: low
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-parser-tests-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

function call(...args: readonly string[]) {
  const run = Bun.spawnSync([process.execPath, TRAPLINE, ...args], { cwd: folder })
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() }
}

const OWN = {
  'parsers/mappings/okta.yml': TABLE,
  'parsers/mappings/okta.test.yml': TESTS,
}

test('the content’s own table is tested, alone and with its rules', () => {
  write(OWN)
  expect(call('test')).toMatchObject({ code: 0, err: '' })
  write({ 'detections/root.yml': RULE })
  const all = call('test')
  expect([all.code, all.out]).toEqual([0, expect.stringContaining('1 of 1 parser: 0 failed')])
  expect(call('test', 'detections').out).not.toContain('parser')
  expect(call('test', 'parsers/mappings/okta.test.yml').out).toContain('1 of 1 parser')
  expect(call('check', 'parsers').code).toBe(0)
})

describe('a table that does something else fails where that is expected, in every format', () => {
  const wrong = TABLE.replace('user: [who]', 'user: [kind]').replace('{ eventType: [kind] }', '{}')
  const message =
    'columns.user: expected anna, got login; fields.eventType: expected login, got nothing'
  test.each([
    ['text', `okta.test.yml:6: FAIL sign-in: ${message}`],
    ['json', `"message": "${message}"`],
    ['junit', `okta.test.yml:6: ${message}</failure>`],
    ['sarif', '"startLine": 6'],
    ['github', '::error file=parsers/mappings/okta.test.yml,line=6,title=test%3A sign-in::columns'],
    ['markdown', 'parsers/mappings/okta.test.yml:6 | sign-in |'],
  ])('%s', (format, expected) => {
    write({ ...OWN, 'parsers/mappings/okta.yml': wrong })
    const run = call('test', '--format', format)
    expect(run.code).toBe(1)
    expect(run.out).toContain(expected)
  })

  test('a line a test', () => {
    write({ ...OWN, 'parsers/mappings/okta.yml': wrong })
    const run = call('test', '--json')
    expect(JSON.parse(run.out)).toEqual({
      parser: 'okta',
      path: 'parsers/mappings/okta.test.yml',
      line: 6,
      test: 'sign-in',
      passed: false,
      message,
    })
  })
})

describe('files that cannot be used are named where they are wrong', () => {
  test.each([
    ['user: anna', 'usr: anna', '6:21', 'usr'],
    ['expect:', 'expects:', '4:7', 'unknown key expects'],
    ['json: {', 'raw: x\n      json: {', '2:7', 'either'],
    ["at: '2026-11-20T10:11:12Z'", 'at: [', '', ''],
    ['expect:', "expect:\n          time: '2026-11-20'", '5:17', 'ISO 8601'],
    ['tests:', 'tests:\n    - {name: sign-in, raw: x}', '3:13', 'another test is called'],
  ])('%s as %s', (from, to, place, message) => {
    write({ ...OWN, 'parsers/mappings/okta.test.yml': TESTS.replace(from, to) })
    for (const command of ['check', 'test']) {
      const run = call(command, 'parsers')
      expect([command, run.code]).toEqual([command, 2])
      if (command === 'check') expect(run.out).toContain(`okta.test.yml:${place}`)
      if (command === 'check') expect(run.out).toContain(message)
    }
  })

  test('tests of no table', () => {
    write({ 'parsers/mappings/nobody.test.yml': TESTS })
    const run = call('check', 'parsers')
    expect([run.code, run.out]).toEqual([2, expect.stringContaining('nobody.test.yml:1:1')])
    write({ 'parsers/mappings/github.test.yml': TESTS })
    expect(call('check', 'parsers/mappings/github.test.yml').code).toBe(0)
  })
})

test('severity patterns are tested by what a line comes to', () => {
  const tests = `tests:
    - {name: till, raw: 'till 4 is open', expect: {columns: {severity: high}}}
`
  write({ 'parsers/severity.yml': 'high: [till]\n', 'parsers/severity.test.yml': tests })
  expect(call('test').code).toBe(0)
  write({ 'parsers/severity.yml': 'low: [till]\n' })
  expect(call('test').out).toContain('columns.severity: expected high, got low')
})

test('after a change they run where it touched anything of parsers', () => {
  const git = (...args: readonly string[]) => {
    const own = [
      '-c',
      'user.name=t',
      '-c',
      'user.email=t@example.org',
      '-c',
      'commit.gpgsign=false',
    ]
    expect(Bun.spawnSync(['git', ...own, ...args], { cwd: folder }).exitCode).toBe(0)
  }
  write({ ...OWN, 'detections/root.yml': RULE })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'content')
  const tested = () =>
    JSON.parse(call('test', '--base', 'HEAD', '--format', 'json').out).tests.length
  expect(tested()).toBe(0)
  write({ 'parsers/mappings/okta.test.yml': `${TESTS}# more\n` })
  expect(tested()).toBe(1)
})

test('a release with a table that its tests refuse is refused', async () => {
  write({ ...OWN, 'detections/root.yml': RULE })
  expect(await checkContent(folder)).toMatchObject({
    passed: true,
    tests: { passed: 1, failed: 0 },
  })
  write({ 'parsers/mappings/okta.yml': TABLE.replace('user: [who]', 'user: [kind]') })
  const refused = await checkContent(folder)
  expect(refused).toMatchObject({ passed: false, tests: { failed: 1 } })
  expect(refused.findings).toMatchObject([
    { code: 'test-failed', path: 'parsers/mappings/okta.test.yml' },
  ])
})
