import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { WildcardPart } from '../ir/expr.ts'
import { compileRegex, isCompiledRegex } from '../regex.ts'
import { fold } from '../text/fold.ts'
import { foldParts, parseWildcards, wildcardMatches } from '../text/wildcard.ts'
import { countDashes, DASHES, dashOffsets, dashRegex, dashVariants } from './windash.ts'

test.each([
  ['-a', [0]],
  [' /a -b', [1, 4]],
  ['a-b', []],
  ['--help', [1]],
  ['-', []],
  ['- a', []],
  ['\u2013enc', [0]],
  ['-é', [0]],
  ['é-a', []],
  ['http://x', [6]],
] as [string, number[]][])('flag dashes of %p are at %p', (literal, offsets) => {
  expect(dashOffsets(literal)).toEqual(offsets)
})

describe('dashVariants and dashRegex', () => {
  test('there are five to the power of the flags, the original among them', () => {
    const parts = parseWildcards('*-a*/b')
    expect(countDashes(parts)).toBe(2)
    expect(dashVariants(parts)).toHaveLength(25)
    expect(dashVariants(parts)).toContainEqual(parts)
  })

  test('mean the same', () => {
    const unit = fc.constantFrom('a', 'B', ' ', '.', '\\', '*', '?', ...DASHES)
    const pattern = fc.string({ unit, maxLength: 7 }).map(parseWildcards)
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '.', '\n', ...DASHES),
      maxLength: 7,
    })
    const one = (parts: readonly WildcardPart[], value: string) =>
      dashVariants(parts).some((variant) => wildcardMatches(foldParts(variant), fold(value)))
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 5 }), (parts, values) => {
        const regex = compileRegex(dashRegex(parts), 'is')
        if (!isCompiledRegex(regex)) throw new Error(regex.message)
        const literal = parts
          .map((part) => (typeof part === 'object' ? part.literal : 'x'))
          .join('')
        for (const value of [...values, literal]) expect(regex.test(value)).toBe(one(parts, value))
      }),
      { numRuns: 400 },
    )
  }, 60_000)
})
