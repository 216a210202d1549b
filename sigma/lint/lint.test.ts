import { describe, expect, test } from 'bun:test'
import { ATTACK, LOG_SOURCES } from '../facts/facts.ts'
import { fixFile, fixUntilDone } from './fix.ts'
import { lint } from './lint.ts'

const facts = { attack: ATTACK, logsources: LOG_SOURCES, today: '2026-11-21', complete: false }
const RULE = `title: Whoami Started   # a comment
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
# how it began
tags:
    - attack.T1033   # ours
    -   attack.discovery
    - attack.discovery
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        CommandLine|contains:
            - 'whoami'
        Image:   '*\\whoami.exe'      # a path
    condition: selection AND selection
`

const find = (text: string) => lint([{ path: 'rule.yml', text }], { facts })
const codes = (text: string) => find(text).map(({ code }) => code)

describe('findings', () => {
  test('have the line and column of what they are about', () => {
    const found = find(RULE).find(({ code }) => code === 'tag-upper-case')
    expect(found).toMatchObject({ path: 'rule.yml', line: 5, column: 7, severity: 'warning' })
  })

  test('come by line and column', () => {
    const lines = find(RULE).map(({ line }) => line)
    expect(lines).toEqual([...lines].sort((a, b) => a - b))
  })

  test('of what cannot be read come under the same names as in loading', () => {
    expect(codes('title: [')).toContain('yaml-syntax')
    expect(codes(RULE.replace('|contains', '|contain'))).toContain('unknown-modifier')
  })
})

test('a selection that cannot be read is named, and nothing is made of the condition over it', () => {
  const text =
    'title: T\nlogsource: {product: linux}\ndetection:\n    s: {a: {b: c}}\n    t: {a: b}\n    condition: s and t\n'
  const errors = find(text).filter(({ severity }) => severity === 'error')
  expect(errors.map(({ code }) => code)).toEqual(['invalid-value'])
  expect(codes(text)).not.toContain('condition-never-matches')
})

describe('switching checks off', () => {
  test('by a comment at the end of the line', () => {
    const text = RULE.replace('# ours', '# ours # trapline-lint: disable=tag-upper-case')
    expect(codes(text)).not.toContain('tag-upper-case')
    expect(codes(text)).toContain('tag-duplicate')
  })

  test('by a comment on the line before', () => {
    const text = RULE.replace(
      '    - attack.T1033',
      '    # trapline-lint: disable=tag-upper-case\n\n    - attack.T1033',
    )
    expect(codes(text)).not.toContain('tag-upper-case')
  })

  test('for a whole file', () => {
    const text = `# trapline-lint: disable-file=tag-upper-case, tag-duplicate\n${RULE}`
    expect(codes(text)).not.toContain('tag-upper-case')
    expect(codes(text)).not.toContain('tag-duplicate')
  })

  test('all of a line, but errors', () => {
    const text = RULE.replace(
      'selection AND selection',
      'selection and slection # trapline-lint: disable=all',
    )
    expect(codes(text)).toContain('unknown-selection')
  })

  test('by configuration, and severities by configuration', () => {
    const options = {
      facts,
      disable: ['tag-upper-case'],
      severity: { 'tag-duplicate': 'error' },
    } as const
    const found = lint([{ path: 'rule.yml', text: RULE }], options)
    expect(found.map(({ code }) => code)).not.toContain('tag-upper-case')
    expect(found.find(({ code }) => code === 'tag-duplicate')?.severity).toBe('error')
  })
})

describe('fixing', () => {
  test('changes what the findings name and no other byte', () => {
    const { text, fixed } = fixUntilDone({ path: 'rule.yml', text: RULE }, ({ text }) => find(text))
    expect(fixed).toBeGreaterThanOrEqual(5)
    expect(text).toBe(`title: Whoami Started   # a comment
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
# how it began
tags:
    - attack.t1033   # ours
    -   attack.discovery
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        CommandLine|contains: 'whoami'
        Image|endswith:   '\\whoami.exe'      # a path
    condition: selection and selection
`)
  })

  test('leaves out what would change the meaning of a rule', () => {
    const [finding] = find(RULE).filter(({ code }) => code === 'tag-upper-case')
    const start = RULE.indexOf("'whoami'")
    const edits = [{ start, end: start + 8, text: "'quser'" }]
    const wrong = { ...finding!, fix: { title: 'wrong', safe: true, edits } }
    expect(fixFile({ path: 'rule.yml', text: RULE }, [wrong])).toMatchObject({
      text: RULE,
      fixed: 0,
    })
  })

  test('leaves a comment between a key and its only value alone', () => {
    const text = RULE.replace("            - 'whoami'", "            # why\n            - 'whoami'")
    const fixed = fixUntilDone({ path: 'rule.yml', text }, (file) => find(file.text))
    expect(fixed.text).toContain("            # why\n            - 'whoami'")
  })
})

describe('checks that need more than one text, or bytes that examples cannot show', () => {
  test('bytes: no final newline, a byte order mark, carriage returns, blanks at line ends', () => {
    expect(codes(RULE.trimEnd())).toContain('file-no-final-newline')
    expect(codes(`\ufeff${RULE}`)).toContain('file-byte-order-mark')
    expect(codes(RULE.replaceAll('\n', '\r\n'))).toContain('file-windows-line-ends')
    const blanks = RULE.replace('product: windows', 'product: windows  ')
    expect(find(blanks).find(({ code }) => code === 'file-trailing-blanks')).toMatchObject({
      line: 10,
      column: 21,
    })
    expect(codes(RULE)).not.toContain('file-trailing-blanks')
  })

  test('blanks at line ends of a block of text are text', () => {
    const text = RULE.replace('tags:', 'description: |\n    one  \n    two\ntags:')
    expect(codes(text)).not.toContain('file-trailing-blanks')
  })

  test('blanks of a block of text with an anchor, and those that a backslash keeps, are text', () => {
    for (const text of ['&d |\n    one  \n    two', '"one\\  \n    two"'])
      expect(codes(RULE.replace('tags:', `description: ${text}\ntags:`))).not.toContain(
        'file-trailing-blanks',
      )
  })

  test('the newline at the end is that of the other lines', () => {
    const text = RULE.replaceAll('\n', '\r\n')
    const mended = fixUntilDone({ path: 'rule.yml', text: text.slice(0, -2) }, (file) =>
      find(file.text).filter(({ code }) => code === 'file-no-final-newline'),
    )
    expect(mended.text).toBe(text)
  })

  test('nothing is mended in a file that is no UTF-8: its bytes would be others', () => {
    const text = RULE.replace('how it began', 'caf\ufffd')
    expect(codes(text)).toContain('file-not-utf-8')
    expect(fixUntilDone({ path: 'rule.yml', text }, (file) => find(file.text))).toEqual({
      ...{ path: 'rule.yml', text, fixed: 0 },
    })
  })

  test('two files of one name in two folders', () => {
    const other = RULE.replace('6f1d2c5e', '7f1d2c5e')
    const files = [
      { path: 'a/rule_one.yml', text: RULE },
      { path: 'b/rule_one.yml', text: other },
      { path: 'b/rule_two.yml', text: other },
    ]
    const found = lint(files, { facts }).filter(({ code }) => code === 'file-name-duplicate')
    expect(found.map(({ path, message }) => [path, message])).toEqual([
      ['b/rule_one.yml', 'a/rule_one.yml has this name as well'],
    ])
  })

  test('some of the events of a category narrow it, all of them do not', () => {
    const text = (ids: string) =>
      RULE.replace('process_creation', 'registry_event').replace(
        '    condition',
        `        EventID: ${ids}\n    condition`,
      )
    expect(codes(text('[12, 13, 14]'))).toContain('field-implied')
    expect(codes(text('[12, 13]'))).not.toContain('field-implied')
  })

  test('one value has one end, unless the longer of two holds the shorter', () => {
    const text = (key: string, ...values: string[]) =>
      RULE.replace(
        '    condition',
        `        ${key}:\n${values.map((value) => `            - '${value}'\n`).join('')}    condition`,
      )
    const id = 'all-of-exact-values'
    expect(codes(text('User|endswith|all', 'a', 'b'))).toContain(id)
    expect(codes(text('User|all|startswith', 'a', 'b'))).toContain(id)
    expect(codes(text('User|endswith|all', 'min', 'admin'))).not.toContain(id)
    expect(codes(text('User|contains|all', 'a', 'b'))).not.toContain(id)
  })

  test('a young rule with a test may be called stable', () => {
    const young = RULE.replace('tags:', 'status: stable\ndate: 2026-11-01\ntags:')
    const tests = {
      path: 'rule.test.yml',
      text: 'tests:\n    - {name: a, match: true, events: [{fields: {Image: x}}]}\n',
    }
    const found = (...more: { path: string; text: string }[]) =>
      lint([{ path: 'rule.yml', text: young }, ...more], { facts }).map(({ code }) => code)
    expect(found()).toContain('status-too-early')
    expect(found(tests)).not.toContain('status-too-early')
  })

  test('tests: none, or a stable rule without one of both kinds', () => {
    const complete = { ...facts, complete: true }
    const tests = (match: boolean) => ({
      path: 'rule.test.yml',
      text: `tests:\n    - {name: a, match: ${match}, events: [{fields: {Image: x}}]}\n`,
    })
    const found = (text: string, ...more: { path: string; text: string }[]) =>
      lint([{ path: 'rule.yml', text }, ...more], { facts: complete }).map(({ code }) => code)
    const stable = RULE.replace('tags:', 'status: stable\ntags:')
    expect(found(RULE)).toContain('test-missing')
    expect(found(RULE, tests(true))).not.toContain('test-missing')
    expect(found(stable, tests(true))).toContain('test-of-stable-missing')
  })

  test.each([
    'rsigma.exemplars: [{name: a, expect: match, event: {Image: x}}]',
    'Tests: [{Name: a, ExpectedResult: true, Log: {Image: x}}]',
    'regression_tests_path: regression_data/info.yml',
  ])('tests that other tools keep with a rule are tests: %s', (key) => {
    const complete = { ...facts, complete: true }
    for (const text of [`${RULE}${key}\n`, `${RULE}${key}\nstatus: stable\n`]) {
      const codes = lint([{ path: 'rule.yml', text }], { facts: complete }).map(({ code }) => code)
      for (const code of ['test-missing', 'test-of-stable-missing', 'key-unknown'])
        expect(codes).not.toContain(code)
    }
  })

  test('a field that only another log source of the product has is told where it belongs', () => {
    const text =
      RULE.replace(/detection:[\s\S]*$/, '') +
      'detection:\n    selection:\n        DestinationPort: 445\n    condition: selection\n'
    const [found] = lint([{ path: 'rule.yml', text }], { facts }).filter(
      ({ code }) => code === 'field-unknown',
    )
    expect(found?.message).toContain('category network_connection')
    expect(found?.message).toContain('have it')
  })

  test('tests of a filter: what it silences, and what it must not', () => {
    const complete = { ...facts, complete: true }
    const text = `title: Known Admin Hosts
id: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111
logsource: {product: windows}
filter:
    rules: [6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f]
    known: {host: lab}
    condition: not known
`
    const found = (...matches: boolean[]) => {
      const cases = matches.map(
        (match) =>
          `    - {name: ${match}, match: ${match}, rule: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f, events: [{fields: {host: x}}]}`,
      )
      const tests = { path: 'known.test.yml', text: `tests:\n${cases.join('\n')}\n` }
      const files = [{ path: 'known.yml', text }, ...(matches.length > 0 ? [tests] : [])]
      return lint(files, { facts: complete }).filter(({ code }) => code === 'filter-test-missing')
    }
    expect(found()).toMatchObject([{ severity: 'warning' }])
    expect(found(false)).toMatchObject([
      { message: 'has no test that it must still find (match: true)' },
    ])
    expect(found(true, false)).toEqual([])
  })

  test('hunts whose query the given language cannot read', () => {
    const hunt = {
      path: 'hunts/one.yml',
      text: 'title: One\nid: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\nquery: "(("\n',
    }
    const queryProblem = (query: string) => (query === '((' ? 'a parenthesis is open' : undefined)
    const [problem] = lint([hunt], { facts: { ...facts, queryProblem } }).filter(
      ({ severity }) => severity === 'error',
    )
    expect(problem).toMatchObject({
      code: 'hunt-query-invalid',
      line: 3,
      column: 8,
      message: 'a parenthesis is open',
    })
  })
})
