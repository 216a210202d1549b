import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Event } from '../../../parsers/event.ts'
import { BLOCK_EVENTS_MAX, blockLines, lineAt, lineOffsets, readBlock } from './block.ts'
import { decodeTimes, encodeTimes, fieldColumn, openColumn } from './columns.ts'
import { formatId } from './id.ts'
import { decodeLine } from './line.ts'
import {
  type EncodedSegment,
  encodeBlocks,
  encodeSegment,
  mayHaveField,
  visibleRows,
} from './segment.ts'

const TIME = Date.UTC(2026, 10, 21, 12)

const events = (count: number, over: (n: number) => Partial<Event> = () => ({})): Event[] =>
  Array.from({ length: count }, (_, n) => ({
    id: formatId('20261121', 100 + n),
    time: TIME + ((n * 7919) % 5000),
    ingested: TIME,
    source: 'app',
    parser: 'json',
    logsource: { product: 'linux', category: ['a', 'b'], service: [], closed: false },
    pivots: { host: `h${n % 3}`, src_port: n % 2 === 0 ? 80 : '80' },
    message: `event ${n}`,
    fields: { n, 'a.b': { c: 1 } },
    raw: '',
    ...over(n),
  }))

const column = (segment: EncodedSegment, name: string) => {
  const found = segment.columns.find((c) => c.name === name)
  if (found === undefined) return undefined
  const { values, codes } = openColumn(found.data)
  return [...codes].map((code) => (code === 0 ? undefined : values[code - 1]))
}

describe('a segment', () => {
  test('gives back every event from its blocks', () => {
    const given = events(600)
    const { blocks } = encodeSegment(given, 100, 1)
    expect(blocks.map((b) => b.count)).toEqual([256, 256, 88])
    expect(blocks.flatMap((b) => blockLines(b.data)).map(decodeLine)).toEqual(given)
  })

  test('gives one line of a block without decoding the others', () => {
    const [block] = encodeSegment(
      events(10, () => ({ message: 'é😀\n' })),
      100,
      1,
    ).blocks
    const bytes = readBlock(block!.data)
    const offsets = lineOffsets(bytes)
    expect(offsets).toHaveLength(11)
    expect(decodeLine(lineAt(bytes, offsets, 9)).id).toBe('20261121-000000000109')
  })

  test('has times, pivots, log source and field columns in number order', () => {
    const given = events(5, (n) => (n === 2 ? { pivots: {}, fields: { CommandLine: ['x'] } } : {}))
    const segment = encodeSegment(given, 100, 1)
    const times = segment.columns.find((c) => c.name === '@time')!
    expect([...decodeTimes(times.data, segment.oldest)]).toEqual(given.map((e) => e.time))
    expect(column(segment, 'host')).toEqual(['h0', 'h1', undefined, 'h0', 'h1'])
    expect(column(segment, 'src_port')).toEqual([80, '80', undefined, '80', 80])
    expect(column(segment, 'category')![4]).toEqual(['a', 'b'])
    expect(column(segment, fieldColumn('CommandLine'))![2]).toEqual(['x'])
    expect(column(segment, 'user')).toBeUndefined()
    expect(column(segment, 'service')).toBeUndefined()
  })

  test('keeps more than 255 different values of a column', () => {
    const segment = encodeSegment(
      events(2048, (n) => ({ pivots: { user: `u${n}` } })),
      0,
      1,
    )
    expect(column(segment, 'user')!.map(String)).toEqual(events(2048).map((_, n) => `u${n}`))
  })

  test('knows which fields it may have', () => {
    const segment = encodeSegment(events(3), 100, 1)
    const names = ['n', 'a', 'a.b', 'a.b.c', 'n.x', 'm', 'a.c']
    expect(names.filter((name) => mayHaveField(segment, name))).toEqual([
      'n',
      'a.b',
      'a.b.c',
      'n.x',
    ])
    expect(mayHaveField({ names: null }, 'm')).toBe(true)
  })

  test('counts severities, the empty text for none', () => {
    const given = events(3, (n) => (n === 0 ? { pivots: { severity: 'high' } } : {}))
    expect(encodeSegment(given, 0, 1).severities).toEqual({ high: 1, '': 2 })
  })
})

test('a block closes at 256 lines or 1 MiB, and a longer line has its own', () => {
  const long = 'x'.repeat(600_000)
  const lines = [long, 'a', long, 'é'.repeat(700_000), ...Array(BLOCK_EVENTS_MAX + 1).fill('b')]
  expect(encodeBlocks(lines, 10).map((b) => [b.start, b.count])).toEqual([
    [10, 2],
    [12, 1],
    [13, 1],
    [14, 256],
    [270, 1],
  ])
})

test('the rows visible at a sequence are a prefix', () => {
  const runs = [5, 10, 7, 1, 9, 20]
  expect([4, 5, 6, 7, 8, 9, 99].map((asof) => visibleRows({ runs }, asof))).toEqual([
    0, 10, 10, 11, 11, 31, 31,
  ])
})

test('times of one day in any order come back', () => {
  const times = fc.array(fc.integer({ min: 0, max: 86_399_999 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(times, (list) => {
      const given = list.map((ms) => Date.UTC(1, 0, 1) + ms)
      const oldest = Math.min(...given)
      expect([...decodeTimes(encodeTimes(given, oldest), oldest)]).toEqual(given)
    }),
  )
})
