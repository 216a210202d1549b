import { expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  event as anyEvent,
  expr as anyExpr,
  logsource as anyLogSource,
} from '../sigma/eval/arbitraries.ts'
import { columnsRead } from '../sigma/eval/compiled.ts'
import { compileMatcher, createMatcher } from '../sigma/eval/matcher.ts'
import { columnsOf } from '../sigma/ir/columns.ts'
import type { LoadedRule, LoadedRules } from '../sigma/rule.ts'
import { packRuleSet, ruleSetOf, unpackRuleSet } from './rule-set.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 1_000) / 5

function loadedOf(rules: readonly Pick<LoadedRule, 'expr' | 'logsource'>[]): LoadedRules {
  return {
    rules: rules.map(
      (rule, n): LoadedRule => ({
        ...{ ...rule, id: `r${n}`, title: `Rule ${n}`, level: 'low', status: undefined, tags: [] },
        ...{ fields: [], falsepositives: [], references: [], author: undefined, date: undefined },
        ...{ description: undefined, modified: undefined, path: 'r.yml', text: '', line: 1 },
        selections: new Map([['selection', rule.expr]]),
        condition: { kind: 'selection', name: 'selection' },
        ...{ conditionText: 'selection', trapline: undefined, feedsOnly: n % 2 === 1 },
      }),
    ),
    ...{ correlations: [], filters: [], refused: [], diagnostics: [] },
  }
}

const anyRules = fc.array(fc.record({ logsource: anyLogSource, expr: anyExpr }), { maxLength: 80 })

test('a set that was packed holds the same rules, and its matcher gives the same answers', () => {
  fc.assert(
    fc.property(anyRules, fc.array(anyEvent, { maxLength: 4 }), (rules, events) => {
      const loaded = loadedOf(rules)
      const kept = unpackRuleSet(packRuleSet(ruleSetOf(loaded)))
      expect({ ...loaded, rules: kept.rules }).toEqual(loaded)
      const pairs = [{}, { memo: false }, { routing: false }].map((options) => [
        compileMatcher(loaded.rules, options),
        createMatcher(kept.compiled(), options),
      ])
      for (const event of [...events, ...events]) {
        for (const [now, then] of pairs) expect(then!.match(event)).toEqual(now!.match(event))
      }
      for (const [now, then] of pairs) expect(then!.stats()).toEqual(now!.stats())
    }),
    { numRuns: RUNS },
  )
})

test('what is printed of a rule is there without the rules', () => {
  const rules = [{ logsource: {}, expr: { kind: 'const', value: true } }] as const
  const { heads } = unpackRuleSet(packRuleSet(ruleSetOf(loadedOf(rules))))
  expect(heads).toEqual([{ id: 'r0', title: 'Rule 0', level: 'low', feedsOnly: false }])
})

test('the columns that compiled rules read are those that their expressions name', () => {
  fc.assert(
    fc.property(anyRules, (rules) => {
      const named = new Set(rules.flatMap(({ expr }) => [...columnsOf(expr)]))
      expect(columnsRead(ruleSetOf(loadedOf(rules)).compiled())).toEqual(named)
    }),
    { numRuns: RUNS },
  )
})
