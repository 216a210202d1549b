import { expect, test } from 'bun:test'
import type { Fields, FieldValue } from '../../sigma/event.ts'
import type { Attribute, Node } from './nodes.ts'
import { PLANNED_VALUES_MAX, type Plan } from './plan.ts'
import { createEvtxReader } from './reader.ts'
import { renderNodes } from './render.ts'
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

test('a record of more values than are planned is read whole', () => {
  const names = Array.from({ length: PLANNED_VALUES_MAX + 1 }, (_, index) => `n${index}`)
  const data = Object.fromEntries(names.map((name) => [name, textValue(`${name}!`)]))
  const [event] = eventsOf([{ id: 1, data }])
  expect(event?.EventData).toEqual(Object.fromEntries(names.map((name) => [name, `${name}!`])))
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

const NAME_AT = 0x100
const OTHER_AT = 0x200

/** Binary XML inside a value: elements of the name that stands at an offset, with a text. */
function fragment(...parts: readonly (number | string)[]): Buffer {
  const text = (value: string) => [5, 1, value.length, 0, ...Buffer.from(value, 'utf16le')]
  const bytes = parts.flatMap((part) =>
    typeof part === 'string'
      ? text(part)
      : [1, 0, 0, 0, 0, part & 0xff, part >> 8, 0, 0, 2, ...text('inner'), 4],
  )
  return Buffer.from([0x0f, 1, 1, 0, ...bytes, 0])
}

/** `<Event xmlns="x"><A>outer</A>` and what is in the value, its members planned or read node by node. */
function eventAround(inner: Buffer, isPlanned: boolean, isBare = false): FieldValue | undefined {
  const element = (
    name: string,
    children: readonly Node[],
    attributes: readonly Attribute[] = [],
  ) => ({
    ...{ kind: 'element' as const, name, dataName: undefined, attributes, constant: undefined },
    children,
  })
  const hole: Node = { kind: 'substitution', index: 0, optional: true }
  const content = isBare
    ? [element('Event', [hole])]
    : [element('Event', [element('A', ['outer']), hole], [{ name: 'xmlns', parts: ['x'] }])]
  const bytes = Buffer.concat([Buffer.from([inner.length, 0, TYPE.binaryXml, 0]), inner])
  const unfit: Plan = { kinds: new Uint16Array(9), root: undefined, nodes: 0, units: 0 }
  const template = { content, size: 0, plans: isPlanned ? [] : new Array<Plan>(8).fill(unfit) }
  const name = (text: string) => ({ text, size: 0, sure: true })
  const names = new Map([
    [NAME_AT, name('A')],
    [OTHER_AT, name('B')],
  ])
  const instance: Node = { kind: 'instance', template, values: { heads: 0, starts: [4] } }
  return renderNodes({ bytes, names, templates: new Map() }, [instance]).Event
}

const xmlns = { '#attributes': { xmlns: 'x' } }
test.each([
  ['another element', fragment(OTHER_AT), { ...xmlns, A: 'outer', B: 'inner' }],
  ['the same element', fragment(NAME_AT), { ...xmlns, A: ['outer', 'inner'] }],
  [
    'both, twice',
    fragment(OTHER_AT, NAME_AT, OTHER_AT, NAME_AT),
    {
      ...{ ...xmlns, A: ['outer', 'inner', 'inner'], B: ['inner', 'inner'] },
    },
  ],
  ['text', fragment('words'), { ...xmlns, A: 'outer', '#text': 'words' }],
  [
    'text and an element',
    fragment('words', OTHER_AT),
    {
      ...{ ...xmlns, A: 'outer', B: 'inner', '#text': 'words' },
    },
  ],
  ['nothing', fragment(), { ...xmlns, A: 'outer' }],
  ['no bytes', Buffer.alloc(0), { ...xmlns, A: 'outer' }],
])('binary XML in a value, planned or not: %s', (_name, inner, expected) => {
  expect(eventAround(inner, true)).toEqual(expected)
  expect(JSON.stringify(eventAround(inner, true))).toBe(JSON.stringify(eventAround(inner, false)))
})

test.each([
  ['nothing', fragment(), null],
  ['text', fragment('words'), 'words'],
])('binary XML as all that an element holds: %s', (_name, inner, expected) => {
  for (const isPlanned of [true, false]) {
    expect(eventAround(inner, isPlanned, true)).toEqual(expected)
  }
})
