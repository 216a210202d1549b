import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { eachWord, hasWords, isWordCode, words } from './words.ts'

describe('words', () => {
  test.each([
    ['', []],
    ['--- \\/', []],
    ['C:\\Temp\\a_b.EXE', ['c', 'temp', 'a_b', 'exe']],
    ['CamelCase2x', ['camelcase2x']],
    ['a\0b', ['a', 'b']],
    ['größe ΟΔΟΣ', ['größe', 'οδοσ']],
    ['日本語,\u{1F600}x', ['日本語', '\u{1F600}x']],
    ['\u212Aelvin', ['kelvin']],
    ['10.0.0.1', ['10', '0', '0', '1']],
  ] as [string, string[]][])('%p holds %p', (text, expected) => {
    expect(words(text)).toEqual(expected)
  })

  test('eachWord tells where a word begins', () => {
    const seen: [string, number][] = []
    eachWord('ab, CD', (word, offset) => seen.push([word, offset]))
    expect(seen).toEqual([
      ['ab', 0],
      ['cd', 4],
    ])
  })

  test('isWordCode draws the line of the tokenizer', () => {
    const inside = [...'azAZ09_é日\x80']
    const outside = [...'/:@[`{-.\0 \x7f']
    expect(inside.filter((c) => !isWordCode(c.charCodeAt(0)))).toEqual([])
    expect(outside.filter((c) => isWordCode(c.charCodeAt(0)))).toEqual([])
  })
})

describe('hasWords', () => {
  test.each([
    ['the quick-brown fox', ['quick', 'brown'], true],
    ['the QUICK   brown', ['quick', 'brown'], true],
    ['the quickest brown', ['quick'], false],
    ['requick quick', ['quick'], true],
    ['quick the brown', ['quick', 'brown'], false],
    ['quick brownie', ['quick', 'brown'], false],
    ['anything', [], true],
    ['', ['a'], false],
    ['a a b', ['a', 'b'], true],
  ] as [string, string[], boolean][])('%p has %p: %p', (text, wanted, expected) => {
    expect(hasWords(text, wanted)).toBe(expected)
  })

  test('agrees with a search in the list of words', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '-', 'É', 'é') })
    const list = fc.array(fc.constantFrom('a', 'b', 'ab', 'é', 'aé'), { maxLength: 3 })
    fc.assert(
      fc.property(text, list, (value, wanted) => {
        const all = words(value)
        const found =
          wanted.length === 0 ||
          all.some((_, start) => wanted.every((word, i) => all[start + i] === word))
        expect(hasWords(value, wanted)).toBe(found)
      }),
      { numRuns: 500 },
    )
  })
})
