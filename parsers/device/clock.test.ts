import { expect, test } from 'bun:test'
import { timeWithOffset, utcTimeAt } from './clock.ts'

test.each([
  ['2026-11-20 time=10:11:12', Date.UTC(2026, 10, 20, 10, 11, 12)],
  ['2026-11-20 time=24:00:00', Date.UTC(2026, 10, 21)],
  ['2026-02-29 time=10:11:12', undefined],
  ['2026-11-20 time=10:61:12', undefined],
  ['2026/11/20 time=10:11:12', undefined],
  ['2026-11-20 time=10: 11:12', undefined],
  ['2026-11-2\u0660 time=10:11:12', undefined],
  ['2026-11-20 time=10:11', undefined],
])('%s is the time %p', (text, expected) => {
  expect(utcTimeAt(text, 0, text.indexOf('=') + 1)).toBe(expected as number)
})

test.each([
  ['+0200', -7_200_000],
  ['-0530', 19_800_000],
  ['02000', undefined],
  ['+02', undefined],
  ['+2:00', undefined],
])('an offset of %s changes a time by %p', (text, expected) => {
  expect(timeWithOffset(0, text, 0)).toBe(expected as number)
})
