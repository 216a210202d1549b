import { expect, test } from 'bun:test'
import { bytesOf, WORDS } from './term-text.samples.ts'
import { packTerms, unpackTerms } from './term-text.ts'

test.each(WORDS.map((words) => [words]))('%p are what was stored', (words) => {
  const terms = bytesOf(words)
  expect(unpackTerms(packTerms(terms)).equals(terms)).toBe(true)
})

test('buckets of one size do not leave anything to the next', () => {
  const packed = WORDS.map((words) => packTerms(bytesOf(words)))
  for (const [at, body] of packed.entries()) {
    expect(unpackTerms(body).toString()).toBe(`\n${WORDS[at]!.join('\n')}\n`)
  }
})
