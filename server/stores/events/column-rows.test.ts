import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { FieldValue } from '../../../sigma/event.ts'
import { packColumns, unpackRows } from './column-rows.ts'
import { encodeRows, openColumn } from './columns.ts'

type Row = FieldValue | undefined

/** Rows as they are after they crossed to another thread. */
function crossed(rows: Row[]): Row[] {
  const [column] = packColumns(new Map([['host', rows]]))
  return unpackRows(structuredClone(column!.packed))
}

test.each<[string, Row[]]>([
  ['one value in each', ['a', 'a', 'a']],
  ['a list that is the same in each', new Array<Row>(3).fill(['x', 'y'])],
  ['texts, some missing', ['a\nb', undefined, '', '\u0000', '\ud800', '😀']],
  ['none at first', [undefined, undefined, 'a']],
  ['numbers, some missing', [1, undefined, -0, 2.5, 2 ** 53]],
  ['numbers and texts', [80, '80', undefined, 80]],
  ['texts and others', ['a', null, undefined, ['b'], { c: 1 }, true]],
])('rows come back as they were: %s', (_, rows) => {
  expect(crossed(rows)).toEqual(rows)
})

test('rows come back whatever they are, and their column says the same', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.constantFrom('a', 'b', 'c'),
    fc.integer(),
    fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }),
    fc.constant(null),
  )
  const texts = fc.array(fc.option(fc.string({ maxLength: 5 }), { nil: undefined }))
  const any = fc.array(fc.option(value, { nil: undefined }), { maxLength: 40 })
  fc.assert(
    fc.property(fc.oneof(texts, any), (rows) => {
      expect(crossed(rows)).toEqual(rows)
      const { values, codes } = openColumn(encodeRows('host', rows, rows.length + 1))
      expect([...codes].map((code) => (code === 0 ? undefined : values[code - 1]))).toEqual([
        ...rows,
        undefined,
      ])
    }),
  )
})

test('a column of values that hardly repeat comes back although none is looked up', () => {
  const rows = Array.from({ length: 2048 }, (_, n) => `10.0.${n >> 8}.${n % 250}`)
  const { values, codes } = openColumn(encodeRows('src_ip', rows, rows.length))
  expect([...codes].map((code) => values[code - 1] as string)).toEqual(rows)
})
