import { expect, test } from 'bun:test'
import { parseTime } from '../time.ts'
import { usTime, usTimeAsIso } from './us.ts'

test.each([
  ['11/20/2026, 3:11:12.345 PM', '2026-11-20T15:11:12.345'],
  ['11/2/2026 12:11:12 AM', '2026-11-02T00:11:12'],
  ['1/2/2026 12:11 pm', '2026-01-02T12:11:00'],
  ['20/11/2026 3:11:12 PM', undefined],
  ['11/20/2026 13:11:12 PM', undefined],
  ['11/20/2026 3:11:12', undefined],
])('%s', (text, iso) => {
  expect(usTimeAsIso(text)).toBe(iso as string)
})

test('such times are of the zone of times without one', () => {
  const context = { now: Date.parse('2026-11-21T00:00:00Z'), timeZone: 'Europe/Berlin' }
  expect(parseTime('11/20/2026, 3:11:12 PM', context)).toBe(Date.parse('2026-11-20T14:11:12Z'))
  expect(parseTime('2/31/2026, 3:11:12 PM', context)).toBeUndefined()
})

test.each([
  ['11/20/2026, 3:11:12.345 PM', '2026-11-20T15:11:12.345Z'],
  ['11/20/2026 15:11', '2026-11-20T15:11:00Z'],
  ['11/20/2026 3:11:12 PM +02:00', '2026-11-20T13:11:12Z'],
])('%s is read where a time can be nothing else', (text, iso) => {
  expect(usTime(text, { now: 0, timeZone: 'UTC' })).toBe(Date.parse(iso))
})

test('a time with an offset is not one without a zone', () => {
  expect(usTimeAsIso('11/20/2026 3:11:12 PM Z')).toBeUndefined()
})
