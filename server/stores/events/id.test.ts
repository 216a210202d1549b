import { expect, test } from 'bun:test'
import { compareIds, dayOf, dayStart, formatId, parseId, TIME_MAX_MS, TIME_MIN_MS } from './id.ts'

test.each([
  ['20261121', 42137, '20261121-000000042137'],
  ['20261121', 0, '20261121-000000000000'],
  ['20261121', 9_007_199_254_740_991, '20261121-9007199254740991'],
])('id of %s %d is %s and reads back', (day, number, id) => {
  expect(formatId(day, number)).toBe(id)
  expect(parseId(id)).toEqual({ day, number })
})

test.each([
  '',
  '20261121',
  '20261121-42',
  '20261121-0000000421370',
  '20261121-9007199254740992',
  'x',
])('%p is no id', (id) => {
  expect(parseId(id)).toBeUndefined()
})

test.each([
  [Date.UTC(2026, 10, 21), '20261121'],
  [Date.UTC(2026, 10, 21) - 1, '20261120'],
  [-1, '19691231'],
  [TIME_MIN_MS, '00010101'],
  [TIME_MAX_MS, '99991231'],
])('the day of %d is %s', (time, day) => {
  expect(dayOf(time)).toBe(day)
  expect(time - dayStart(day)).toBeLessThan(86_400_000)
})

test('ids order by number beyond twelve digits', () => {
  const ids = [999_999_999_999, 1_000_000_000_000, 7].map((n) => formatId('20261121', n))
  expect(ids.sort(compareIds).map((id) => parseId(id)?.number)).toEqual([
    7, 999_999_999_999, 1_000_000_000_000,
  ])
})
