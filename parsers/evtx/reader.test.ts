import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { type EvtxItem, readChunk } from './chunk.ts'
import { createEvtxReader, looksLikeEvtx } from './reader.ts'
import { hexValue, type SampleValue, sampleChunk, sampleLog, textValue } from './sample.ts'
import { TYPE } from './values.ts'

function read(bytes: Uint8Array, step = bytes.length): readonly EvtxItem[] {
  const reader = createEvtxReader()
  const items: EvtxItem[] = []
  for (let at = 0; at < bytes.length; at += step) {
    items.push(...reader.push(bytes.subarray(at, at + step)))
  }
  return [...items, ...reader.end()]
}
const events = (items: readonly EvtxItem[]) =>
  items.flatMap((item) => (item.kind === 'record' ? [item.event.Event as Fields] : []))
const kinds = (items: readonly EvtxItem[]) => items.map((item) => item.kind)

function shown(value: SampleValue): FieldValue | undefined {
  const [event] = events(read(sampleLog([{ id: 1, data: { x: value } }])))
  return (event?.EventData as Fields | undefined)?.x
}

describe('values', () => {
  const GUID = '0123456789ABCDEF0123456789ABCDEF'
  const SID = '01 02 000000000005 20000000 20020000'
  const TIME = '87E2EA5BA34FDA01'
  const array = (type: number) => type | 0x80
  test.each([
    ['text', textValue('a\0\0'), 'a'],
    ['empty text', textValue(''), ''],
    ['ANSI text', hexValue(TYPE.ansiString, '61E900'), 'aé'],
    ['int8', hexValue(TYPE.int8, 'FF'), -1],
    ['uint8', hexValue(TYPE.uint8, 'FF'), 255],
    ['int16', hexValue(TYPE.int16, 'FEFF'), -2],
    ['uint32', hexValue(TYPE.uint32, 'FFFFFFFF'), 4_294_967_295],
    ['int64', hexValue(TYPE.int64, 'FFFFFFFFFFFFFFFF'), -1],
    ['a long int64', hexValue(TYPE.int64, '0000000000000080'), '-9223372036854775808'],
    ['uint64', hexValue(TYPE.uint64, '0100000001000000'), 4_294_967_297],
    ['a long uint64', hexValue(TYPE.uint64, 'FFFFFFFFFFFFFFFF'), '18446744073709551615'],
    ['real32', hexValue(TYPE.real32, 'CDCCCC3D'), 0.1],
    ['real64', hexValue(TYPE.real64, '9A9999999999B93F'), 0.1],
    ['not a number', hexValue(TYPE.real64, '000000000000F87F'), 'NaN'],
    ['bool', hexValue(TYPE.bool, '00000000'), false],
    ['an irregular bool', hexValue(TYPE.bool, '00002000'), true],
    ['binary', hexValue(TYPE.binary, '00ABFF'), '00ABFF'],
    ['GUID', hexValue(TYPE.guid, GUID), '{67452301-ab89-efcd-0123-456789abcdef}'],
    ['size of 32 bits', hexValue(TYPE.size, 'EC7E0000'), '0x7eec'],
    ['size of 64 bits', hexValue(TYPE.size, '00000000 01000000'), '0x100000000'],
    ['FILETIME', hexValue(TYPE.filetime, TIME), '2024-01-25T15:30:00.1234567Z'],
    ['no FILETIME', hexValue(TYPE.filetime, 'FFFFFFFFFFFFFF7F'), '30828-09-14T02:48:05.4775807Z'],
    [
      'SYSTEMTIME',
      hexValue(TYPE.systemtime, 'EA07 0B00 0500 1400 0A00 0B00 0C00 0D00'),
      '2026-11-20T10:11:12.013Z',
    ],
    ['SID', hexValue(TYPE.sid, SID), 'S-1-5-32-544'],
    ['a cut SID', hexValue(TYPE.sid, '0105000000000005'), '0105000000000005'],
    ['hexadecimal 32', hexValue(TYPE.hex32, '6D0000C0'), '0xc000006d'],
    ['hexadecimal 64', hexValue(TYPE.hex64, 'E703000000000000'), '0x3e7'],
    ['texts', hexValue(array(TYPE.string), '6100 0000 0000 6200 0000'), ['a', '', 'b']],
    ['numbers', hexValue(array(TYPE.uint16), '01000200'), [1, 2]],
    ['SIDs', hexValue(array(TYPE.sid), SID + SID), ['S-1-5-32-544', 'S-1-5-32-544']],
    ['hexadecimals', hexValue(array(TYPE.hex32), '01000000FF000000'), ['0x1', '0xff']],
    ['a type of the future', hexValue(0x55, 'ABCD'), 'ABCD'],
    ['a number of three bytes', hexValue(TYPE.uint32, '010203'), '010203'],
  ])('%s', (_, value, expected) => {
    expect(shown(value)).toEqual(expected)
  })

  test('what is absent takes its element along', () => {
    const log = sampleLog([{ id: 1, data: { a: hexValue(TYPE.null, ''), b: textValue('') } }])
    expect(events(read(log))[0]?.EventData).toEqual({ b: '' })
  })

  test('unnamed data keeps its order', () => {
    const unnamed = ['one', '', 'three'].map(textValue)
    const log = sampleLog([{ id: 1, data: { n: textValue('x') }, unnamed }])
    expect(events(read(log))[0]?.EventData).toEqual({ n: 'x', Data: ['one', '', 'three'] })
  })

  test('a value may hold binary XML of its own', () => {
    const inner = [0x01, 0, 0, 0, 0, ...[0, 0, 0, 0], 0x02, 0x05, 1, 1, 0, 0x41, 0, 0x04, 0x00]
    const bytes = Buffer.from([0x0f, 1, 1, 0, ...inner])
    const log = sampleLog([{ id: 1, data: { x: { type: TYPE.binaryXml, bytes } } }])
    // The inner element has no dependency and uses the name stored for `Event`.
    const chunk = log.subarray(4096)
    const name = chunk.indexOf(Buffer.from('Event\0', 'utf16le')) - 8
    chunk.writeUInt32LE(name, chunk.indexOf(bytes) + 9)
    expect(events(read(log))[0]?.EventData).toEqual({ x: { Event: 'A' } })
  })
})

const RECORDS = Array.from({ length: 8 }, (_, index) => ({
  id: index + 1,
  data: { Name: textValue(`value ${index}`), Id: hexValue(TYPE.hex64, 'E703000000000000') },
}))

describe('logs', () => {
  test('records come with number, time and place', () => {
    const [first] = read(sampleLog(RECORDS))
    expect(first).toMatchObject({
      kind: 'record',
      id: 1,
      time: Date.UTC(2026, 10, 20),
      offset: 4096 + 512,
      event: {
        Event: {
          System: {
            Provider: { '#attributes': { Name: 'Sample-Provider' } },
            EventID: '1',
            Computer: 'host & co',
          },
          EventData: { Name: 'value 0', Id: '0x3e7' },
        },
      },
    })
  })

  test.each([1, 7, 4096, 70_000])('pieces of %d bytes give the same', (step) => {
    const log = Buffer.concat([sampleLog(RECORDS), sampleChunk(RECORDS)])
    expect(read(log, step)).toEqual(read(log))
    expect(events(read(log))).toHaveLength(16)
  })

  test('chunks without a file header, and unused ones, are read', () => {
    const log = Buffer.concat([sampleChunk(RECORDS), Buffer.alloc(65_536)])
    expect(looksLikeEvtx(log)).toBe(true)
    expect(kinds(read(log))).toEqual(RECORDS.map(() => 'record'))
  })

  test('what is no log says so', () => {
    expect(looksLikeEvtx(Buffer.from('{"a":1}'))).toBe(false)
    expect(read(Buffer.from('ElfFile'))).toMatchObject([{ code: 'evtx-truncated' }])
  })
})

describe('damage', () => {
  const log = sampleLog(RECORDS)
  const chunk = 4096
  const offsets = read(log).map((item) => item.offset)
  const change = (edit: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(log)
    edit(bytes)
    return read(bytes)
  }

  test('a wrong checksum is named, and the records are read', () => {
    const items = change((bytes) => bytes.writeUInt8(1, offsets[3]! + 16))
    expect(kinds(items).filter((kind) => kind === 'record')).toHaveLength(8)
    expect(items).toContainEqual(expect.objectContaining({ code: 'evtx-chunk-checksum' }))
  })

  test('a record with a token of no meaning costs itself', () => {
    const items = change((bytes) => bytes.writeUInt8(0x3f, offsets[3]! + 28))
    expect(events(items)).toHaveLength(7)
    expect(items.find((item) => item.kind === 'damage')).toMatchObject({
      code: 'evtx-record-damaged',
      id: 4,
      offset: offsets[3]!,
    })
  })

  test('a record without its mark costs itself', () => {
    const items = change((bytes) => bytes.writeUInt32LE(0xffff_ffff, offsets[3]!))
    expect(events(items)).toHaveLength(7)
    const lost = items.find((item) => item.kind === 'damage')
    expect(lost).toMatchObject({ code: 'evtx-bytes-skipped', offset: offsets[3]! })
  })

  test('a header that is gone costs nothing', () => {
    const items = change((bytes) => bytes.fill(0, chunk, chunk + 512))
    expect(events(items)).toHaveLength(8)
    expect(items[0]).toMatchObject({ kind: 'notice', code: 'evtx-chunk-damaged' })
  })

  test('records behind the end of an old header are found, left-overs are not', () => {
    const grown = change((bytes) => bytes.writeUInt32LE(offsets[4]! - chunk, chunk + 48))
    expect(events(grown)).toHaveLength(8)
    const reused = change((bytes) => {
      bytes.writeUInt32LE(offsets[4]! - chunk, chunk + 48)
      bytes.writeUInt32LE(99, offsets[4]! + 8)
    })
    expect(events(reused)).toHaveLength(4)
  })

  test('a file that is cut off gives what is there', () => {
    const items = read(log.subarray(0, offsets[5]! + 20))
    expect(events(items)).toHaveLength(5)
    expect(items.map((item) => item.kind !== 'record' && item.code)).toContain('evtx-truncated')
  })

  test('templates without end are refused, not followed', () => {
    // The template of the first record begins with an instance of itself.
    const items = change((bytes) => {
      const template = offsets[0]! + 24 + 4 + 6 + 4 + 24
      bytes.set([0x0c, 1, 0, 0, 0, 0], template + 4)
      bytes.writeUInt32LE(template - 24 - chunk, template + 10)
    })
    expect(events(items)).toHaveLength(7)
    expect(items.some((item) => item.kind === 'damage' && item.id === 1)).toBe(true)
  })
})

describe('any damage', () => {
  const chunk = sampleChunk(RECORDS)
  const used = chunk.readUInt32LE(48)
  const edits = fc.array(fc.tuple(fc.nat(used - 1), fc.nat(255)), { minLength: 1, maxLength: 30 })

  test('never throws, never hangs, and every item has a place', () => {
    fc.assert(
      fc.property(edits, fc.integer({ min: 0, max: 65_536 }), (changes, length) => {
        const bytes = Buffer.from(chunk)
        for (const [at, value] of changes) bytes[at] = value
        for (const item of readChunk(bytes.subarray(0, length), 0)) {
          expect(item.offset).toBeLessThan(65_536)
          if (item.kind === 'record') expect(JSON.stringify(item.event)).toBeString()
        }
      }),
      { numRuns: 1500 },
    )
  })

  test('noise is no log', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (noise) => {
        for (const item of readChunk(Buffer.from(noise), 0)) expect(item.kind).not.toBe('record')
      }),
    )
  })
})
