import { describe, expect, test } from 'bun:test'
import type { Yaml } from '../rule.ts'
import { YAML_BYTES_MAX, YAML_DEPTH_MAX, YAML_DOCUMENTS_MAX } from './limits.ts'
import { newReport } from './report.ts'
import { readYaml } from './yaml.ts'

const read = (text: string) => readYaml(text, () => newReport('a.yml'))
const first = (text: string) => read(text)[0]!
const codes = (text: string) => read(text).flatMap((d) => d.report.diagnostics.map((x) => x.code))

function entry(text: string, key: string): Yaml {
  const { value } = first(text)
  if (value?.kind !== 'map') throw new Error('no map')
  return value.entries.get(key)!.value
}

describe('plain scalars', () => {
  test.each([
    ['5', 'number', '5'],
    ['007', 'number', '007'],
    ['0777', 'number', '0777'],
    ['-3', 'number', '-3'],
    ['1.50', 'number', '1.50'],
    ['9007199254740993', 'string', '9007199254740993'],
    ['0x10', 'string', '0x10'],
    ['1_000', 'string', '1_000'],
    ['2024-01-05', 'string', '2024-01-05'],
    ['yes', 'string', 'yes'],
    ['true', 'boolean', 'true'],
    ['False', 'boolean', 'False'],
    ['null', 'null', 'null'],
    ['~', 'null', '~'],
    ['', 'null', ''],
    ["'5'", 'string', '5'],
    ["'true'", 'string', 'true'],
    ["''", 'string', ''],
    ["'null'", 'string', 'null'],
    ['C:\\Windows\\*', 'string', 'C:\\Windows\\*'],
    ["'\\\\*'", 'string', '\\\\*'],
    ['|-\n  5', 'string', '5'],
  ])('%s is %s', (source, kind, text) => {
    expect(entry(`key: ${source}\n`, 'key')).toMatchObject({ kind, text } as object)
  })

  test('numbers keep value and source', () => {
    expect(entry('key: 007', 'key')).toMatchObject({ value: 7, text: '007' })
  })
})

test('values and keys know their place', () => {
  const { value } = first('a: 1\nb:\n  - x\n  - yy: 2\n')
  const list = value?.kind === 'map' ? value.entries.get('b')! : undefined
  expect(list?.key).toEqual({ line: 2, column: 1 })
  expect(list?.value).toMatchObject({ kind: 'list', line: 3, column: 3 })
  const items = list?.value.kind === 'list' ? list.value.items : []
  expect(items[1]).toMatchObject({ line: 4, column: 5 })
})

test('anchors and aliases are put in', () => {
  expect(entry('a: &x [1, 2]\nb: *x\n', 'b')).toMatchObject({ kind: 'list', line: 2 })
})

test.each([
  ['own keys come first', 'a: &x {b: 1, d: 2}\nc:\n  b: 3\n  <<: *x\n', { b: '3', d: '2' }],
  [
    'then those of earlier maps',
    'a: &x {b: 1}\ny: &y {b: 2, d: 4}\nc: {<<: [*x, *y]}\n',
    { b: '1', d: '4' },
  ],
  ['a quoted << is a key', "c: {'<<': 1}\n", { '<<': '1' }],
])('merge keys: %s', (_, text, expected) => {
  const value = entry(text, 'c')
  if (value?.kind !== 'map') throw new Error('no map')
  const found = [...value.entries].map(([name, { value: one }]) => [
    name,
    'text' in one && one.text,
  ])
  expect(Object.fromEntries(found)).toEqual(expected)
})

test('a scalar that is tagged as a string is text', () => {
  expect(entry('a: !!str 0777\n', 'a')).toMatchObject({ kind: 'string', text: '0777' })
  expect(entry('a: !!str true\n', 'a')).toMatchObject({ kind: 'string', text: 'true' })
  expect(entry('a: 0777\n', 'a')).toMatchObject({ kind: 'number' })
})

test('a key named __proto__ is a key', () => {
  expect(entry('__proto__: 1\n', '__proto__')).toMatchObject({ value: 1 })
})

describe('refused with a name', () => {
  test.each([
    ['duplicate-key', 'a: 1\na: 2\n'],
    ['yaml-syntax', 'a: [1\n'],
    ['yaml-syntax', 'a: 1\n b: 2\n'],
    ['yaml-alias', 'a: *nowhere\n'],
    ['yaml-alias', 'a: &x [*x]\n'],
    ['yaml-merge-invalid', 'a: &x [1]\nc:\n  <<: *x\n'],
    ['yaml-merge-invalid', 'c: {<<: text}\n'],
    ['yaml-tag-unsupported', 'a: !thing 1\n'],
    ['yaml-key', '? [a]\n: 1\n'],
    ['yaml-too-long', 'a'.repeat(YAML_BYTES_MAX + 1)],
    ['yaml-too-deep', `${'['.repeat(YAML_DEPTH_MAX + 2)}${']'.repeat(YAML_DEPTH_MAX + 2)}`],
    ['yaml-too-many-documents', 'a: 1\n---\n'.repeat(YAML_DOCUMENTS_MAX + 2)],
  ])('%s', (code, text) => {
    expect(codes(text)).toContain(code)
  })

  test('an alias bomb', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    expect(codes(lines.join('\n'))).toEqual(['yaml-too-large'])
  })

  test('a hundred thousand open brackets', () => {
    expect(codes('['.repeat(100_000)).length).toBeGreaterThan(0)
  })
})

test('a finding names line and column', () => {
  expect(first('a: 1\nb: 2\na: 3\n').report.diagnostics[0]).toMatchObject({
    path: 'a.yml',
    line: 3,
    column: 1,
    message: 'a: already set in line 1',
  })
})

describe('text that is no YAML is answered with what to do, once a line', () => {
  const messages = (text: string) =>
    first(text).report.diagnostics.map(
      ({ line, column, message }) => `${line}:${column} ${message}`,
    )
  test.each([
    ['a:\n  b: c: d\ne: f\n', ['2:6', 'put a value that holds ": " in quotes']],
    ['a:\n\tb: c\n', ['2:1', 'use spaces']],
    ['a: %TEMP%\n', ['1:4', 'put the value in quotes']],
    ['a: @x\n', ['1:4', 'put the value in quotes']],
    ['a: "C:\\Windows\\cmd"\n', ['1:7', 'in single quotes it stands for itself']],
    ['a: *sh\n', ['1:4', "stands in quotes: '*sh'"]],
    ['a:\n    b: c\n  d: e\n', ['3:', 'begin at one column']],
  ] as const)('%j', (text, [place, advice]) => {
    const said = messages(text)
    expect(said).toHaveLength(1)
    expect(said[0]).toStartWith(place)
    expect(said[0]).toContain(advice)
  })
})

test('documents of one file are read apart, empty ones left out', () => {
  const documents = read('---\na: 1\n---\n---\nb: 2\n# end\n')
  expect(documents.map((d) => [d.line, d.text])).toEqual([
    [2, 'a: 1\n'],
    [5, 'b: 2\n# end\n'],
  ])
})
