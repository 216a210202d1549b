import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { wordAt } from './words.ts'

test('a word is the part of the text that it was asked for, whatever was kept before', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', 'b', '=', 'é', '\u3000', '9'),
    maxLength: 40,
  })
  fc.assert(
    fc.property(texts, fc.nat(40), fc.nat(40), (text, from, length) => {
      const start = Math.min(from, text.length)
      const end = Math.min(start + length, text.length)
      expect(wordAt(text, start, end)).toBe(text.slice(start, end))
    }),
    { numRuns: 2000 },
  )
})
