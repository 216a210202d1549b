import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { lokiBinaryEvents, lokiJsonEvents } from './loki.ts'
import { otlpBinaryEvents, otlpJsonEvents } from './otlp.ts'
import { WireError } from './protobuf.ts'
import { unsnappy } from './snappy.ts'
import {
  bytesField,
  doubleField,
  fixedField,
  numberField,
  packed,
  textField,
} from './wire.samples.ts'

const objects = (texts: readonly string[]) => texts.map((text) => JSON.parse(text))
const TIME = '1795255872345000000'

describe('OTLP', () => {
  const attribute = (key: string, value: object) => ({ key, value })
  const REQUEST = {
    resourceLogs: [
      {
        resource: {
          attributes: [
            attribute('service.name', { stringValue: 'shop' }),
            attribute('host.name', { stringValue: 'web1' }),
          ],
        },
        scopeLogs: [
          {
            scope: { name: 'lib' },
            logRecords: [
              {
                timeUnixNano: TIME,
                severityNumber: 17,
                body: { stringValue: 'disk is full' },
                traceId: '5b8e',
                attributes: [
                  attribute('n', { intValue: '12' }),
                  attribute('big', { intValue: '9223372036854775807' }),
                  attribute('ratio', { doubleValue: 0.5 }),
                  attribute('ok', { boolValue: false }),
                  attribute('list', { arrayValue: { values: [{ stringValue: 'a' }] } }),
                ],
              },
              { body: { kvlistValue: { values: [attribute('eventName', { stringValue: 'x' })] } } },
            ],
          },
        ],
      },
    ],
  }
  const EXPECTED = {
    message: 'disk is full',
    timestamp: TIME,
    severity: 'error',
    host: 'web1',
    source: 'shop',
    fields: {
      trace_id: '5b8e',
      'service.name': 'shop',
      'host.name': 'web1',
      n: 12,
      big: '9223372036854775807',
      ratio: 0.5,
      ok: false,
      list: ['a'],
    },
  }

  test('JSON: a text is a line, an object is the event', () => {
    const [line, object] = objects(otlpJsonEvents(JSON.stringify(REQUEST)))
    expect(line).toEqual(EXPECTED)
    expect(object).toMatchObject({ eventName: 'x', host: 'web1', source: 'shop' })
  })

  test('Protocol Buffers say the same', () => {
    const pair = (key: string, value: Uint8Array) =>
      bytesField(6, textField(1, key), bytesField(2, value))
    const shared = (key: string, value: string) =>
      bytesField(1, textField(1, key), bytesField(2, textField(1, value)))
    const record = bytesField(
      2,
      fixedField(1, BigInt(TIME)),
      numberField(2, 17n),
      bytesField(5, textField(1, 'disk is full')),
      bytesField(9, Uint8Array.of(0x5b, 0x8e)),
      pair('n', numberField(3, 12n)),
      pair('big', numberField(3, 9_223_372_036_854_775_807n)),
      pair('ratio', doubleField(4, 0.5)),
      pair('ok', numberField(2, 0n)),
      pair('list', bytesField(5, bytesField(1, textField(1, 'a')))),
    )
    const resource = bytesField(1, shared('service.name', 'shop'), shared('host.name', 'web1'))
    const request = bytesField(1, resource, bytesField(2, record))
    expect(objects(otlpBinaryEvents(request))).toEqual([EXPECTED])
  })

  test.each(['', 'text', '[]', '{"resourceLogs":{}}'])('%j is no request', (text) => {
    expect(() => otlpJsonEvents(text)).toThrow(WireError)
  })
})

describe('Loki', () => {
  const EXPECTED = [
    {
      message: 'a line',
      timestamp: TIME,
      host: 'web"1',
      source: 'nginx',
      fields: { job: 'nginx', host: 'web"1', trace: 't' },
    },
  ]

  test('JSON: labels, lines, structured metadata', () => {
    const stream = { job: 'nginx', host: 'web"1' }
    const body = { streams: [{ stream, values: [[TIME, 'a line', { trace: 't' }]] }] }
    expect(objects(lokiJsonEvents(JSON.stringify(body)))).toEqual(EXPECTED)
  })

  test('Protocol Buffers in Snappy say the same', () => {
    const entry = bytesField(
      2,
      bytesField(1, numberField(1, 1_795_255_872n), numberField(2, 345_000_000n)),
      textField(2, 'a line'),
      bytesField(3, textField(1, 'trace'), textField(2, 't')),
    )
    const push = bytesField(1, textField(1, '{job="nginx", host="web\\"1"}'), entry)
    const events = lokiBinaryEvents(unsnappy(packed(push), 1024))
    expect(objects(events)).toEqual(EXPECTED)
  })

  test.each(['{}', '{"streams":[{"values":[["1"]]}]}', '{"streams":[{"values":[[1,"a"]]}]}'])(
    '%s is no push',
    (text) => {
      expect(() => lokiJsonEvents(text)).toThrow(WireError)
    },
  )
})

describe('Snappy', () => {
  const text = (bytes: readonly number[]) =>
    new TextDecoder().decode(unsnappy(Uint8Array.from(bytes), 1024))

  test('literals and copies that overlap what they write', () => {
    // Length 12, literal `ab`, then a copy of 10 bytes from 2 back.
    expect(text([12, 0x04, 0x61, 0x62, 0x19, 0x02])).toBe('abababababab')
    expect(text([8, 0x04, 0x61, 0x62, 0x16, 0x02, 0x00])).toBe('abababab')
  })

  test.each([
    ['no length', []],
    ['a length over the limit', [0xff, 0xff, 0x7f]],
    ['a copy from before the start', [8, 0x04, 0x61, 0x62, 0x19, 0x03]],
    ['a literal that ends early', [8, 0x1c, 0x61]],
    ['less than was promised', [8, 0x00, 0x61]],
  ])('%s is refused', (_, bytes) => {
    expect(() => text(bytes)).toThrow(WireError)
  })
})

test('any bytes are a request or a named error, never anything else', () => {
  const readers = [
    otlpBinaryEvents,
    lokiBinaryEvents,
    (bytes: Uint8Array) => lokiBinaryEvents(unsnappy(bytes, 4096)),
  ]
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...readers), (bytes, read) => {
      try {
        expect(read(bytes)).toBeArray()
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
    }),
    { numRuns: 2000 },
  )
})
