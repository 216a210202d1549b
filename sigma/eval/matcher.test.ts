import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Fields, SigmaEvent } from '../event.ts'
import type { Expr, Test } from '../ir/expr.ts'
import { event as anyEvent, expr as anyExpr, logsource as anyLogSource } from './arbitraries.ts'
import { evaluate } from './evaluate.ts'
import { compileMatcher } from './matcher.ts'
import { compilePredicate } from './predicate.ts'
import { ruleAccepts } from './routing.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 1_000)

function eventOf(fields: Fields, rest: Partial<SigmaEvent> = {}): SigmaEvent {
  return {
    time: 0,
    source: '',
    logsource: { category: [], service: [], closed: false },
    pivots: {},
    message: '',
    fields,
    raw: '',
    ...rest,
  }
}

const on = (name: string, test: Test): Expr => ({
  kind: 'match',
  target: { scope: 'field', name },
  test,
})
const contains = (name: string, value: string) =>
  on(name, { kind: 'contains', value, cased: false })
const rule = (expr: Expr, logsource = {}) => ({ id: 'r', logsource, expr })

describe('the matcher', () => {
  test('gives the answers of the reference evaluator, with and without memo and routing', () => {
    const rules = fc.array(
      fc.record({ id: fc.constant('r'), logsource: anyLogSource, expr: anyExpr }),
      {
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(rules, fc.array(anyEvent, { minLength: 1, maxLength: 4 }), (set, events) => {
        const variants = [
          { matcher: compileMatcher(set), routing: true },
          { matcher: compileMatcher(set, { memo: false }), routing: true },
          { matcher: compileMatcher(set, { routing: false }), routing: false },
        ]
        for (const event of [...events, ...events]) {
          const all = set.map((_, index) => index).filter((i) => evaluate(set[i]!.expr, event))
          for (const { matcher, routing } of variants) {
            const expected = all.filter(
              (i) => !routing || ruleAccepts(set[i]!.logsource, event.logsource),
            )
            expect(matcher.match(event)).toEqual(expected)
          }
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('finds every literal that stands in a value, overlapping and nested ones too', () => {
    const texts = ['he', 'she', 'his', 'hers', 'e', 'shers']
    const matcher = compileMatcher(texts.map((text) => rule(contains('f', text))))
    expect(matcher.match(eventOf({ f: 'uSHErs' }))).toEqual([0, 1, 3, 4, 5])
  })

  test('looks at values with characters beyond ASCII in both automata', () => {
    const matcher = compileMatcher(
      ['kelvin', 'οδοσ', '\u2013x', 'plain'].map((text) => rule(contains('f', text))),
    )
    expect(matcher.match(eventOf({ f: 'plain \u212AELVIN ΟΔΟΣ \u2013X' }))).toEqual([0, 1, 2, 3])
  })

  test('reads own properties only', () => {
    const matcher = compileMatcher(
      ['constructor', '__proto__', 'toString', 'a.constructor.name'].map((name) =>
        rule(on(name, { kind: 'exists', value: true })),
      ),
    )
    expect(matcher.match(eventOf({ a: {} }))).toEqual([])
    const own = JSON.parse('{"__proto__":"x","constructor":1,"toString":[0]}') as Fields
    expect(matcher.match(eventOf(own))).toEqual([0, 1, 2])
  })

  test('a rule that only denies runs on every event', () => {
    const matcher = compileMatcher([rule({ kind: 'not', arg: contains('f', 'x') })])
    expect(matcher.match(eventOf({}))).toEqual([0])
    expect(matcher.match(eventOf({ f: 'x' }))).toEqual([])
    expect(matcher.stats()).toMatchObject({ unwitnessed: 1, candidates: 2, matches: 1 })
  })

  test('checks no rule whose witness is missing', () => {
    const matcher = compileMatcher(['abc', 'def'].map((text) => rule(contains('f', text))))
    matcher.match(eventOf({ f: 'xx def' }))
    expect(matcher.stats()).toMatchObject({ events: 1, candidates: 1, matches: 1, unwitnessed: 0 })
  })

  test('answers the same after the memo is emptied', () => {
    const matcher = compileMatcher([rule(contains('f', 'x'))])
    const event = eventOf({ f: 'axb' })
    const before = matcher.match(event)
    matcher.emptyMemo()
    expect(matcher.match(event)).toEqual(before)
  })

  test('reads values nested ten thousand levels deep', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(10_000)}"x"${'}'.repeat(10_000)}`) as Fields
    const keyword: Expr = {
      kind: 'match',
      target: { scope: 'keyword' },
      test: { kind: 'contains', value: 'X', cased: false },
    }
    expect(compileMatcher([rule(keyword)]).match(eventOf(deep))).toEqual([0])
  })
})

test('a predicate gives the answers of the reference evaluator', () => {
  fc.assert(
    fc.property(anyExpr, anyEvent, (expr, event) => {
      expect(compilePredicate(expr)(event)).toBe(evaluate(expr, event))
    }),
    { numRuns: RUNS * 3 },
  )
})
