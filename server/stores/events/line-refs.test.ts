import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Event } from '../../../parsers/event.ts'
import { parseJsonText } from '../../../parsers/json-text.ts'
import { normalise } from '../../../parsers/normalise.ts'
import type { Fields, Pivots } from '../../../sigma/event.ts'
import { formatId } from './id.ts'
import { decodeLine, encodeLine } from './line.ts'

const TIME = Date.UTC(2026, 10, 21, 12)

function jsonEvent(raw: string, pivots: Pivots, message = ''): Event {
  return {
    id: formatId('20261121', 1),
    time: TIME,
    ingested: TIME,
    source: 'app',
    parser: 'json',
    logsource: { category: [], service: [], closed: false },
    pivots,
    message,
    fields: parseJsonText(raw) as Fields,
    raw,
    fieldsAreRaw: true,
  }
}

test('pivots and the message that are fields stand in the line once', () => {
  const raw = '{"host":"web-1","who":"anna","message":"signed in","src_port":443}'
  const given = jsonEvent(raw, { host: 'web-1', user: 'anna', src_port: 443 }, 'signed in')
  const line = encodeLine(given, 1)
  expect(line.split('web-1').length - 1).toBe(1)
  expect(line.split('anna').length - 1).toBe(1)
  expect(line.split('signed in').length - 1).toBe(1)
  expect(decodeLine(line)).toEqual(given)
})

test.each([
  ['an escape that JSON.stringify would not write', '{"host":"w\\u0065b","path":"a\\/b"}', 'web'],
  ['an escaped backslash before a letter', '{"host":"C:\\\\users"}', 'C:\\users'],
  [
    'a number whose digits are kept as text',
    '{"host":-9223372036854775808}',
    '-9223372036854775808',
  ],
  ['a text of digits', '{"host":"9223372036854775808"}', '9223372036854775808'],
  ['two keys of one name', '{"host":"a","host":"b"}', 'b'],
  ['a field called like a method', '{"constructor":"x"}', 'x'],
  ['a field called __proto__', '{"__proto__":"x"}', 'x'],
])('%s comes back', (_, raw, host) => {
  const given = jsonEvent(raw, { host }, host)
  expect(decodeLine(encodeLine(given, 1))).toEqual(given)
})

test('a number written as text is not mistaken for the text of a number', () => {
  const line = encodeLine(
    jsonEvent('{"host":-9223372036854775808}', { host: '-9223372036854775808' }),
    1,
  )
  expect(line).not.toContain('"w"')
})

test('events of one source that differ in what they have come back one after another', () => {
  const text = fc.constantFrom('a', 'b', '1', '10.0.0.1', '', 'ü', 'C:\\users', '"')
  const object = fc.dictionary(fc.constantFrom('host', 'user', 'message', 'x', 'url'), text)
  const pivots = fc.dictionary(fc.constantFrom('host', 'user', 'url', 'hash'), text)
  fc.assert(
    fc.property(fc.array(fc.tuple(object, pivots, text), { maxLength: 20 }), (all) => {
      for (const [fields, some, message] of all) {
        const given = jsonEvent(JSON.stringify(fields), some as Pivots, message)
        expect(decodeLine(encodeLine(given, 1))).toEqual(given)
      }
    }),
  )
})

test('what the JSON parser finds comes back', () => {
  const raw =
    '{"host":{"name":"web-1"},"user":"Anna","src_ip":"10.0.0.1","msg":"hello","level":"error"}'
  const found = normalise(raw, { now: TIME, received: TIME, timeZone: 'UTC' })
  const given: Event = { ...found, id: formatId('20261121', 1) }
  const { pivots, message, fields } = decodeLine(encodeLine(given, 1))
  expect({ pivots, message, fields }).toEqual({
    pivots: given.pivots,
    message: given.message,
    fields: given.fields,
  })
})
