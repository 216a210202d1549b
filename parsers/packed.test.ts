import { describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { packedText, UNPACKED_BYTES_MAX } from './packed.ts'
import { recordsOf } from './records.ts'

const packed = (text: string) => gzipSync(text).toString('base64')
const TRAIL = '{"eventName":"x","eventVersion":"1.08"}'
const SUBSCRIPTION = JSON.stringify({
  messageType: 'DATA_MESSAGE',
  owner: '1',
  logGroup: 'g',
  logStream: 's',
  subscriptionFilters: ['f'],
  logEvents: [
    { id: '1', timestamp: 1, message: TRAIL },
    { id: '2', timestamp: 2, message: 'a line' },
  ],
})
const EVENTS = [TRAIL, '{"id":"2","timestamp":2,"message":"a line"}']

describe('what CloudWatch packs', () => {
  test.each([
    ['a function’s event', { awslogs: { data: packed(SUBSCRIPTION) } }, EVENTS],
    [
      'a stream’s records, as a function gets them',
      {
        Records: [
          {
            kinesis: { partitionKey: 'p', data: packed(SUBSCRIPTION) },
            eventSource: 'aws:kinesis',
          },
          {
            kinesis: { partitionKey: 'p', data: packed(SUBSCRIPTION) },
            eventSource: 'aws:kinesis',
          },
        ],
      },
      [...EVENTS, ...EVENTS],
    ],
    [
      'a delivery stream’s records',
      { records: [{ recordId: '1', data: packed(SUBSCRIPTION) }] },
      EVENTS,
    ],
    ['a delivery stream over HTTP', { data: packed(SUBSCRIPTION) }, EVENTS],
    ['lines', { data: packed('one\ntwo\n') }, ['one', 'two']],
  ])('%s', (_, document, expected) => {
    expect(recordsOf(JSON.stringify(document))).toEqual(expected)
  })

  test.each([
    ['damaged', packed(SUBSCRIPTION).slice(0, 40)],
    ['no Base64', 'H4sI*'],
    ['more than the limit', packed('a'.repeat(UNPACKED_BYTES_MAX + 1))],
    ['no text', gzipSync(Uint8Array.of(0xff, 0xfe, 0xfd)).toString('base64')],
  ])('%s stays as it came', (_, data) => {
    expect(packedText(JSON.stringify({ data }))).toBeUndefined()
    expect(recordsOf(JSON.stringify({ awslogs: { data } }))).toBeUndefined()
  })
})
