// Commands that CI runs: all of them in every format, with --base, over a real repository.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { FORMATS, type FormatName } from '../ci/report/formats.ts'

setDefaultTimeout(60_000)
const SARIF = '../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'
const TRAPLINE = resolve(import.meta.dir, '../ci/trapline.ts')
const ID = '0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7aa'
const folder = mkdtempSync(join(tmpdir(), 'trapline-ci-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rule = (more = '', id = ID, title = 'Tool Run') => `title: ${title}
id: ${id}
status: stable
description: Somebody runs the tool by hand on a machine.
${more}tags: [attack.execution, attack.t1105]
logsource: {product: windows, category: process_creation}
detection:
    tool:
        Image|endswith: '\\tool.exe'
    condition: tool
level: high
`
const TESTS = `tests:
    - {name: by bob, match: true, events: [{fields: {Image: 'C:\\tool.exe', User: bob}}]}
    - {name: other, match: false, events: [{fields: {Image: 'C:\\other.exe'}}]}
`
const FILTER = `title: Bob May
id: 1d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7ab
logsource: {product: windows, category: process_creation}
filter:
    rules: [${ID}]
    bob:
        User: bob
    condition: not bob
`

const write = (path: string, text: string) => Bun.write(join(folder, path), text)

function command(...program: readonly string[]) {
  const env = { ...process.env, TRAPLINE_API_KEY: '' }
  const { exitCode, stdout, stderr } = Bun.spawnSync([...program], { cwd: folder, env })
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() }
}
const trapline = (...args: readonly string[]) => command(process.execPath, TRAPLINE, ...args)
const git = (...args: readonly string[]) =>
  command('git', '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args)

async function restore(): Promise<void> {
  git('clean', '-qfd')
  git('checkout', '-q', '.')
}

beforeAll(async () => {
  await write('detections/tool_run.yml', rule())
  await write('detections/tool_run.test.yml', TESTS)
  await write(
    'events.ndjson',
    '{"Image":"C:\\\\tool.exe","product":"windows","category":"process_creation"}\n',
  )
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-qm', 'first')
})

const COMMANDS = [
  ['check', []],
  ['lint', []],
  ['test', []],
  ['coverage', []],
  ['plan', ['--base', 'main']],
  ['backtest', ['--base', 'main', '--events', 'events.ndjson']],
] as const

describe.each(COMMANDS)('trapline %s', (name, args) => {
  const outputs = {} as Record<FormatName, string>
  beforeAll(async () => {
    await write('detections/tool_run.yml', rule().replace('tool.exe', 'tool2.exe'))
    for (const format of Object.keys(FORMATS) as FormatName[]) {
      const { code, out, err } = trapline(name, ...args, '--format', format)
      expect([format, code <= 1, err]).toEqual([format, true, ''])
      outputs[format] = out
    }
    await restore()
  })

  test('speaks JSON with findings and a summary', () => {
    const report = JSON.parse(outputs.json)
    expect(report).toMatchObject({
      command: name,
      findings: expect.any(Array),
      summary: expect.any(String),
    })
  })

  test('speaks SARIF that is valid', async () => {
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
    addFormats(ajv)
    const { id: _, $schema: __, ...schema } = await Bun.file(new URL(SARIF, import.meta.url)).json()
    const validate = ajv.compile(schema)
    validate(JSON.parse(outputs.sarif))
    expect(validate.errors).toBeNull()
  })

  test('speaks JUnit that a consumer reads', async () => {
    const counts = (outputs.junit.match(/<testcase /g) ?? []).length
    expect(() => Bun.XML.parse(outputs.junit)).not.toThrow()
    const python = process.env.JUNIT_PYTHON ?? 'python3'
    const script =
      'import sys,junitparser as j; x=j.JUnitXml.fromstring(sys.stdin.read()); print(sum(len(s) for s in x), x.tests)'
    if (command(python, '-c', 'import junitparser').code !== 0) {
      console.log('notice: python3 has no junitparser: only checked as XML')
      return
    }
    const child = Bun.spawnSync([python, '-c', script], { stdin: Buffer.from(outputs.junit) })
    expect(child.stdout.toString().trim()).toBe(`${counts} ${counts}`)
  })

  test('speaks Markdown, annotations and text', () => {
    expect(outputs.markdown).toStartWith('### ')
    for (const line of outputs.github.trim().split('\n').slice(0, -1))
      expect(line).toMatch(/^::(error|warning|notice) file=/)
    expect(outputs.text.trim()).not.toBe('')
  })
})

describe('trapline test --base', () => {
  test('runs nothing where nothing changed', () => {
    expect(trapline('test', '--base', 'main').out).toContain('0 tests')
  })

  test('runs the tests of a rule that a filter gives another meaning', async () => {
    await write('detections/filters/bob_may.yml', FILTER)
    const { code, out } = trapline('test', '--base', 'main', '--require', 'none')
    await restore()
    expect([code, out]).toEqual([1, expect.stringContaining('FAIL by bob')])
  })

  test('runs the tests of rules that a pipeline gives another meaning', async () => {
    const pipeline =
      'name: p\npriority: 1\ntransformations:\n    - {id: a, type: field_name_mapping, mapping: {Image: Binary}}\n'
    await write('detections/pipelines/p.yml', pipeline)
    const { code, out } = trapline('test', '--base', 'main')
    await restore()
    expect([code, out]).toEqual([1, expect.stringContaining('FAIL by bob')])
  })
})

describe('the ratchet', () => {
  const settings = (until: string) =>
    `tests:\n    require: stable\n    untested: [{path: detections/old.yml, until: ${until}}]\n`
  const OLD = rule('', '2d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7ac', 'Old Tool')
  const NEW = rule('', '3d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7ad', 'New Tool')

  test.each([
    [
      'lets an old rule wait until its day',
      '2999-01-01',
      { 'detections/old.yml': OLD },
      0,
      '0 failed',
    ],
    [
      'asks for its tests after that day',
      '2020-01-01',
      { 'detections/old.yml': OLD },
      1,
      'ran out on 2020-01-01',
    ],
    [
      'lets no new rule in without tests',
      '2999-01-01',
      { 'detections/new.yml': NEW },
      1,
      'has no test that must match',
    ],
    [
      'asks nothing of experiments',
      '2999-01-01',
      { 'detections/new.yml': NEW.replace('stable', 'experimental') },
      0,
      '0 failed',
    ],
  ])('%s', async (_, until, files, expected, text) => {
    await write('trapline.yml', settings(until))
    for (const [path, content] of Object.entries(files)) await write(path, content!)
    const { code, out } = trapline('test')
    await restore()
    expect([code, out]).toEqual([expected, expect.stringContaining(text)])
  })
})

test('trapline plan says what to compare with, and knows no other call', () => {
  expect(trapline('plan').code).toBe(3)
  expect(trapline('plan', '--base', 'main', '--server', 'http://127.0.0.1:1').code).toBe(3)
  expect(trapline('plan', '--base', 'nowhere').code).toBe(3)
  expect(trapline('plan', '--base', 'main').out).toBe('no changes against main\n')
})
