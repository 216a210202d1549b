import { expect, test } from 'bun:test'
import { MAPPED } from '../table.ts'
import { checkParserFiles, parserFileKind } from './check.ts'
import { loadParserContent } from './load.ts'

const TABLE = `name: okta
title: Okta System Log
product: okta
recognise:
  - has: [eventType, published]
logsources:
  - service: [okta]
time: [published]
message: ['{displayMessage}: {outcome.reason}', displayMessage]
pivots:
  user: [actor.alternateId]
  src_ip: [{ path: client.ipAddress, form: address }]
fields:
  eventName: [eventType]
`

function findings(text: string, path = 'parsers/mappings/okta.yml') {
  return checkParserFiles([{ path, text }], MAPPED).map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  )
}

test('a whole table has no findings', () => expect(findings(TABLE)).toEqual([]))

test.each([
  ['product: okta', 'produkt: okta', '3:1 unknown key produkt'],
  ['user: [', 'usr: [', '11:3 pivots: usr is no column'],
  ['form: address', 'form: adress', '12:12 rule: form adress is none of'],
  ['path: client.ipAddress', 'pfad: client.ipAddress', '12:12 rule: unknown key pfad'],
  ['actor.alternateId', "'actor[name='", '11:10 path'],
  ['has: [eventType, published]', 'hat: [eventType]', '5:5 recognise: condition: unknown key hat'],
  ['name: okta', 'name: octa', '1:7 name: octa is none of'],
  [
    '{outcome.reason}',
    '{outcome.reason',
    '9:11 message: "{displayMessage}: {outcome.reason": a brace',
  ],
  ['time: [published]', 'time: [{ path: a }]', '8:8 time: list: no text'],
  ['title: Okta System Log\n', '', 'title: no text'],
  ['logsources:\n  - service: [okta]\n', '', 'logsources: none'],
  ['fields:', 'fields: {', ''],
])('%p as %p is found where it stands', (from, to, expected) => {
  const found = findings(TABLE.replace(from, to))
  expect(found).not.toEqual([])
  expect(found.join('\n')).toContain(expected)
})

test.each([
  ['parsers/severity.yaml', 'high: [x]\n', '1:1 is not read: call it parsers/severity.yml'],
  ['parsers/mappings/ours/okta.yml', TABLE, '1:1 is not read: move it to parsers/mappings/'],
])('%s is read by nobody, and says so', (path, text, expected) => {
  expect(findings(text, path)).toEqual([expected])
})

test('what loads is what has no finding; an error names file, line and column', () => {
  const load = (text: string) =>
    loadParserContent([{ path: 'parsers/mappings/okta.yml', text }], MAPPED)
  expect([...(load(TABLE).mappings?.keys() ?? [])]).toEqual(['okta'])
  const broken = TABLE.replace('user: [', 'usr: [').replace('product:', 'produkt:')
  expect(() => load(broken)).toThrow(
    /^parsers\/mappings\/okta\.yml:3:1: unknown key produkt.*\nparsers\/mappings\/okta\.yml:11:3: pivots: usr is no column/,
  )
})

test('two tables of one name are one too many', () => {
  const files = ['a', 'b'].map((name) => ({ path: `parsers/mappings/${name}.yml`, text: TABLE }))
  const [found, ...more] = checkParserFiles(files, MAPPED)
  expect(more).toEqual([])
  expect(found).toMatchObject({ path: 'parsers/mappings/b.yml', line: 1 })
  expect(found?.message).toContain('parsers/mappings/a.yml')
})

test.each([
  ['high: [root shell]\n', []],
  ['high: root shell\n', ['1:1 severity patterns: high is no list of phrases']],
  ['low: [a]\nhoch: [b]\n', ['2:1 severity patterns: hoch is none of']],
])('severity patterns %p', (text, expected) => {
  const found = findings(text, 'parsers/severity.yml')
  expect(found.length).toBe(expected.length)
  expected.forEach((start, index) => {
    expect(found[index]).toStartWith(start)
  })
})

test('the tables that come with Trapline have no findings', async () => {
  const folder = new URL('../mappings/', import.meta.url).pathname
  const names = [...new Bun.Glob('*.yml').scanSync(folder)].filter((n) => !n.includes('.test.'))
  const files = await Promise.all(
    names.map(async (name) => ({
      path: `parsers/mappings/${name}`,
      text: await Bun.file(folder + name).text(),
    })),
  )
  expect(files.length).toBeGreaterThan(10)
  expect(checkParserFiles(files, MAPPED)).toEqual([])
})

test.each([
  ['parsers/mappings/okta.yml', 'mapping'],
  ['content/parsers/mappings/okta.yaml', 'mapping'],
  ['parsers/severity.yml', 'severity'],
  ['parsers/mappings/okta.test.yml', 'tests'],
  ['content/parsers/severity.test.yml', 'tests'],
  ['detections/okta.test.yml', undefined],
  ['detections/parsers.yml', undefined],
  ['parsers/mappings/deep/okta.yml', 'mapping'],
] as const)('%s is %s', (path, kind) => expect(parserFileKind(path)).toBe(kind as 'mapping'))
