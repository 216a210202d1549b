import { describe, expect, test } from 'bun:test'
import { isFields, JSON_DEPTH_MAX, JsonError, parseJsonText } from './json-text.ts'

describe('parseJsonText', () => {
  test.each([
    ['{"n":9007199254740991}', 9007199254740991],
    ['{"n":9007199254740993}', '9007199254740993'],
    ['{"n":9223372036854775807}', '9223372036854775807'],
    ['{"n":-9223372036854775808}', '-9223372036854775808'],
    ['{"n": 1e999}', '1e999'],
    ['{"n":-1E400}', '-1E400'],
    ['{"n":1e3}', 1000],
    ['{"n":1.5e-7}', 1.5e-7],
    ['{"n":1.50000000000000000}', 1.5],
    ['{"n":0.1234567890123456789}', '0.1234567890123456789'],
    ['{"n":1000000000000000000000}', 1000000000000000000000],
    ['{"n":0.000000000000000000}', 0],
    ['{"n":-0}', -0],
    ['{"n":1.10}', 1.1],
    ['{"n":1792519200000000001}', '1792519200000000001'],
    ['{"n":1792519200.123456}', 1792519200.123456],
  ])('%s keeps every digit', (text, expected) => {
    const value = parseJsonText(text)
    if (!isFields(value as never)) throw new Error('no object')
    expect((value as Record<string, unknown>).n).toBe(expected)
  })

  test('numbers in arrays and at the top are looked at too', () => {
    expect(parseJsonText('[1,12345678901234567890]')).toEqual([1, '12345678901234567890'])
    expect(parseJsonText('12345678901234567890')).toBe('12345678901234567890')
  })

  test('long digits inside a string stay that string', () => {
    expect(parseJsonText('{"a":"x: 12345678901234567890"}')).toEqual({
      a: 'x: 12345678901234567890',
    })
  })

  test('lone surrogates become replacement characters, escaped or not, in keys and values', () => {
    expect(parseJsonText('{"a\\ud800":["\\uDFFF"]}')).toEqual({ 'a\ufffd': ['\ufffd'] })
    expect(parseJsonText('{"a":"\ud800"}')).toEqual({ a: '\ufffd' })
    expect(parseJsonText('{"a":"\\ud83d\\ude00"}')).toEqual({ a: '😀' })
  })

  test('of duplicate keys the last one wins', () => {
    expect(parseJsonText('{"a":1,"a":2}')).toEqual({ a: 2 })
  })

  test.each([
    '{"__proto__":{"polluted":1}}',
    '{"__proto__":{"n":12345678901234567890,"s":"\\ud800"}}',
  ])('%s is an own property and pollutes nothing', (text) => {
    const value = parseJsonText(text)
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('NUL is an ordinary character when escaped, and an error when raw', () => {
    expect(parseJsonText('{"a":"x\\u0000y"}')).toEqual({ a: 'x\0y' })
    expect(parseJsonText('{"a":"x\0y"}')).toBeInstanceOf(JsonError)
  })

  test.each([10_000, 100_000])('%d levels are refused by name, whatever lies between', (depth) => {
    for (const text of [
      '['.repeat(depth) + ']'.repeat(depth),
      `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
      `${'[1,'.repeat(depth)}1${']'.repeat(depth)}`,
      '['.repeat(depth),
    ]) {
      expect(parseJsonText(text)).toMatchObject({ code: 'json-too-deep' })
    }
  })

  test('many shallow values, and brackets inside strings, are no nesting', () => {
    expect(parseJsonText(`[${'{"a":[]},'.repeat(1000)}1]`)).toHaveLength(1001)
    expect(parseJsonText(JSON.stringify({ a: `\\"${'['.repeat(1000)}` }))).toBeInstanceOf(Object)
    const deep = '['.repeat(JSON_DEPTH_MAX) + ']'.repeat(JSON_DEPTH_MAX)
    expect(parseJsonText(deep)).not.toBeInstanceOf(JsonError)
    expect(parseJsonText(`[${deep}]`)).toBeInstanceOf(JsonError)
  })

  test.each(['', '{', '{"a":}', "{'a':1}", '{"a":1}x', 'nul', '{"a":01}', '\ufeff{}', '{"a":NaN}'])(
    '%p is an error',
    (text) => expect(parseJsonText(text)).toMatchObject({ code: 'json-invalid' }),
  )
})
