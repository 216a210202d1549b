import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { WildcardPart } from '../ir/expr.ts'
import {
  compileWildcards,
  foldParts,
  formatWildcards,
  literalOf,
  literalPieces,
  parseWildcards,
  wildcardMatches,
} from './wildcard.ts'

const lit = (literal: string) => ({ literal })

describe('parseWildcards', () => {
  test.each([
    ['', []],
    ['plain', [lit('plain')]],
    ['*', ['*']],
    ['a*b?c', [lit('a'), '*', lit('b'), '?', lit('c')]],
    ['a**b', [lit('a'), '*', lit('b')]],
    ['??', ['?', '?']],
    ['\\*', [lit('*')]],
    ['\\?', [lit('?')]],
    ['\\\\*', [lit('\\'), '*']],
    ['\\\\\\*', [lit('\\*')]],
    ['C:\\Windows\\cmd.exe', [lit('C:\\Windows\\cmd.exe')]],
    ['\\\\server\\share', [lit('\\server\\share')]],
    ['\\\\\\\\server', [lit('\\\\server')]],
    ['end\\', [lit('end\\')]],
    ['*\\', ['*', lit('\\')]],
    ['\\a*', [lit('\\a'), '*']],
  ] as [string, WildcardPart[]][])('%p', (value, parts) => {
    expect(parseWildcards(value)).toEqual(parts)
  })

  test('formatWildcards writes a value that parses to the same parts', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\\', '*', '?') }), (value) => {
        const parts = parseWildcards(value)
        expect(parseWildcards(formatWildcards(parts))).toEqual(parts)
      }),
      { numRuns: 500 },
    )
  })

  test('literals: whole, pieces and folded', () => {
    expect([literalOf(parseWildcards('')), literalOf(parseWildcards('a'))]).toEqual(['', 'a'])
    expect([literalOf(parseWildcards('a*')), literalOf(parseWildcards('*'))]).toEqual([
      undefined,
      undefined,
    ])
    expect(literalPieces(parseWildcards('a*b?c'))).toEqual(['a', 'b', 'c'])
    expect(foldParts(parseWildcards('A*B'))).toEqual([lit('a'), '*', lit('b')])
  })
})

describe('wildcardMatches', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['?', '', false],
    ['?', 'a', true],
    ['?', '\u{1F600}', true],
    ['??', '\u{1F600}', false],
    ['*?', '\u{1F600}', true],
    ['*??', '\u{1F600}', false],
    ['a?', 'a\u{1F600}', true],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['*b*', 'abc', true],
    ['a*c', 'ac', true],
    ['a*a', 'a', false],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b?d*e', 'abxabcdzze', true],
    ['*.exe', 'x.exe.bak', false],
    ['*a?c*', 'xxabaacyy', true],
    ['a\nb*', 'a\nb\nc', true],
    ['\\*', 'x', false],
    ['\\*', '*', true],
  ] as [string, string, boolean][])('%p on %p: %p', (pattern, text, expected) => {
    expect(wildcardMatches(parseWildcards(pattern), text)).toBe(expected)
  })

  test('agrees with a plain recursive matcher', () => {
    const slow = (parts: readonly WildcardPart[], text: readonly string[]): boolean => {
      const [head, ...rest] = parts
      if (head === undefined) return text.length === 0
      if (head === '*') return slow(rest, text) || (text.length > 0 && slow(parts, text.slice(1)))
      if (head === '?') return text.length > 0 && slow(rest, text.slice(1))
      const size = [...head.literal].length
      return text.slice(0, size).join('') === head.literal && slow(rest, text.slice(size))
    }
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\u{1F600}') })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\u{1F600}'), maxLength: 12 })
    fc.assert(
      fc.property(pattern, text, (value, candidate) => {
        const parts = parseWildcards(value)
        expect(compileWildcards(parts)(candidate)).toBe(slow(parts, [...candidate]))
      }),
      { numRuns: 2000 },
    )
  })

  test('many stars over a long text end', () => {
    const parts = parseWildcards(`${'*a'.repeat(200)}*b`)
    expect(wildcardMatches(parts, 'a'.repeat(100_000))).toBe(false)
  })
})
