import { expect, test } from 'bun:test'
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { createEvtxReader } from './reader.ts'
import { hexValue, type SampleRecord, type SampleValue, sampleLog, textValue } from './sample.ts'
import { ARRAY, TYPE } from './values.ts'

function eventsOf(records: readonly SampleRecord[]): readonly Fields[] {
  const reader = createEvtxReader()
  return [...reader.push(sampleLog(records)), ...reader.end()].map((item) => {
    if (item.kind !== 'record') throw new Error(item.message)
    return item.event.Event as Fields
  })
}

/** `EventData` of records, one for each value, that all have the same template. */
function dataOf(name: string, values: readonly SampleValue[]): readonly FieldValue[] {
  return eventsOf(
    values.map((value) => ({ id: 7, data: { [name]: value, kept: textValue('k') } })),
  ).map(({ EventData: data }) => JSON.stringify(data).replaceAll(name, 'NAME'))
}

const BYTES = [
  ...['', '00', '0100', '05000000', '0102030405060708'],
  '01 02 000000000005 20000000 20020000',
]
const VALUES: readonly SampleValue[] = [
  ...Object.values(TYPE).filter((type) => type !== TYPE.binaryXml),
  ...[TYPE.string, TYPE.uint16, TYPE.sid, TYPE.guid].map((type) => type | ARRAY),
].flatMap((type) => BYTES.map((hex) => hexValue(type, hex)))

test('a value is the same whether its kind came early and was planned, or late and was not', () => {
  const forward = dataOf('first', VALUES)
  const backward = dataOf('other', VALUES.toReversed())
  expect(backward.toReversed()).toEqual([...forward])
})

test('a value that was there before is the same the second time', () => {
  const [first, second] = [dataOf('again', VALUES), dataOf('again', VALUES)]
  expect(second).toEqual([...first])
})

test('templates of one GUID that differ are kept apart, however many there are', () => {
  const records = Array.from({ length: 12 }, (_, index) => ({
    id: index,
    data: { [`name${index}`]: textValue(`value ${index}`), same: textValue('s') },
  }))
  for (const _round of [1, 2]) {
    expect(eventsOf(records).map(({ EventData: data }) => data)).toEqual(
      records.map((_, index) => ({ [`name${index}`]: `value ${index}`, same: 's' })),
    )
  }
})

test('data that repeats becomes a list, also where its kinds were seen before', () => {
  const record = { id: 1, data: {}, unnamed: [textValue('a'), textValue('b')] }
  for (const event of eventsOf([record, record])) {
    expect(event.EventData).toEqual({ Data: ['a', 'b'] })
  }
})

test('values of the same bytes and different types, and of the same start, are told apart', () => {
  const long = `${'a'.repeat(90)}`
  const values = [
    ...[hexValue(TYPE.guid, '00'.repeat(16)), hexValue(TYPE.hex64, '00'.repeat(8))],
    ...[textValue(`${long}b`), textValue(`${long}c`), textValue(`${long}`), textValue('a')],
    ...[
      hexValue(TYPE.string, '6100'),
      hexValue(TYPE.ansiString, '61'),
      hexValue(TYPE.string, '610062'),
    ],
  ]
  expect(dataOf('told', values).map((text) => JSON.parse(String(text)).NAME)).toEqual([
    '{00000000-0000-0000-0000-000000000000}',
    '0x0',
    ...[`${long}b`, `${long}c`, long, 'a', 'a', 'a', 'a'],
  ])
})
