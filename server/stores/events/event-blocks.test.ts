import { describe, expect, test } from 'bun:test'
import type { Event } from '../../../parsers/event.ts'
import { createLineReader } from '../../../parsers/line-event.ts'
import { normalise } from '../../../parsers/normalise.ts'
import { BLOCK_BYTES_MAX, BLOCK_EVENTS_MAX, blockLines, blockText } from './block.ts'
import { encodeEvents } from './event-blocks.ts'
import { decodeLine, encodeLine } from './line.ts'
import { encodeBlocks } from './segment.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC', source: 'json' }

const decoded = (text: string): Event => normalise(text, OPTIONS)

function undecoded(text: string): Event {
  const bytes = new TextEncoder().encode(text)
  const reader = createLineReader(['CommandLine'])
  reader.open(bytes, OPTIONS)
  return reader.read(0, bytes.length)!
}

const long = (length: number, n = 0) => `{"n":${n},"message":"${'x'.repeat(length)}"}`

describe('blocks are those of the lines of decoded events', () => {
  const texts = Array.from({ length: 600 }, (_, n) => long(20 + (n % 7), n))
  const large = [long(400_000), long(400_000), long(400_000), long(10), long(2_000_000), long(10)]
  test.each([
    ['nothing', []],
    ['one', ['{}']],
    ['hundreds', texts],
    ['large ones', large],
    ['exactly a block', texts.slice(0, BLOCK_EVENTS_MAX)],
  ])('%s', (_, given) => {
    const events = given.map(decoded)
    const expected = encodeBlocks(events.map((event, row) => encodeLine(event, 5 + row)))
    expect(encodeEvents(events, 5)).toEqual(expected)
    for (const { bytes, count, data } of expected) {
      expect(blockText(data).length).toBe(bytes)
      expect(count === 1 || bytes <= BLOCK_BYTES_MAX).toBe(true)
    }
  })
})

describe('a line of an event that was not decoded gives back its event', () => {
  test.each([
    ['plain', '{"host":"h","user":"u","message":"m","src_port":5}'],
    ['nothing named', '{"a":1}'],
    ['texts that look like numbers', '{"host":"123","message":"4"}'],
    ['an escaped slash', '{"host":"h","path":"a\\/b"}'],
    ['an escaped backslash before a slash', '{"host":"h","path":"a\\\\/b"}'],
    ['lists of one string', '{"host":["h"],"message":["m"],"a":{"b":[ "a\\/b" ]}}'],
    ['names of the store', '{"j":{"f":1},"f":2,"i":",\\"j\\":"}'],
    ['a pivot that is not its field', '{"src_ip":"[::1]","severity":"WARN"}'],
  ])('%s', (_, text) => {
    const [block] = encodeEvents([undecoded(text), decoded('{"b":"\u00e9"}'), undecoded(text)], 7)
    const lines = blockLines(block!.data)
    expect(lines.map((line) => line.slice(0, 7))).toEqual(['{"i":7,', '{"i":8,', '{"i":9,'])
    const { id, ...event } = decodeLine(lines[2]!)
    const { id: _id, ...expected } = decodeLine(encodeLine(decoded(text), 9))
    expect(event).toEqual(expected)
    expect(id).toBe('20261121-000000000009')
  })

  test('with the names of the fields that its pivots are, as one that was decoded', () => {
    const text = '{"hostname":"h","user":"u","message":"m","src_port":5}'
    const [block] = encodeEvents([undecoded(text)], 7)
    expect(blockText(block!.data)).toBe(encodeLine(decoded(text), 7))
  })
})
