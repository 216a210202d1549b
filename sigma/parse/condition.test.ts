import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Condition } from '../rule.ts'
import { parseCondition, selectionsOf } from './condition.ts'
import { CONDITION_DEPTH_MAX, CONDITION_UNITS_MAX } from './limits.ts'

const NAMES = ['sel', 'sel_a', 'sel_b', 'filter-x', '_hidden', 'all', 'f.1']

/** The condition as an s-expression. */
function show(condition: Condition): string {
  switch (condition.kind) {
    case 'selection':
      return condition.name
    case 'not':
      return `(not ${show(condition.arg)})`
    case 'of':
      return `(${condition.quantity} ${condition.names.join(' ')})`
    default:
      return `(${condition.kind} ${condition.args.map(show).join(' ')})`
  }
}

function parsed(text: string): string {
  const outcome = parseCondition(text, NAMES)
  return 'condition' in outcome ? show(outcome.condition) : outcome.problem.code
}

describe('parseCondition', () => {
  test.each([
    ['sel', 'sel'],
    ['  sel  ', 'sel'],
    ['(sel)', 'sel'],
    ['sel and sel_a', '(and sel sel_a)'],
    ['sel AND NOT sel_a', '(and sel (not sel_a))'],
    ['sel or sel_a and sel_b', '(or sel (and sel_a sel_b))'],
    ['(sel or sel_a) and sel_b', '(and (or sel sel_a) sel_b)'],
    ['not sel and sel_a', '(and (not sel) sel_a)'],
    ['not (sel and sel_a)', '(not (and sel sel_a))'],
    ['not not sel', '(not (not sel))'],
    ['not 1 of sel_*', '(not (1 sel_a sel_b))'],
    ['1 of sel*', '(1 sel sel_a sel_b)'],
    ['any of sel*', '(1 sel sel_a sel_b)'],
    ['All Of sel*', '(all sel sel_a sel_b)'],
    ['2 of sel*', '(2 sel sel_a sel_b)'],
    ['1 of *_b', '(1 sel_b)'],
    ['1 of sel', '(1 sel)'],
    ['1 of them', '(1 sel sel_a sel_b filter-x all f.1)'],
    ['all of _*', '(all _hidden)'],
    ['sel and all', '(and sel all)'],
    ['filter-x', 'filter-x'],
    ['f.1', 'f.1'],
    ['sel and(sel_a)', '(and sel sel_a)'],
  ])('%s', (text, expected) => {
    expect(parsed(text)).toBe(expected)
  })

  test.each([
    ['', 'condition-empty'],
    ['   ', 'condition-empty'],
    ['sel and', 'condition-syntax'],
    ['and sel', 'condition-syntax'],
    ['sel sel_a', 'condition-syntax'],
    ['(sel', 'condition-syntax'],
    ['sel)', 'condition-syntax'],
    ['()', 'condition-syntax'],
    ['not', 'condition-syntax'],
    ['1 of', 'condition-syntax'],
    ['0 of sel*', 'condition-syntax'],
    ['some of sel*', 'condition-syntax'],
    ['1 of (sel*)', 'condition-syntax'],
    ['Sel', 'unknown-selection'],
    ['sel*', 'unknown-selection'],
    ['1 of nothing*', 'pattern-matches-nothing'],
    ['4 of sel*', 'pattern-matches-nothing'],
    ['sel | count() > 5', 'aggregation-unsupported'],
    [`${'('.repeat(CONDITION_DEPTH_MAX + 1)}sel`, 'condition-too-deep'],
    [`${'not '.repeat(CONDITION_DEPTH_MAX + 1)}sel`, 'condition-too-deep'],
    ['s'.repeat(CONDITION_UNITS_MAX + 1), 'condition-too-long'],
  ])('%p is refused as %s', (text, code) => {
    expect(parsed(text)).toBe(code)
  })

  test('a problem says what was expected, where, and what was perhaps meant', () => {
    const problem = (text: string) => {
      const outcome = parseCondition(text, NAMES)
      return 'problem' in outcome ? outcome.problem : undefined
    }
    expect(problem('sel and (sel_a')).toEqual({
      code: 'condition-syntax',
      message: 'expected ")", found the end',
      offset: 14,
    })
    expect(problem('sel and sle_b')).toMatchObject({
      message: 'there is no selection "sle_b", did you mean sel_b?',
      offset: 8,
    })
  })

  test('never throws, and what it accepts reads known selections only', () => {
    const token = fc.constantFrom(
      'sel',
      'sel_a',
      'and',
      'or',
      'not',
      '(',
      ')',
      '1',
      'of',
      'them',
      '|',
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const outcome = parseCondition(tokens.join(' '), NAMES)
        if ('problem' in outcome) return
        for (const name of selectionsOf(outcome.condition)) expect(NAMES).toContain(name)
      }),
      { numRuns: 3000 },
    )
  })
})
