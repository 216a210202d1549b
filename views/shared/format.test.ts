import { expect, test } from 'bun:test'
import {
  formatAge,
  formatAxis,
  formatBytes,
  formatIso,
  formatShare,
  formatSpan,
  formatTook,
  visible,
} from './format.ts'

const NOW = Date.UTC(2026, 10, 21, 14, 32, 7)

test.each([
  [4_000, '4 s'],
  [17 * 60_000, '17 min'],
  [41 * 3_600_000, '41 h'],
  [72 * 3_600_000, '3 d'],
])('a span of %d ms reads %s', (span_ms, text) => {
  expect(formatSpan(span_ms)).toBe(text)
})

test('ages look both ways', () => {
  expect(formatAge(NOW - 60_000, NOW)).toBe('1 min ago')
  expect(formatAge(NOW + 60_000, NOW)).toBe('in 1 min')
})

test('a time that is no date does not throw', () => {
  expect(formatIso(1e300)).toBe('1e+300')
})

test('axis labels follow the range', () => {
  expect(formatAxis(NOW, 60_000)).toBe('14:32:07')
  expect(formatAxis(NOW, 3_600_000)).toBe('14:32')
  expect(formatAxis(NOW, 86_400_000)).toBe('21 Nov 14:32')
  expect(formatAxis(NOW, 7 * 86_400_000)).toBe('21 Nov 14:32')
})

test('sizes, shares and times taken', () => {
  expect(formatBytes(3.1 * 1024 * 1024)).toBe('3.1 MiB')
  expect(formatShare(0.0021)).toBe('0.2%')
  expect(formatTook(41.4)).toBe('41 ms')
  expect(formatTook(4100)).toBe('4.1 s')
})

test('escape sequences, overrides and zero-width characters are shown, never obeyed', () => {
  expect(visible('\u001b[31mred\u0000')).toBe('\\x1b[31mred\\x00')
  expect(visible('exe\u202etxt\u0085')).toBe('exe\\u202etxt\\x85')
  expect(visible('a\nb')).toBe('a\\nb')
  expect(visible('a\nb\tc\r', 'keep-lines')).toBe('a\nb\tc\\r')
})
