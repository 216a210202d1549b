import { expect, test } from 'bun:test'
import type { Condition } from './atoms.ts'
import { isLearnt, layOut, learn, learntWitnesses, startLearning } from './layout.ts'
import { witnessOf } from './witness.ts'

const atom = (id: number): Condition => ({ kind: 'atom', atom: id, check: undefined })
const both: Condition = { kind: 'and', args: [atom(0), atom(1)] }
const either: Condition = { kind: 'or', args: [atom(1), atom(2)] }
const denial: Condition = { kind: 'not', arg: atom(0) }
const guesses = [0.1, 0.5, 0.2]

test('rules lie under the atoms of their witnesses, those without one apart', () => {
  const conditions = [both, either, denial]
  const witnesses = conditions.map((condition) => witnessOf(condition, (id) => guesses[id]!))
  const { starts, ends, rules, always } = layOut([0, 1, 2], witnesses, 3)
  const under = (id: number) => [...rules.subarray(starts[id], ends[id])]
  expect([under(0), under(1), under(2)]).toEqual([[0], [1], [1]])
  expect([...always]).toEqual([2])
})

test('an atom that events set often is no witness any more', () => {
  const learning = startLearning(3)
  let lessons = 0
  for (let i = 0; i < 300; i++) if (learn(learning, Int32Array.of(0), 1)) lessons++
  expect(lessons).toBe(1)
  expect(isLearnt(learning)).toBe(false)
  const layout = layOut([0], [[0]], 3)
  expect(learntWitnesses([0], [[0]], layout, () => both, guesses, learning)).toEqual([[1]])
  for (let i = 0; i < 1_024; i++) learn(learning, Int32Array.of(0), 1)
  expect(isLearnt(learning)).toBe(true)
})

test('witnesses that no event set stay', () => {
  const learning = startLearning(3)
  for (let i = 0; i < 200; i++) learn(learning, Int32Array.of(0), 1)
  const witnesses = [[1, 2], undefined]
  const layout = layOut([1, 2], witnesses, 3)
  const conditionOf = (rule: number) => [both, either, denial][rule]!
  expect(learntWitnesses([1, 2], witnesses, layout, conditionOf, guesses, learning)).toBe(witnesses)
})
