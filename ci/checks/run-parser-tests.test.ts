import { describe, expect, test } from 'bun:test'
import { compileMapping } from '../../parsers/mapping/compile.ts'
import { loadParserContent } from '../../parsers/mapping/load.ts'
import { MAPPED } from '../../parsers/table.ts'
import { PIVOTS } from '../../sigma/event.ts'
import schema from '../../sigma/schema/parser-tests.schema.json' with { type: 'json' }
import { type ParserTest, parseParserTests } from './parser-test-file.ts'
import { runParserTest } from './run-parser-tests.ts'
import { checkSchema } from './schema.ts'

const LINE = 'Nov 20 10:11:12 gate sshd[9]: Failed password for anna from 203.0.113.7 port 22 ssh2'
const run = (test: Omit<ParserTest, 'name'>, table?: string) =>
  runParserTest({ name: 't', ...test }, table, {}).map(({ path, message }) => [
    path.join('.'),
    message,
  ])

describe('what a line becomes is compared', () => {
  test('nothing differs', () => {
    const expected = {
      parser: 'linux_auth',
      time: '2025-11-20T10:11:12+00:00',
      logsource: { product: 'linux', service: ['sshd', 'auth', 'syslog'] },
      columns: { user: 'anna', src_port: 22, domain: null },
    }
    expect(run({ raw: LINE, expect: expected })).toEqual([])
    expect(
      run({ raw: LINE, time_zone: 'Asia/Tokyo', expect: { time: '2025-11-20T01:11:12Z' } }),
    ).toEqual([])
  })

  test.each<[ParserTest['expect'], string, string]>([
    [{ parser: 'nginx' }, 'expect.parser', 'expected parser nginx, got linux_auth'],
    [
      { time: '2026-11-20T10:11:12Z' },
      'expect.time',
      'time: expected "2026-11-20T10:11:12Z", got "2025-11-20T10:11:12.000Z"',
    ],
    [
      { message: 'x' },
      'expect.message',
      'message: expected x, got "Failed password for anna from 203.0.113.7 port 22 ssh2"',
    ],
    [
      { logsource: { product: 'unix' } },
      'expect.logsource.product',
      'logsource.product: expected unix, got linux',
    ],
    [
      { logsource: { service: 'cron' } },
      'expect.logsource.service',
      'logsource.service: expected cron, got ["sshd","auth","syslog"]',
    ],
    [
      { logsource: { service: ['auth'] } },
      'expect.logsource.service',
      'logsource.service: expected ["auth"], got ["sshd","auth","syslog"]',
    ],
    [
      { columns: { src_port: '22' } },
      'expect.columns.src_port',
      'columns.src_port: expected "22", got 22',
    ],
    [
      { columns: { user: null } },
      'expect.columns.user',
      'columns.user: expected nothing, got anna',
    ],
    [{ fields: { nobody: 1 } }, 'expect.fields.nobody', 'fields.nobody: expected 1, got nothing'],
  ])('%j', (expected, path, message) => {
    expect(run({ raw: LINE, expect: expected })).toEqual([[path, message]])
  })

  test('fields are found as rules find them', () => {
    const json = {
      eventType: 'x',
      published: 'y',
      actor: { alternateId: 'a' },
      list: [{ v: 1 }, { v: 2 }],
    }
    const fields = { 'actor.alternateId': 'a', 'list.v': [1, 2], actor: { alternateId: 'a' } }
    expect(run({ json, source: 'okta', expect: { fields } }, 'okta')).toEqual([])
  })

  test('without a source the table has to recognise it', () => {
    expect(run({ raw: '{"a":1}' }, 'okta')).toEqual([['raw', 'expected parser okta, got json']])
  })

  test('columns are named above', () => {
    const header = ['version srcaddr dstaddr log-status']
    const expected = { columns: { src_ip: '203.0.113.7' } }
    const raw = '3 203.0.113.7 10.0.0.9 OK'
    expect(run({ raw, header, expect: expected }, 'aws_vpcflow')).toEqual([])
  })

  test('the tables at hand are used', () => {
    const mapping = compileMapping({
      ...{ name: 'okta', title: 'o', product: 'okta', recognise: [{ has: ['k'] }] },
      ...{ logsources: [{ service: ['okta'] }], pivots: { user: ['k'] } },
    })
    const parsers = { mappings: new Map([['okta', mapping]]) }
    const own = { name: 't', json: { k: 'anna' }, expect: { columns: { user: 'anna' } } }
    expect(runParserTest(own, 'okta', parsers)).toEqual([])
  })
})

test('schema and reader know the same columns, and agree on what is a test', () => {
  const { columns } = schema.properties.tests.items.properties.expect.properties
  expect(Object.keys(columns.properties).sort()).toEqual([...PIVOTS].sort())
  const path = 'parsers/mappings/okta.test.yml'
  const texts: readonly (readonly [string, boolean])[] = [
    ['tests: [{name: a, raw: x}]', true],
    ['tests: [{name: a, json: {a: 1}, source: okta, expect: {columns: {user: null}}}]', true],
    ['tests: [{name: a, raw: x, expect: {logsource: {service: [a, b], category: c}}}]', true],
    ['tests: []', false],
    ['tests: [{name: a}]', false],
    ['tests: [{name: a, raw: x, json: {}}]', false],
    ['tests: [{name: a, raw: x, expect: {columns: {usr: b}}}]', false],
    ['tests: [{name: a, raw: x, expect: {columns: {user: [b]}}}]', false],
    ['tests: [{name: a, raw: x, more: 1}]', false],
  ]
  for (const [text, isRight] of texts) {
    expect([text, checkSchema({ path, text }).length === 0]).toEqual([text, isRight])
    expect([text, parseParserTests(text, path).diagnostics.length === 0]).toEqual([text, isRight])
  }
})

test('the table, the patterns and the tests that the guide shows are right', async () => {
  const guide = await Bun.file(new URL('../../docs/parsers.md', import.meta.url)).text()
  const [table = '', patterns = '', tests = ''] = guide
    .split('```yaml\n')
    .slice(1)
    .map((block) => block.split('```')[0]!)
  const files = [
    { path: 'parsers/mappings/okta.yml', text: table },
    { path: 'parsers/severity.yml', text: patterns },
  ]
  const content = loadParserContent(files, MAPPED)
  const parsed = parseParserTests(tests, 'parsers/mappings/okta.test.yml')
  expect(parsed.diagnostics).toEqual([])
  expect(parsed.tests.flatMap((one) => runParserTest(one, 'okta', content))).toEqual([])
  expect(parsed.tests).not.toEqual([])
})
