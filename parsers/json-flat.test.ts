// Lines as they are cut, against JSON.parse.
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  createFlatLine,
  FLAT_ESCAPED,
  FLAT_LISTED,
  FLAT_OBJECT,
  FLAT_STRING,
  FLAT_WIDE,
  type FlatLine,
  openFlatLine,
} from '../sigma/eval/flat.ts'
import { createFlatCutter, type FlatPlace } from './json-flat.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

const name = fc.oneof(fc.constantFrom('a', 'b', 'EventID', 'a.b', ''), fc.string({ maxLength: 20 }))
const text = fc.oneof(
  fc.string({ maxLength: 70 }),
  fc.constantFrom('C:\\Windows\\System32\\cmd.exe', '"', '\\', 'é', '\u0001', '\n\t/'),
  fc.stringMatching(/^[ -~]{14,18}$/),
)
const value = fc.letrec<{ json: Json; object: Json }>((tie) => ({
  json: fc.oneof(
    { weight: 6, arbitrary: text },
    fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.constantFrom(null, true, false),
    { weight: 1, arbitrary: fc.array(text, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: tie('object') },
  ),
  object: fc.dictionary(name, tie('json'), { maxKeys: 6 }),
}))
const spaced = fc
  .record({ object: value.object, indent: fc.nat(1) })
  .map(({ object, indent }) => JSON.stringify(object, undefined, indent).replaceAll('\n', ''))
/** A line, and what stands around it in the same bytes. */
const placed = fc.record({
  line: spaced,
  before: fc.constantFrom('', '\n', '{"a":1}\n', 'x'.repeat(37)),
  behind: fc.constantFrom('', '\n', '}', '"', ',"b":2}', '0', '\n{"a":"b"}'),
})

/** Puts a line among other bytes and cuts it. */
function cutText(line: FlatLine, cutter = createFlatCutter(), own = '', before = '', behind = '') {
  const bytes = Buffer.from(before + own + behind)
  openFlatLine(line, bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length))
  const start = Buffer.byteLength(before)
  return cutter.cut(line, start, start + Buffer.byteLength(own))
}

/** The values of a cut line by path, each with the source text of it; an object has none. */
function valuesOf({ kinds, starts, ends, bytes }: FlatLine, { names }: FlatPlace): unknown[] {
  return names.paths.map((path, i) => {
    if (kinds[i] === FLAT_OBJECT) return [path, 'object']
    const source = Buffer.from(bytes.subarray(starts[i], ends[i])).toString()
    const isListed = (kinds[i]! & FLAT_LISTED) !== 0
    const kind = kinds[i]! & ~(FLAT_LISTED | FLAT_WIDE)
    expect((kinds[i]! & FLAT_WIDE) !== 0).toBe(/[^\0-\x7f]/.test(source))
    const isText = kind === FLAT_STRING || kind === FLAT_ESCAPED
    if (kind === FLAT_STRING) expect(source).not.toContain('\\')
    const own: unknown = JSON.parse(isText ? `"${source}"` : source)
    return [path, isListed ? [own] : own]
  })
}

function flattened(object: Json, around = ''): unknown[] {
  return Object.entries(object as object).flatMap(([own, inner]: [string, Json]) => {
    const path = around + own
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return [[path, inner]]
    return [[path, 'object'], ...flattened(inner, `${path}.`)]
  })
}

/** Names that are numbers come first in JavaScript objects, and a name twice is there once. */
const sorted = (values: unknown[]) => values.map((one) => JSON.stringify(one)).sort()

describe('a line that is cut', () => {
  test('has the values that JSON.parse finds, whatever stands around it', () => {
    const line = createFlatLine()
    const cutter = createFlatCutter()
    let cuts = 0
    fc.assert(
      fc.property(placed, ({ line: own, before, behind }) => {
        const place = cutText(line, cutter, own, before, behind)
        if (place === undefined) return
        cuts++
        expect(sorted(valuesOf(line, place))).toEqual(sorted(flattened(JSON.parse(own))))
      }),
      { numRuns: 3_000 },
    )
    expect(cuts).toBeGreaterThan(500)
  })

  test('has strings of valid UTF-8 only', () => {
    const line = createFlatLine()
    const cutter = createFlatCutter()
    const isValid = (bytes: Uint8Array) => {
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes)
        return true
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        return false
      }
    }
    const byte = fc.oneof(
      fc.integer({ min: 0x80, max: 0xff }),
      fc.constantFrom(0x61, 0xc3, 0xa9, 0xe0, 0xed, 0xa0, 0x9f, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xbf),
    )
    const text = fc.oneof(
      fc
        .string({ unit: 'binary', maxLength: 24 })
        .map((own) => [...Buffer.from(JSON.stringify(own).slice(1, -1))]),
      fc.array(byte, { maxLength: 5 }),
    )
    let cuts = 0
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), (parts) => {
        const inner = Buffer.from(parts.flat())
        const bytes = Buffer.concat([Buffer.from('{"a":"'), inner, Buffer.from('"}\n')])
        openFlatLine(line, bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length))
        const place = cutter.cut(line, 0, bytes.length - 1)
        expect(place !== undefined).toBe(isValid(inner))
        if (place === undefined) return
        cuts++
        expect(cutter.hasWide()).toBe(inner.some((own) => own > 0x7f))
        expect(line.ends[0]! - line.starts[0]!).toBe(inner.length)
      }),
      { numRuns: 20_000 },
    )
    expect(cuts).toBeGreaterThan(2_000)
  })

  test('is valid JSON but for its escapes: mutated ones', () => {
    const line = createFlatLine()
    const cutter = createFlatCutter()
    const mutated = fc
      .tuple(placed, fc.nat(), fc.constantFrom(...'{}":,\\ 0x-.\u0001é[]'), fc.boolean())
      .map(([{ line: own, ...around }, at, by, replaces]) => {
        const place = at % (own.length + 1)
        return {
          ...around,
          own: own.slice(0, place) + by + own.slice(place + (replaces ? 1 : 0)),
        }
      })
    fc.assert(
      fc.property(mutated, ({ own, before, behind }) => {
        const place = cutText(line, cutter, own, before, behind)
        if (place === undefined) return
        // Escapes are looked at by whoever reads the text.
        const plain = own.replace(/\\./g, 'xx')
        const paths = flattened(JSON.parse(plain)).map((entry) => (entry as [string])[0])
        expect([...place.names.paths].sort()).toEqual(paths.sort())
      }),
      { numRuns: 5_000 },
    )
  })
})

test.each([
  '{}',
  '{"a":{}}',
  '{"a":"x","b":{"c":1,"d":{"e":null}},"f":-1.5}',
  ' {"a":1}'.trim(),
  '{ "a" : "b" , "c" : true }',
  `{"a":"${'x'.repeat(300)}"}`,
  '{"a":"é","b":["\u{1f600}"],"c":"ÿ\\\\ \\""}',
  '{"a":["x"],"b":[ "\\"" ] ,"c":{"d":[""]}}',
])('%s is cut', (own) => {
  const line = createFlatLine()
  const place = cutText(line, undefined, own)
  expect(valuesOf(line, place!)).toEqual(flattened(JSON.parse(own)))
})

test.each([
  ['no object', '"a"'],
  ['an empty list', '{"a":[]}'],
  ['a list of a number', '{"a":[1]}'],
  ['a list of null', '{"a":[null]}'],
  ['a list of two strings', '{"a":["b","c"]}'],
  ['a list of an object', '{"a":[{}]}'],
  ['a list in a list', '{"a":[["b"]]}'],
  ['a list that ends with a comma', '{"a":["b",]}'],
  ['a list that does not end', '{"a":["b"}'],
  ['a list that ends twice', '{"a":["b"]]}'],
  ['a list whose string does not end', '{"a":["b]}'],
  ['a name outside ASCII', '{"é":1}'],
  ['a control character', '{"a":"\t"}'],
  ['an escaped control character', '{"a":"\\\u0001"}'],
  ['an exponent', '{"a":1e5}'],
  ['many digits', '{"a":1234567890123456}'],
  ['a number that JavaScript writes otherwise', '{"a":1.50}'],
  ['minus zero', '{"a":-0}'],
  ['a leading zero', '{"a":01}'],
  ['a name twice', '{"a":1,"a":2}'],
  ['a name with an escape', '{"\\u0061":1}'],
  ['a comma too many', '{"a":1,}'],
  ['a comma too few', '{"a":1 "b":2}'],
  ['no colon', '{"a" 1}'],
  ['a missing quote', '{"a":"b}'],
  ['a quote that is escaped', '{"a":"b\\"}'],
  ['a word', '{"a":nul}'],
  ['too much', '{"a":1}}'],
  ['too little', '{"a":{"b":1}'],
  ['nothing', ''],
  ['a long line', `{"a":"${'x'.repeat(70_000)}"}`],
  ['deep objects', `${'{"a":'.repeat(12)}1${'}'.repeat(12)}`],
] as const)('a line with %s is not cut', (_, own) => {
  expect(cutText(createFlatLine(), undefined, own)).toBeUndefined()
})

test('lines with ever new names end in being left alone, not in more memory', () => {
  const line = createFlatLine()
  const cutter = createFlatCutter()
  let cuts = 0
  for (let i = 0; i < 40_000; i++) {
    if (cutText(line, cutter, `{"n${i % 48}":{"m${Math.floor(i / 48) % 48}":{"k${i}":1}}}`)) cuts++
  }
  expect(cuts).toBeGreaterThan(1_000)
  expect(cuts).toBeLessThan(40_000)
  expect(cutText(line, cutter, '{"n0":{"m0":{"k0":1}}}')).toBeDefined()
})
