import { describe, expect, test } from 'bun:test'
import { loadRules } from '../../sigma/load.ts'
import { runCorrelationTest, runTest } from './run-tests.ts'

const [rule] = loadRules([
  {
    path: 'r.yml',
    text: `title: Certutil Download
id: 0a4e1c31-95a8-4a7b-9a39-6f1b8a6f5d11
logsource: {product: windows, category: process_creation}
detection:
  sel:
    Image|endswith: '\\certutil.exe'
  condition: sel
level: high
`,
  },
]).rules

const positive = { fields: { Image: 'C:\\Windows\\CERTUTIL.EXE' } }
const negative = { fields: { Image: 'C:\\Windows\\cmd.exe' } }

describe('runTest', () => {
  test.each([
    ['one match where one is expected', true, [negative, positive], true, [1]],
    ['no match where one is expected', true, [negative], false, []],
    ['no match where none is expected', false, [negative], true, []],
    ['a match where none is expected', false, [positive], false, [0]],
  ])('%s', (name, match, events, passed, matched) => {
    const result = runTest(rule!, { name, match }, events)
    expect(result.passed).toBe(passed)
    expect(result.matched).toEqual(matched)
    expect(result.message === '').toBe(passed)
  })

  test('says which log source kept an event from the rule', () => {
    const test = { name: 'x', match: true, logsource: { product: 'linux' } }
    expect(runTest(rule!, test, [positive]).message).toContain('event 0 is linux/-/-')
  })
})

const CORRELATION = `title: Guessing
id: guessing
correlation: {type: event_count, rules: [failed], group-by: [user], timespan: 1m, condition: {gte: 3}}
---
title: Failed
id: failed
logsource: {product: linux, service: auth}
detection: {s: {action: failed}, condition: s}
`

describe('runCorrelationTest', () => {
  const loaded = loadRules([{ path: 'c.yml', text: CORRELATION }])
  const failed = (offset: string, user = 'bob') => ({ offset, fields: { action: 'failed', user } })
  test.each([
    ['within the timespan', true, [failed('0s'), failed('20s'), failed('60s')], true, [2]],
    ['spread over longer', false, [failed('0s'), failed('30s'), failed('61s')], true, []],
    ['of several users', false, [failed('0s'), failed('1s', 'eve'), failed('2s')], true, []],
    ['expected but missing', true, [failed('0s'), failed('1s')], false, []],
  ])('%s', (name, match, events, passed, matched) => {
    const result = runCorrelationTest(loaded.correlations[0]!, loaded, { name, match }, events)
    expect(result.passed).toBe(passed)
    expect(result.matched).toEqual(matched)
  })
})
