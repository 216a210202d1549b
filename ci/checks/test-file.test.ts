import { describe, expect, test } from 'bun:test'
import { TEST_FILE_LENGTH_MAX } from './shaped-yaml.ts'
import { parseTestFile } from './test-file.ts'

const parse = (text: string) => parseTestFile(text, 'r.test.yml')

describe('parseTestFile', () => {
  test('reads events as fields and as raw lines', () => {
    const file = parse(`tests:
  - name: fires
    match: true
    because: the field is there
    events:
      - fields: {Image: 'C:\\\\a.exe', EventID: 1}
      - {raw: 'Nov 20 10:00:00 h sshd[1]: x', source: linux_auth, offset: 90s}
`)
    expect(file.diagnostics).toEqual([])
    expect(file.tests).toEqual([
      {
        name: 'fires',
        match: true,
        because: 'the field is there',
        events: [
          { fields: { Image: 'C:\\\\a.exe', EventID: 1 } },
          { raw: 'Nov 20 10:00:00 h sshd[1]: x', source: 'linux_auth', offset: '90s' },
        ],
      },
    ])
  })

  test.each([
    [
      'a wrong type',
      'tests:\n  - name: a\n    match: maybe\n    events: [{fields: {}}]\n',
      'test-file-shape',
      3,
    ],
    [
      'an unknown key',
      'tests:\n  - name: a\n    match: true\n    evnts: []\n',
      'test-file-shape',
      2,
    ],
    ['neither events nor file', 'tests:\n  - {name: a, match: true}\n', 'test-file-shape', 2],
    [
      'a bad offset',
      'tests:\n  - name: a\n    match: true\n    events:\n      - {offset: soon, fields: {}}\n',
      'test-file-shape',
      5,
    ],
    ['no tests', 'tests: []\n', 'test-file-shape', 1],
    ['broken YAML', 'tests: [\n', 'test-file-yaml', 2],
    ['a duplicate key', 'tests: []\ntests: []\n', 'test-file-yaml', 2],
  ])('refuses %s with its line', (_, text, code, line) => {
    const [finding] = parse(text).diagnostics
    expect(finding).toMatchObject({ code, line, path: 'r.test.yml' })
  })

  test('refuses aliases that multiply', () => {
    const levels = Array.from(
      { length: 9 },
      (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`,
    )
    expect(parse(`a0: &a0 [x]\n${levels.join('\n')}\n`).diagnostics[0]?.code).toBe('test-file-yaml')
  })

  test('refuses a file over the limit', () => {
    expect(parse('#'.repeat(TEST_FILE_LENGTH_MAX + 1)).diagnostics[0]?.code).toBe(
      'test-file-too-long',
    )
  })
})
