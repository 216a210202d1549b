import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { parseRegex } from './parse.ts'
import { runTest } from './run.ts'

const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', '1', '\n', 'é', '😀'),
  maxLength: 12,
})

test.each([
  ['.{3,}', ''],
  ['.{3,}', 's'],
  ['.{3,5}', ''],
  ['[ab]{2}', ''],
  ['[ab]{2,}', 'i'],
  ['[^a]{4,}', ''],
  ['\\w+', ''],
  ['[é😀]{2,}', ''],
])('%s with %p holds where RE2 finds it', (pattern, flags) => {
  const run = runTest(parseRegex(pattern, flags)!)!
  const re2 = RE2JS.compile(
    pattern,
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (flags.includes('s') ? RE2JS.DOTALL : 0),
  )
  fc.assert(
    fc.property(texts, (text) => {
      expect(run(text)).toBe(re2.test(text))
    }),
    { numRuns: 500 },
  )
})

test.each(['a{0,3}', 'ab', '^.{3,}', '.{3,}x', '(?:ab){2,}'])('%s is no run', (pattern) => {
  expect(runTest(parseRegex(pattern, '')!)).toBeUndefined()
})
