import { expect, test } from 'bun:test'
import { editDistance, nearest, suggestion } from './suggest.ts'

test.each([
  ['', 'abc', 3],
  ['abc', 'abc', 0],
  ['abc', 'acb', 1],
  ['kitten', 'sitting', 3],
])('%p to %p takes %p edits', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits)
})

test.each([
  ['endswit', 'endswith'],
  ['Contains', 'contains'],
  ['contians', 'contains'],
  ['zzz', undefined],
  ['x'.repeat(100), undefined],
])('%s is near %p', (written, expected) => {
  expect(nearest(written, ['contains', 'endswith', 'all'])).toBe(expected)
})

test('suggestion reads on in a sentence', () => {
  expect(suggestion('endswit', ['endswith'])).toBe(', did you mean endswith?')
  expect(suggestion('q', ['endswith'])).toBe('')
})
