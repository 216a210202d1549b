import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { buildAutomaton, scanAscii, scanFolded } from './automaton.ts'
import { createHits } from './hits.ts'

function found(patterns: readonly string[], text: string): string[] {
  const automaton = buildAutomaton(patterns.map((pattern, atom) => ({ text: pattern, atom })))
  const hits = createHits()
  if (!scanAscii(automaton, text, hits)) {
    hits.count = 0
    scanFolded(automaton, text, hits)
  }
  const atoms = new Set(hits.atoms.subarray(0, hits.count))
  return patterns.filter((_, atom) => atoms.has(atom))
}

test('finds exactly the patterns that a text includes', () => {
  const letters = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', 'é'),
    maxLength: 12,
    minLength: 1,
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(letters, { minLength: 1, maxLength: 12 }),
      letters,
      (patterns, tail) => {
        const text = `${patterns[0]!.slice(1)}${patterns.at(-1)}${tail}`
        expect(found(patterns, text)).toEqual(patterns.filter((pattern) => text.includes(pattern)))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('an ASCII text may be of any case', () => {
  expect(found(['abcdefgh', 'bcd', '[x]'], 'xABCDEFGHx [X]')).toEqual(['abcdefgh', 'bcd', '[x]'])
})

test('a text that ends inside a pattern does not hold it', () => {
  expect(found(['abcdefgh'], 'abcdefg')).toEqual([])
})

test('a pattern is found wherever it stands in a long text', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 40 })
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 300, maxLength: 310 })
  fc.assert(
    fc.property(
      fc.uniqueArray(letters, { minLength: 1, maxLength: 12 }),
      texts,
      fc.nat(300),
      (patterns, around, at) => {
        const text = `${around.slice(0, at)}${patterns.join('')}${around.slice(at)}`
        expect(found(patterns, text)).toEqual(patterns.filter((pattern) => text.includes(pattern)))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('many patterns with long common starts are told apart', () => {
  const piece = fc.constantFrom('reg add ', 'hklm', 'x', 'y')
  const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(
      fc.uniqueArray(text, { minLength: 1, maxLength: 60 }),
      fc.array(text, { maxLength: 4 }),
      (patterns, around) => {
        const line = `${around.join('')}${patterns[0]!.slice(2)}${patterns.at(-1)}`
        expect(found(patterns, line)).toEqual(patterns.filter((pattern) => line.includes(pattern)))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('a long text beyond ASCII is noticed in either half', () => {
  for (const at of [0, 150, 151, 299, 300]) {
    const text = `${'x'.repeat(at)}é${'x'.repeat(300 - at)}needle`
    expect(found(['needle', 'é'], text)).toEqual(['needle', 'é'])
  }
})
