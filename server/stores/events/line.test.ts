import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Event } from '../../../parsers/event.ts'
import { parseJsonText } from '../../../parsers/json-text.ts'
import type { Fields } from '../../../sigma/event.ts'
import { formatId } from './id.ts'
import { decodeLine, encodeLine, jsonOffset } from './line.ts'

const TIME = Date.UTC(2026, 10, 21, 12)

function event(over: Partial<Event>): Event {
  return {
    id: '20261121-000000000007',
    time: TIME,
    ingested: TIME + 5,
    source: 'app',
    parser: 'json',
    logsource: { category: [], service: [], closed: false },
    pivots: {},
    message: '',
    fields: {},
    raw: '',
    ...over,
  }
}

const fromRaw = (raw: string): Event =>
  event({ raw, fields: parseJsonText(raw) as Fields, fieldsAreRaw: true })

describe('a line gives back its event', () => {
  test.each([
    ['nothing but defaults', event({})],
    [
      'every part set',
      event({
        logsource: { product: 'windows', category: ['a', 'b'], service: ['c'], closed: true },
        pivots: { host: 'h"1', src_port: 22, dst_port: 0, url: 'http://x/\\?a=1' },
        message: 'two\nlines and a \u0000 NUL',
        fields: { 'a.b': [1, 'x', null, { c: true }], '': 'empty name' },
        raw: '<13>raw\r\ntext \u{1f600}',
        error: { code: 'bad', message: 'why "j":' },
      }),
    ],
    ['keys that look like the line itself', event({ fields: { j: ',"j":{', f: ',"f":{' } })],
    [
      'a product called undefined',
      event({ logsource: { ...event({}).logsource, product: 'undefined' } }),
    ],
    ['raw JSON', fromRaw('{"a":1,"b":{"c":[true,null]}}')],
    ["raw JSON with the store's keys", fromRaw('{"j":{"f":1},"f":2,"i":",\\"j\\":"}')],
    ['raw JSON with spaces at both ends', fromRaw('  {"a" : 1 }\r')],
    ['raw JSON with newlines', fromRaw('{\n"a":1\n}')],
    [
      'numbers beyond doubles',
      fromRaw('{"a":-9223372036854775808,"b":1e400,"c":0.10000000000000000001}'),
    ],
    ['negative zero', fromRaw('{"a":-0}')],
    ['escaped lone surrogates', fromRaw('{"a":"\\ud800 \\udc00","b":"\\ud83d\\ude00"}')],
    ['duplicate keys', fromRaw('{"a":1,"a":2}')],
    ['a field named __proto__', fromRaw('{"__proto__":{"x":1},"constructor":2}')],
  ])('%s', (_, given) => {
    const line = encodeLine(given, 7)
    expect(line).not.toContain('\n')
    const back = decodeLine(line)
    if (given.raw.includes('\n')) delete (given as { fieldsAreRaw?: boolean }).fieldsAreRaw
    expect(back).toEqual(given)
    expect(JSON.stringify(back.fields)).toBe(JSON.stringify(given.fields))
  })

  test('any JSON object kept verbatim', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
        const given = fromRaw(JSON.stringify(value))
        expect(decodeLine(encodeLine(given, 7))).toEqual(given)
      }),
    )
  })

  test('any text in any part', () => {
    const text = fc.string({ unit: 'binary' }).map((s) => s.toWellFormed())
    fc.assert(
      fc.property(text, text, text, text, (a, b, c, d) => {
        const given = event({
          source: a,
          message: b,
          fields: { [c]: [d] },
          raw: d,
          pivots: { user: a },
        })
        const line = encodeLine(given, 7)
        expect(line).not.toContain('\n')
        expect(decodeLine(line)).toEqual(given)
      }),
    )
  })
})

test('raw JSON stands in the line byte for byte', () => {
  const raw = '{ "a" : 1.50 }'
  const line = encodeLine(fromRaw(raw), 1)
  expect(line.slice(jsonOffset(line), -1)).toBe(raw)
})

test('the id comes from the day of the event time and the number', () => {
  const line = encodeLine(event({ time: TIME }), 9_007_199_254_740_991)
  expect(decodeLine(line).id).toBe(formatId('20261121', 9_007_199_254_740_991))
})

test('text that is no line is a SyntaxError', () => {
  expect(() => decodeLine('{"i":1')).toThrow(SyntaxError)
})
