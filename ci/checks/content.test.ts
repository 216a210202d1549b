import { describe, expect, test } from 'bun:test'
import { checkContent, stopsRunning } from './content.ts'

const RULE = `title: Base
name: base
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|endswith: /sh}
    condition: selection
`

function correlation(body: string): string {
  return `${RULE}---
title: Many
correlation:
    rules: [base]
    group-by: [User]
    timespan: 5m
${body}`
}

function stopping(text: string) {
  return checkContent([{ path: 'rules/a.yml', text }], { today: '2026-11-22' })
    .filter(stopsRunning)
    .map(({ code, line }) => `${code} ${line}`)
}

describe('what cannot run is named, whatever else is said of its line', () => {
  test.each([
    ['    type: event_count\n    condition: gte 3\n', ['correlation-invalid 14']],
    ['    type: value_count\n    condition: {gte: 3}\n', ['correlation-field-missing 14']],
    ['    type: event_count\n    condition: {gte: 3, field: [a]}\n', ['correlation-invalid 14']],
    ['    type: temporal\n    condition: base and other\n', ['unknown-selection 14']],
    [
      '    type: temporal_ordered\n    condition: not base\n',
      ['correlation-condition-unsupported 14'],
    ],
  ])('%j', (body, codes) => {
    expect(stopping(correlation(body))).toEqual(codes)
  })
})

test('what a rule runs with all the same is said once, and is no error', () => {
  const odd =
    'status: draft\nauthor: [a, b]\nreferences: https://example.org\ntags: [foo]\nfalsepositives: [{Foo: bar}]\n'
  const found = checkContent([{ path: 'rules/a.yml', text: RULE + odd }], { today: '2026-11-22' })
  const own = found.filter(({ line, severity }) => line > 6 && severity !== 'info')
  expect(own.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
    'warning unknown-status',
    'warning metadata-type',
    'warning expected-list',
    'warning tag-format',
    'warning metadata-type',
  ])
  expect(found.filter(stopsRunning)).toEqual([])
})
