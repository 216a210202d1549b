import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { FieldValue } from '../../../sigma/event.ts'
import { decodeValues, encodeValues } from './column-values.ts'
import { type Column, encodeColumn, openColumn } from './columns.ts'

const many = (value: (n: number) => FieldValue) => Array.from({ length: 100 }, (_, n) => value(n))
const round = (values: readonly FieldValue[]) => {
  const { form, bytes } = encodeValues(values)
  return decodeValues(form, bytes.slice())
}

const JSON_FORM = 0
const INTEGERS = 1
const IPV4 = 2
const SHAPES = 3

describe('values of a column', () => {
  test.each<[string, number, readonly FieldValue[]]>([
    ['whole numbers', INTEGERS, many((n) => n * 42_949_672)],
    ['a number above 2^32', JSON_FORM, many((n) => n * 42_949_673_000)],
    ['a negative number', JSON_FORM, many((n) => n - 1)],
    ['a fraction', JSON_FORM, many((n) => n / 2)],
    ['numbers and their texts', JSON_FORM, many((n) => (n % 2 === 0 ? n : String(n)))],
    ['addresses', IPV4, many((n) => `10.${n}.255.0`)],
    ['addresses, one with a leading zero', SHAPES, many((n) => `10.${n}.0.0${n === 7 ? 1 : ''}`)],
    ['addresses, one too large', SHAPES, many((n) => `10.0.0.${n + 200}`)],
    ['texts with numbers', SHAPES, many((n) => `user${n * 37}`)],
    ['UUIDs', SHAPES, many((n) => `6914e7e8-c8b2-16a0-e1f4-cb82e75${String(n).padStart(5, 'a')}`)],
    ['a run longer than one length can say', SHAPES, many((n) => `${n}`.padStart(100, '1'))],
    ['texts that are digits', SHAPES, many((n) => String(n))],
    ['upper case', JSON_FORM, many((n) => `A${n}B${'XYZ'.repeat(n)}`)],
    ['a control character', JSON_FORM, many((n) => `user${n}\u0004`)],
    ['all different words', JSON_FORM, many((n) => 'x'.repeat(n))],
    ['few values', JSON_FORM, [1, 2, 3]],
    ['lists', JSON_FORM, many((n) => [`a${n}`])],
    ['a lone surrogate', SHAPES, many((n) => `\ud800 user${n}`)],
    ['letters beyond ASCII', SHAPES, many((n) => `Ägypten ${n} 😀`)],
  ])('come back as they were: %s', (_, form, values) => {
    expect(encodeValues(values).form).toBe(form)
    expect(round(values)).toEqual([...values])
  })

  test('come back whatever they are', () => {
    const piece = fc.oneof(
      fc.constantFrom('user', 'C:\\', '-', '.', ' ', 'de', 'f', 'é', '\u0001'),
      fc.nat().map(String),
      fc.nat().map((n) => n.toString(16)),
    )
    const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
    const values = fc.oneof(
      fc.array(fc.integer({ min: -1, max: 2 ** 33 }), { minLength: 16, maxLength: 60 }),
      fc.array(fc.ipV4(), { minLength: 16, maxLength: 60 }),
      fc.array(text, { minLength: 16, maxLength: 300 }),
    )
    fc.assert(fc.property(values, (given) => expect(round(given)).toEqual(given)))
  })
})

describe('a column', () => {
  test('comes back with its codes, in one byte or two', () => {
    for (const distinct of [1, 200, 253, 254, 255, 256, 300]) {
      const values = Array.from({ length: distinct }, (_, n) => `host${n}`)
      const codes = Uint16Array.from({ length: 2048 }, (_, row) =>
        row % 7 === 3 ? 0 : row < distinct * 2 ? (row >>> 1) + 1 : (row % distinct) + 1,
      )
      const opened = openColumn(encodeColumn({ values, codes }))
      expect(opened.values).toEqual(values)
      expect([...opened.codes]).toEqual([...codes])
    }
  })

  test('of format 1 is read', () => {
    const column: Column = { values: ['a', 7], codes: Uint16Array.of(0, 2, 1, 1) }
    for (const width of [1, 2]) {
      const codes = width === 1 ? Uint8Array.from(column.codes) : column.codes
      const head = Uint32Array.of(4, width)
      const blob = Buffer.concat([
        new Uint8Array(head.buffer),
        new Uint8Array(codes.buffer.slice(0)),
        Buffer.from(JSON.stringify(column.values)),
      ])
      const opened = openColumn(Bun.zstdCompressSync(blob))
      expect(opened.values).toEqual(column.values)
      expect([...opened.codes]).toEqual([...column.codes])
    }
  })
})
