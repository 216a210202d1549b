import { expect, test } from 'bun:test'
import { parseQuery } from '../../../../query/query.ts'
import { createGroupDocs } from './group-docs.ts'
import { createQuestions, exactJson } from './questions.ts'

const exprOf = (text: string) => parseQuery(text).expr

test('the same expression is the same question, another one is not', () => {
  const { ask } = createQuestions(createGroupDocs())
  const first = ask(exprOf('user:alice powershell'))
  expect(ask(exprOf('user:alice powershell'))).toBe(first)
  expect(ask(exprOf('user:alice not powershell'))).not.toBe(first)
  expect(ask(undefined)).not.toBe(first)
  expect(ask(undefined)).toBe(ask(undefined))
})

test('what takes too much memory is forgotten, the longest unused first', () => {
  const { ask } = createQuestions(createGroupDocs(), 100)
  const [one, two, three] = ['one', 'two', 'three'].map((word) => {
    const question = ask(exprOf(word))
    question.lookups.keptBytes = 40
    return question
  })
  expect(ask(exprOf('two'))).toBe(two!)
  expect(ask(exprOf('three'))).toBe(three!)
  expect(ask(exprOf('one'))).not.toBe(one!)
})

test('with no memory every question is a new one', () => {
  const { ask } = createQuestions(createGroupDocs(), 0)
  expect(ask(exprOf('word'))).not.toBe(ask(exprOf('word')))
})

test('a very long question is not remembered', () => {
  const { ask } = createQuestions(createGroupDocs())
  const indicators = Array.from({ length: 5_000 }, (_, n) => exprOf(`indicator${n}`)!)
  const long = { kind: 'or', args: indicators } as const
  expect(ask(long)).not.toBe(ask(long))
})

const APART: readonly (readonly [unknown, unknown])[] = [
  [0, -0],
  [Number.NaN, null],
  [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  [1n, 1],
  [9_007_199_254_740_993n, 9_007_199_254_740_992n],
  ['1', 1],
]

test.each(APART)('%p and %p have other texts', (one, other) => {
  expect(exactJson({ value: one })).not.toBe(exactJson({ value: other }))
})
