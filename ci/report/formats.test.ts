import { describe, expect, test } from 'bun:test'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { FORMATS, type FormatName, formatNamed } from './formats.ts'
import type { Report } from './report.ts'

const SARIF = '../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'

const REPORT: Report = {
  command: 'check',
  findings: [
    {
      code: 'tag-duplicate',
      severity: 'warning',
      message: 'a <b> & "c" \u0001 | `d`\n100% ]]> ::error::',
      path: 'detections/odd, name: 1%/regel_ü.yml',
      line: 3,
      column: 7,
    },
    { code: 'yaml-syntax', severity: 'error', message: 'broken', path: 'b.yml' },
    { code: 'title-case', severity: 'info', message: 'note', path: 'b.yml', line: 1, column: 1 },
  ],
  tests: [
    { path: 'b.yml', rule: 'id', name: 'passes', passed: true, message: '' },
    { path: 'b.yml', rule: 'id', name: 'fails "so"', passed: false, message: 'expected no match' },
  ],
  summary: '2 files: 1 error, 1 warning, 1 note',
}
const EMPTY: Report = { command: 'lint', findings: [], tests: [], summary: '0 files: no findings' }

describe('what people of a pull request wrote', () => {
  const hostile = 'a\u001b[31m\n::error::b'
  const report: Report = {
    ...EMPTY,
    findings: [{ code: 'c', severity: 'error', message: hostile, path: 'b.yml' }],
    tests: [{ path: 'b.yml', rule: 'id', name: hostile, passed: false, message: hostile }],
  }

  test.each(['text', 'github', 'markdown'] as const)('steers no terminal as %s', (name) => {
    const written = FORMATS[name](report)
    expect(written).not.toContain('\u001b')
    expect(written.split('\n').filter((line) => line.trim().startsWith('::error::'))).toEqual([])
  })
})

describe('SARIF', () => {
  test.each([REPORT, EMPTY])('validates against the published schema', async (report) => {
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
    addFormats(ajv)
    const {
      id: _id,
      $schema: _draft,
      ...schema
    } = await Bun.file(new URL(SARIF, import.meta.url)).json()
    const validate = ajv.compile(schema)
    validate(JSON.parse(FORMATS.sarif(report)))
    expect(validate.errors).toBeNull()
  })

  test('names each rule once and points at it; a failing test is a result', () => {
    const [run] = JSON.parse(FORMATS.sarif(REPORT)).runs
    const ids = run.tool.driver.rules.map(({ id }: { id: string }) => id)
    expect(ids).toEqual(['tag-duplicate', 'test-failed', 'title-case', 'yaml-syntax'])
    for (const result of run.results) expect(ids[result.ruleIndex]).toBe(result.ruleId)
    expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
      'detections/odd%2C%20name%3A%201%25/regel_%C3%BC.yml',
    )
  })
})

describe('JUnit', () => {
  test('is XML whose counts are those of its cases', () => {
    const text = FORMATS.junit(REPORT)
    const root = Bun.XML.parse(text) as Record<string, Record<string, unknown>>
    const suites = root.testsuites!
    expect(suites['@tests']).toBe('5')
    expect(suites['@failures']).toBe('3')
    expect(text.match(/<testcase /g)).toHaveLength(5)
    expect(text.match(/<failure /g)).toHaveLength(3)
    expect(text).not.toContain('\u0001')
  })

  test('of nothing is XML too', () => {
    expect(() => Bun.XML.parse(FORMATS.junit(EMPTY))).not.toThrow()
  })
})

describe('GitHub annotations', () => {
  test('keep to their line and their properties, whatever the text says', () => {
    const lines = FORMATS.github(REPORT).trimEnd().split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[0]).toStartWith(
      '::warning file=detections/odd%2C name%3A 1%25/regel_ü.yml,line=3,col=7,',
    )
    expect(lines[0]).toContain('%0A100%25')
    expect(lines[3]).toStartWith('::error file=b.yml,title=test%3A fails')
  })
})

describe('Markdown', () => {
  test('says the verdict first and lets no finding break its table', () => {
    const text = FORMATS.markdown(REPORT)
    expect(text.split('\n')[0]).toBe('### trapline check: **failed**')
    const row = text.split('\n').find((line) => line.includes('tag-duplicate'))!
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(5)
    expect(row).toContain('&lt;b>')
  })
})

test('JSON holds findings, tests and summary', () => {
  const value = JSON.parse(FORMATS.json(REPORT))
  expect(value.findings[1]).toEqual({
    code: 'yaml-syntax',
    severity: 'error',
    message: 'broken',
    path: 'b.yml',
    line: 1,
    column: 1,
  })
  expect(value.tests).toHaveLength(2)
  expect(value.summary).toBe(REPORT.summary)
})

test('text is a line a finding, as compilers write them', () => {
  expect(FORMATS.text(REPORT)).toContain('b.yml:1:1: error: broken [yaml-syntax]')
})

test('every format ends with a newline, and no other name is one', () => {
  for (const name of Object.keys(FORMATS) as FormatName[]) {
    expect(FORMATS[name](EMPTY)).toEndWith('\n')
    expect(formatNamed(name)).toBe(name)
  }
  expect(() => formatNamed('xml')).toThrow('unknown format')
})
