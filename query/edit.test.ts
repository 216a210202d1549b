import { describe, expect, test } from 'bun:test'
import { addFilter, quoteValue, removePart } from './edit.ts'
import { parseQuery } from './query.ts'

describe('quoteValue', () => {
  test.each([
    'web-1',
    'C:\\Users\\a b\\',
    'say "hi"',
    'or',
    '*',
    'a/b',
    '10.0.0.0/8',
    '',
    '🦀',
    '\\\\srv\\x',
  ])('%p is found as itself', (value) => {
    const { expr } = parseQuery(`f:${quoteValue(value)}`)
    expect(expr).toEqual({
      kind: 'match',
      target: { scope: 'auto', name: 'f' },
      test: { kind: 'equals', value, cased: false },
    })
  })
})

describe('addFilter', () => {
  test.each([
    ['', 'host', 'web', false, 'host:web'],
    ['a', 'host', 'web', true, 'a and not host:web'],
    ['a or b', 'host', 'web', false, '(a or b) and host:web'],
    ['(a or b)', 'host', 'web', false, '(a or b) and host:web'],
    ['host:web', 'host', 'web', false, 'host:web'],
    ['', 'Event ID', 5, false, '"Event ID":5'],
  ])('%p with %s %p', (query, field, value, negated, expected) => {
    expect(addFilter(query, field, value, negated)).toBe(expected)
  })
})

test('removePart takes one chip away and keeps the others', () => {
  expect(removePart('host:a and not user:b c', 1)).toBe('host:a and c')
  expect(removePart('(a or b) and c', 1)).toBe('(a or b)')
  expect(removePart('a', 0)).toBe('')
})
