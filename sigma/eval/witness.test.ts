import { describe, expect, test } from 'bun:test'
import type { Condition } from './atoms.ts'
import { witnessOf } from './witness.ts'

const atom = (id: number): Condition => ({ kind: 'atom', atom: id, check: undefined })
const all = (...args: Condition[]): Condition => ({ kind: 'and', args })
const any = (...args: Condition[]): Condition => ({ kind: 'or', args })
const not = (arg: Condition): Condition => ({ kind: 'not', arg })
const late = (guards: number[] | undefined): Condition => ({ kind: 'late', late: 0, guards })
const likelihoods = [0.1, 0.2, 0.3, 0.9]

describe('witnessOf', () => {
  test.each([
    ['an atom is its own', atom(2), [2]],
    ['of all, the cheapest serves', all(atom(2), atom(0), atom(1)), [0]],
    ['of any, each is needed', any(atom(2), atom(0)), [2, 0]],
    [
      'several cheap alternatives beat one likely atom',
      all(atom(3), any(atom(0), atom(1))),
      [0, 1],
    ],
    ['a denial has none', not(atom(0)), undefined],
    ['a denial beside an atom does not matter', all(not(atom(0)), atom(3)), [3]],
    ['an alternative without one leaves none', any(atom(0), not(atom(1))), undefined],
    ['denials of denials count', not(any(not(atom(0)), not(atom(1)))), [0]],
    ['not all is any not', not(all(not(atom(0)), not(atom(1)))), [0, 1]],
    ['a late test has its guards', late([1, 2]), [1, 2]],
    ['a late test without guards has none', late(undefined), undefined],
    ['what never holds needs nothing', { kind: 'const', value: false }, []],
    ['what always holds has none', { kind: 'const', value: true }, undefined],
    ['what never holds adds nothing', any(atom(0), { kind: 'const', value: false }), [0]],
  ] as [string, Condition, number[] | undefined][])('%s', (_, condition, expected) => {
    expect(witnessOf(condition, (id) => likelihoods[id]!)).toEqual(expected)
  })
})
