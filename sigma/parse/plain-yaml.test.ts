import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readPlainYaml } from './plain-yaml.ts'
import { newReport } from './report.ts'
import { readFullYaml } from './yaml.ts'

const full = (text: string) => readFullYaml(text, () => newReport('a.yml'))

/** What both readers must agree on when the plain one answers. */
function expectAgreement(text: string): boolean {
  const plain = readPlainYaml(text)
  if (plain === undefined) return false
  const [document, ...others] = full(text)
  expect(others).toEqual([])
  expect(document?.report.diagnostics, text).toEqual([])
  expect(document?.value, text).toEqual(plain)
  expect([document?.line, document?.column]).toEqual([plain.line, plain.column])
  expect(document?.text).toBe(text)
  return true
}

const RULE = `title: "Shell: from a web server" # really
id: 6f3e2c1a-0b7d-4d55-9c55-9d1d2d6f7a10
description: |
  First line
    deeper: line

  # not a comment
references:
    - https://example.com/a#b
    - 'it''s here' # comment
tags:
- attack.execution
# between
- attack.t1059
logsource:
    product: linux

detection:
    selection:
        - Image|endswith: /sh
          'Parent Image': -e *.x
        - CommandLine|re: '^a{2,}: #'
    keywords:
        '|all':
            - 5
            - C:\\Windows\\*
    filter:
    condition: selection and keywords
level: high
`

describe('the plain reader', () => {
  test('reads what rules are written in just as the full reader does', () => {
    expect(expectAgreement(RULE)).toBe(true)
    expect(expectAgreement(RULE.trimEnd())).toBe(true)
  })

  test.each([
    'a: [1, 2]\n',
    'a: {b: c}\n',
    'a: &x 1\n',
    'a: *x\n',
    'a: !t 1\n',
    'a: >\n  b\n',
    'a: |+\n  b\n\n',
    'a: "b\\n"\n',
    "a: 'b\n  c'\n",
    'a: b\n  c\n',
    'a: b: c\n',
    'a:\tb\n',
    'a: b\r\n',
    'a: 1\na: 2\n',
    'a: 1\n---\nb: 2\n',
    '? a\n: b\n',
    '<<: a\n',
    'a:\n  - b\n - c\n',
    'a\n',
    '',
    '# only a comment\n',
    'a: |\n  no newline at the end',
    `${Array.from({ length: 40 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')}\n`,
  ])('leaves %p to the full reader', (text) => {
    expect(readPlainYaml(text)).toBeUndefined()
  })

  test('agrees with the full reader on damaged text, or gives up', () => {
    const piece = fc.constantFrom(
      ...[':', '- ', '-', '\n', '  ', ' ', '|', "'", '"', '{', '[', '&a ', '*', '\t', '---\n'],
      ...['!', '? ', '>', '#', ' #', ': ', ':\n', '\n\n', '|-\n', "''", '\\', ',', '~', 'é', '...'],
    )
    const edit = fc.tuple(fc.nat(RULE.length), fc.nat(5), piece)
    let answered = 0
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let text = RULE
        for (const [at, cut, put] of edits) text = text.slice(0, at) + put + text.slice(at + cut)
        if (expectAgreement(text)) answered++
      }),
      { numRuns: 1500 },
    )
    expect(answered).toBeGreaterThan(150)
  }, 60_000)
})
