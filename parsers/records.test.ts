import { describe, expect, test } from 'bun:test'
import { listStart, mayHoldRecords, recordsOf } from './records.ts'

describe('documents of many events', () => {
  test.each([
    [
      'CloudTrail',
      '{"Records":[{"a":"]}\\"{"},{"b":[1,{"c":2}]}]}',
      ['{"a":"]}\\"{"}', '{"b":[1,{"c":2}]}'],
    ],
    ['none', '{"Records":[]}', []],
    ['Azure', '{ "records": [ {"time":"t","category":"c"} ] }', ['{"time":"t","category":"c"}']],
    [
      'Workspace',
      '{"kind":"admin#reports#activities","etag":"e","items":[{"kind":"admin#reports#activity"}]}',
      ['{"kind":"admin#reports#activity"}'],
    ],
    [
      'Graph',
      '{"@odata.context":"https://x","value":[{"id":"1"}],"@odata.nextLink":"n"}',
      ['{"id":"1"}'],
    ],
    [
      'CloudWatch',
      '{"messageType":"DATA_MESSAGE","logGroup":"g","subscriptionFilters":["f"],"logEvents":[{"id":"1","timestamp":1,"message":"{\\"eventName\\":\\"x\\"}"}]}',
      ['{"eventName":"x"}'],
    ],
    ['a list', ' [{"a":[1]}, {"b":"]"}] ', ['{"a":[1]}', '{"b":"]"}']],
    [
      'OTLP',
      '{"resourceLogs":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"gate"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795169472000000000","severityText":"INFO","body":{"stringValue":"a"}},{"body":{"kvlistValue":{"values":[{"key":"n","value":{"intValue":"5"}},{"key":"l","value":{"arrayValue":{"values":[{"boolValue":true}]}}}]}}}]}]}]}',
      [
        '{"message":"a","timestamp":"1795169472000000000","severity":"INFO","host":"gate","fields":{"host.name":"gate"}}',
        '{"host":"gate","host.name":"gate","n":5,"l":[true]}',
      ],
    ],
    [
      'numbers keep their digits',
      '{"Records":[{"n":12345678901234567890}]}',
      ['{"n":12345678901234567890}'],
    ],
  ])('%s', (_, text, expected) => {
    expect(recordsOf(text)).toEqual(expected)
  })

  test.each([
    '{"items":[{"a":1}]}',
    '{"value":[{"a":1}]}',
    '{"records":[{"a":1}]}',
    '{"Records":["a"]}',
    '{"Records":[{"a":1}]',
    '{"message":"x","Records":{"a":1}}',
    '[{"Records":[]}',
    'text',
  ])('%s is one event', (text) => {
    expect(recordsOf(text)).toBeUndefined()
  })

  test('a long start is looked at once', () => {
    const text = `{${'"a":"b",'.repeat(100_000)}"Records":[{}]}`
    expect(listStart(text)).toBeUndefined()
  })
})

test.each([
  [['Records'], true],
  [['awslogs'], true],
  [['data'], true],
  [['kind', 'etag', 'items'], true],
  [['items', 'total'], false],
  [['time', 'message', 'host'], false],
  [['data', 'host'], false],
  [['value', 'metric'], false],
])('names %p may hold several events: %p', (names, expected) => {
  expect(mayHoldRecords(names)).toBe(expected)
})
