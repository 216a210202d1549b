/** @jsxImportSource hono/jsx */
import { expect, test } from 'bun:test'
import { blockLines, Yaml, yamlTokens } from './yaml.tsx'

test.each([
  ['title: Suspicious Certutil', ['', 'title', ':', ' Suspicious Certutil']],
  ["    Image|endswith: '\\certutil.exe'", ['    ', 'Image|endswith', ':', " '\\certutil.exe'"]],
  ["  - 'a: b # c'", ['  - ', "'a: b # c'"]],
  ['x: 1 # why', ['', 'x', ':', ' 1', ' # why']],
  ['# all', ['', '# all']],
])('%s is split without losing a character', (line, parts) => {
  const tokens = yamlTokens(line)
  expect(tokens.map((token) => token.text)).toEqual(parts)
  expect(tokens.map((token) => token.text).join('')).toBe(line)
})

test('lines of a block scalar are text, what follows is not', () => {
  expect(blockLines(['a: |', '  b: c', '', '  d', 'e: f'])).toEqual([
    false,
    true,
    true,
    true,
    false,
  ])
})

test('a rule that holds HTML shows it', () => {
  expect(String(<Yaml text="title: <script>" label="rule" />)).toContain('&lt;script&gt;')
})

test('what cannot be seen is shown as its escape', () => {
  const shown = String(<Yaml text={'a: b\u202ec\u001b\n\td: e'} label="rule" />)
  expect(shown).toContain('b\\u202ec\\x1b')
  expect(shown).toContain('\t')
})
