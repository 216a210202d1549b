import { describe, expect, test } from 'bun:test'
import { daysOfMonth, isTimeZone, utcTime, zonedTime } from './calendar.ts'
import type { ParseContext } from './event.ts'
import { parseTime, timeAt } from './time.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const UTC: ParseContext = { now: NOW, timeZone: 'UTC' }
const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString())

describe('parseTime', () => {
  test.each([
    ['2026-07-28T11:45:48Z', '2026-07-28T11:45:48.000Z'],
    ['2026-07-28T11:45:48.8Z', '2026-07-28T11:45:48.800Z'],
    ['2026-07-28T11:45:48.862123Z', '2026-07-28T11:45:48.862Z'],
    ['2026-07-28T11:45:48.862999999Z', '2026-07-28T11:45:48.862Z'],
    ['2026-07-28T11:45:48,862+02:00', '2026-07-28T09:45:48.862Z'],
    ['2026-07-28T11:45:48-0730', '2026-07-28T19:15:48.000Z'],
    ['2026-07-28T11:45:48+02', '2026-07-28T09:45:48.000Z'],
    ['2026-07-28 11:45:48.862', '2026-07-28T11:45:48.862Z'],
    ['2026-07-28 11:45:48 -0700', '2026-07-28T18:45:48.000Z'],
    ['2026-07-28 11:45:48 UTC', '2026-07-28T11:45:48.000Z'],
    ['2026-07-28 11:45:48.862 +0000 UTC', '2026-07-28T11:45:48.862Z'],
    ['2026-07-28 11:45:48.862 +0200 CEST m=+0.012', '2026-07-28T09:45:48.862Z'],
    ['2026-07-28T11:45Z', '2026-07-28T11:45:00.000Z'],
    ['2026/07/28 11:45:48', '2026-07-28T11:45:48.000Z'],
    ['2026 Jul 28 11:45:48', '2026-07-28T11:45:48.000Z'],
    ['2026 Jul  8 11:45:48.5', '2026-07-08T11:45:48.500Z'],
    ['Tue Jul 28 11:45:48 2026 UTC', '2026-07-28T11:45:48.000Z'],
    ['2026-07-28', '2026-07-28T00:00:00.000Z'],
    ['20260728T114548Z', '2026-07-28T11:45:48.000Z'],
    ['2026-07-28T11:45:48+02:00[Europe/Berlin]', '2026-07-28T09:45:48.000Z'],
    ['10/Oct/2025:13:55:36 -0700', '2025-10-10T20:55:36.000Z'],
    ['28-Jul-2026 11:28:00.123', '2026-07-28T11:28:00.123Z'],
    ['Tue Jul 28 11:28:00 2026', '2026-07-28T11:28:00.000Z'],
    ['Tue 2026-07-28 11:28:00 CEST', '2026-07-28T09:28:00.000Z'],
    ['Jul 28, 2026 @ 11:28:00.123', '2026-07-28T11:28:00.123Z'],
    ['Tue Jul 28 11:28:00.123456 2026', '2026-07-28T11:28:00.123Z'],
    ['Tue, 28 Jul 2026 11:28:00 GMT', '2026-07-28T11:28:00.000Z'],
    ['Jul 28 11:28:41', '2026-07-28T11:28:41.000Z'],
    ['Jul  8 11:28:41', '2026-07-08T11:28:41.000Z'],
    ['Jul 8 11:28:41', '2026-07-08T11:28:41.000Z'],
    ['Jul 28 2024 11:28:41', '2024-07-28T11:28:41.000Z'],
    ['Nov 22 11:59:59', '2026-11-22T11:59:59.000Z'],
    ['Nov 22 12:00:01', '2025-11-22T12:00:01.000Z'],
    ['Feb 29 10:00:00', '2024-02-29T10:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2026-06-30T23:59:60Z', '2026-07-01T00:00:00.000Z'],
    ['1795219200', '2026-11-21T00:00:00.000Z'],
    ['1795219200.5', '2026-11-21T00:00:00.500Z'],
    ['1795219200000', '2026-11-21T00:00:00.000Z'],
    ['1795219200000000', '2026-11-21T00:00:00.000Z'],
    ['1795219200000000000', '2026-11-21T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => expect(iso(parseTime(text, UTC))).toBe(expected))

  test.each([1795219200, 1795219200.0001, 1795219200000, 1795219200000000])('number %d', (n) =>
    expect(iso(parseTime(n, UTC))).toBe('2026-11-21T00:00:00.000Z'),
  )

  test.each([
    '',
    'yesterday',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-07-28T25:00:00Z',
    '2026-07-28T11:61:00Z',
    'Jul 32 11:28:41',
    '2026 Jul 32 11:28:41',
    '2026 Foo 28 11:28:41',
    'Foo 28 11:28:41',
    '20260728',
    '1e400',
    '-',
    '2026-07-28T11:45:48Z and more',
    '1'.repeat(100_000),
  ])('%p is no time', (text) => expect(parseTime(text, UTC)).toBeUndefined())

  test('a year at new year: December seen in January belongs to the old year', () => {
    const context = { now: Date.parse('2027-01-01T00:10:00Z'), timeZone: 'UTC' }
    expect(iso(parseTime('Dec 31 23:59:59', context))).toBe('2026-12-31T23:59:59.000Z')
    const eve = { now: Date.parse('2026-12-31T23:50:00Z'), timeZone: 'UTC' }
    expect(iso(parseTime('Jan  1 00:00:05', eve))).toBe('2027-01-01T00:00:05.000Z')
  })

  test('times without a zone take the context’s, summer time included', () => {
    const berlin = { now: NOW, timeZone: 'Europe/Berlin' }
    expect(iso(parseTime('2026-07-28 11:00:00', berlin))).toBe('2026-07-28T09:00:00.000Z')
    expect(iso(parseTime('2026-01-28 11:00:00', berlin))).toBe('2026-01-28T10:00:00.000Z')
    expect(iso(parseTime('2026-01-28 11:00:00Z', berlin))).toBe('2026-01-28T11:00:00.000Z')
  })
})

describe('timeAt', () => {
  test.each([
    ['Jul 28 11:28:41 2026host sshd', 15],
    ['Jul 28 11:28:41 dist-sw03 %AAA', 15],
    ['Jul 28 11:28:41 2026 x', 20],
    ['Jul 28 2026 11:28:41: %ASA', 20],
    ['2026-07-28T11:45:48.862+02:00 host', 29],
    ['2026-07-28 11:45:48 host', 19],
  ])('%s ends at %d', (text, end) => expect(timeAt(text, 0, UTC)?.end).toBe(end))
})

describe('the calendar', () => {
  test('agrees with Date over 10,000 days in every era', () => {
    for (let day = -719_162; day < 2_932_896; day += 397) {
      const date = new Date(day * 86_400_000)
      const year = date.getUTCFullYear()
      const got = utcTime(year, date.getUTCMonth() + 1, date.getUTCDate(), 0, 0, 0, 0)
      expect(got).toBe(day * 86_400_000)
    }
  })

  test('skipped and repeated hours have one answer each', () => {
    const at = (text: string) => zonedTime(Date.parse(text), 'Europe/Berlin')
    expect(iso(at('2026-10-25T02:30:00Z'))).toBe('2026-10-25T00:30:00.000Z')
    expect(iso(at('2026-03-29T02:30:00Z'))).toBe('2026-03-29T01:30:00.000Z')
    expect(iso(at('2026-03-29T03:30:00Z'))).toBe('2026-03-29T01:30:00.000Z')
  })

  test('zones and months', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true)
    expect(isTimeZone('Mars/Olympus')).toBe(false)
    expect([1900, 2000, 2024, 2026].map((y) => daysOfMonth(y, 2))).toEqual([28, 29, 29, 28])
  })
})
