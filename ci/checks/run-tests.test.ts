import { describe, expect, test } from 'bun:test'
import { loadRules } from '../../sigma/load.ts'
import { runTest } from './run-tests.ts'

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
