// The kernels against the matcher of events: long texts, many values, many kinds of lines.
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createFlatMatcher } from '../../ci/flat-matches.ts'
import { normalise } from '../../parsers/normalise.ts'
import { compileMatcher, type MatcherRule } from '../eval/matcher.ts'
import type { Expr, Test } from '../ir/expr.ts'

const NOW = Date.UTC(2026, 10, 22)
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC', classify: false }

const field = (name: string, test: Test): Expr => ({
  kind: 'match',
  target: { scope: 'field', name },
  test,
})
const contains = (name: string, value: string): Expr =>
  field(name, { kind: 'contains', value, cased: false })
const rule = (expr: Expr): MatcherRule => ({ id: 'r', logsource: {}, expr })

/** Matches lines of one body where they stand. */
function matchLines(rules: readonly MatcherRule[], lines: readonly string[]) {
  const { match } = createFlatMatcher(compileMatcher(rules), OPTIONS)
  const bytes = Buffer.from(`${lines.join('\n')}\n`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let start = 0
  return lines.map((line) => {
    const end = start + Buffer.byteLength(line)
    const found = match(bytes, view, start, end)
    start = end + 1
    return found
  })
}

const letters = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', '\\', '"', '.', ' ', '1'),
  maxLength: 12,
})
/** Texts around the lengths from which on they are walked in two and four parts. */
const long = fc
  .tuple(letters, fc.constantFrom('', 'ab1.', 'b.A"'), fc.nat(200), letters)
  .map(([before, unit, times, behind]) => before + unit.repeat(times) + behind)
const kind = fc.constantFrom('equals', 'startswith', 'endswith', 'contains')

test('literals are found at both ends, across parts and behind escapes', () => {
  const literals = fc.uniqueArray(
    fc.tuple(
      kind,
      letters.filter((text) => text !== ''),
    ),
    { minLength: 1, maxLength: 12, selector: ([one, text]) => `${one} ${text.toLowerCase()}` },
  )
  fc.assert(
    fc.property(literals, fc.array(long, { minLength: 1, maxLength: 4 }), (some, texts) => {
      const rules = some.map(([of, value]) =>
        rule(field('a', { kind: of, value, cased: false } as Test)),
      )
      const plain = compileMatcher(rules)
      const lines = texts.map((a) => JSON.stringify({ a, product: 'p' }))
      expect(matchLines(rules, lines)).toEqual(
        lines.map((line) => [...plain.match(normalise(line, OPTIONS))]),
      )
    }),
    { numRuns: 300 },
  )
}, 60_000)

describe('what is remembered', () => {
  test('stays right when more different lines come than it has room for', () => {
    const tokens = Array.from({ length: 17 }, (_, i) => `token${String.fromCharCode(0x61 + i)}.`)
    const rules = tokens.map((token) => rule(contains('a', token)))
    const lines = Array.from({ length: 1 << 17 }, (_, bits) => {
      const own = tokens.filter((_, i) => (bits >> i) & 1)
      return `{"product":"p","a":"${own.join('')}"}`
    })
    const found = matchLines(rules, lines)
    const wrong = found.filter(
      (matched, bits) => matched?.reduce((sum, i) => sum | (1 << i), 0) !== bits,
    )
    expect(wrong).toEqual([])
  }, 60_000)

  test('stays right over ever new log sources, whose kinds of lines are planned anew', () => {
    const rules = [rule(contains('a', 'evil')), rule(contains('b', 'worse'))]
    const lines = Array.from({ length: 20_000 }, (_, i) =>
      JSON.stringify({ product: `p${i % 3_000}`, a: i % 2 ? 'evil' : '', b: i % 3 ? '' : 'worse' }),
    )
    const found = matchLines(rules, lines)
    const expected = lines.map((_, i) => [...(i % 2 ? [0] : []), ...(i % 3 ? [] : [1])])
    expect(found).toEqual(expected)
  })
})

describe('a run of lines', () => {
  test.each([
    [60, 20_000],
    [17_000, 1_400],
  ])('gives all matches of %p rules on %p lines', (count, times) => {
    const rules = Array.from({ length: count }, () => rule(contains('a', 'evil')))
    const { matchLines } = createFlatMatcher(compileMatcher(rules), OPTIONS)
    const bytes = Buffer.from('{"a":"evil","b":1}\n{"a":"good","b":1}\n'.repeat(times / 2))
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const found = new Uint32Array(times)
    const taken = matchLines(bytes, view, 0, bytes.length, (matched, index) => {
      found[index]! += matched.length
    })
    expect(taken).toEqual({ lines: times, next: bytes.length })
    expect(found).toEqual(Uint32Array.from({ length: times }, (_, i) => (i % 2 ? 0 : count)))
  })

  test('goes on where the window on its bytes ends', () => {
    const { matchLines } = createFlatMatcher(compileMatcher([rule(contains('a', 'evil'))]), OPTIONS)
    const lines = Array.from({ length: 3_000 }, (_, i) =>
      JSON.stringify({ a: `${'x'.repeat((i * 7919) % 3_000)}${i % 3 ? '' : 'evil'}` }),
    )
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const found: number[] = []
    const taken = matchLines(bytes, view, 0, bytes.length, (_, index) => found.push(index))
    expect(taken).toEqual({ lines: lines.length, next: bytes.length })
    expect(found).toEqual([...lines.keys()].filter((i) => i % 3 === 0))
  })
})

test('a line that sets more atoms than there is room for is left to its event', () => {
  const rules = Array.from({ length: 40 }, (_, i) => rule(contains('a', 'b'.repeat(i + 2))))
  const lines = [60_000, 1_000].map((times) => JSON.stringify({ a: 'b'.repeat(times) }))
  const [large, small] = matchLines(rules, lines)
  expect(large).toBeUndefined()
  expect(small).toHaveLength(rules.length)
})
