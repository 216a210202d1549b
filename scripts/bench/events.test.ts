import { expect, test } from 'bun:test'
import { COMMON_WORD, EVENT_BYTES, eventBody, eventLine } from './events.ts'

test('every event is one line of 640 bytes of JSON, the same for the same number', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  for (let n = 0; n < 20_000; n++) {
    const line = eventLine(n, now)
    expect(line.length).toBe(EVENT_BYTES)
    expect(line.endsWith('"}\n')).toBe(true)
    if (n % 100 === 0) expect(JSON.parse(line).host).toMatch(/^ws-\d+$/)
  }
  expect(eventLine(7, now)).toBe(eventLine(7, now))
  expect(eventBody(5, 2, now)).toBe(eventLine(5, now) + eventLine(6, now))
})

test('a quarter of the events hold the common word', () => {
  const lines = Array.from({ length: 4_000 }, (_, n) => eventLine(n, 0))
  const share = lines.filter((line) => line.includes(`"${COMMON_WORD} `)).length / lines.length
  expect(share).toBeGreaterThan(0.2)
  expect(share).toBeLessThan(0.3)
})
