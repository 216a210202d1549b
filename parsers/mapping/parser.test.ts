import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Fields } from '../../sigma/event.ts'
import * as cloud from '../cloud.samples.ts'
import type { ParseContext } from '../event.ts'
import { type NormaliseOptions, normalise } from '../normalise.ts'
import { compileMapping } from './compile.ts'
import { mappedParser } from './parser.ts'
import { compilePath, valueAt } from './path.ts'

const CONTEXT: ParseContext = { now: 0, timeZone: 'Asia/Tokyo' }
const TABLE = {
  name: 'shop',
  title: 'Shop audit',
  product: 'shop',
  recognise: [{ has: ['a.b'], is: { kind: ['order*'] }, not: ['x'] }],
  logsources: [
    { when: { is: { kind: ['*refund'] } }, service: ['refunds'] },
    { service: ['orders'], category: ['application'] },
  ],
  time: ['when'],
  message: ['{kind}: {note}', 'kind'],
  pivots: {
    user: ['missing', 'who.name'],
    src_ip: [{ path: 'from', form: 'address' }],
    src_port: [{ path: 'from', form: 'port' }],
    outcome: [{ path: 'ok', words: { true: 'success' }, only: true }, { as: 'failure' }],
    severity: [{ path: 'score', form: 'score' }],
  },
  fields: { kind2: ['kind'], state: ['who.name'] },
  texts: ['basket'],
  json: ['blob'],
  pairs: [{ path: 'list', name: 'n', value: ['v', 'w'], prefix: 'p.' }],
}
const parser = mappedParser(TABLE)
const JSON_OK: Fields = { kind: 'order.refund', a: { b: 1 }, when: '2026-11-20 10:11:12' }
const parse = (more: Fields, context = CONTEXT) => {
  const parsed = parser.parse({ text: '', json: { ...JSON_OK, ...more } }, context)
  if ('code' in parsed) throw new Error(parsed.message)
  return parsed
}

describe('a table', () => {
  test('recognises by what is there, what it holds and what is not there', () => {
    const is = (json: Fields) => parser.recognise({ text: '', json }, CONTEXT)
    expect(is(JSON_OK)).toBe(true)
    expect(is({ ...JSON_OK, kind: 'ORDER.new' })).toBe(true)
    expect(is({ ...JSON_OK, kind: 'reorder' })).toBe(false)
    expect(is({ ...JSON_OK, x: null })).toBe(false)
    expect(is({ ...JSON_OK, a: { c: 1 } })).toBe(false)
  })

  test('a time without a zone is UTC', () => {
    expect(parse({}).time).toBe(Date.parse('2026-11-20T10:11:12Z'))
  })

  test('the first log source that holds', () => {
    expect(parse({}).logsource.service).toEqual(['refunds'])
    expect(parse({ kind: 'order.new' }).logsource).toMatchObject({
      service: ['orders'],
      category: ['application'],
    })
  })

  test('columns take the first usable value, in our words', () => {
    const { pivots } = parse({ who: [{ name: '' }, { name: 'anna' }], from: '[::1]:22', ok: true })
    expect(pivots).toEqual({ user: 'anna', src_ip: '::1', src_port: 22, outcome: 'success' })
    expect(parse({ ok: 'maybe' }).pivots.outcome).toBe('failure')
    expect(parse({ score: 9.1 }).pivots.severity).toBe('critical')
    expect(parse({ score: 45 }).pivots.severity).toBe('medium')
  })

  test('messages are whole or the next', () => {
    expect(parse({ note: 'late' }).message).toBe('order.refund: late')
    expect(parse({}).message).toBe('order.refund')
  })

  test('fields: second names, texts, JSON, pairs', () => {
    const { fields } = parse({
      basket: { item: 'book', n: 2 },
      blob: '{"deep":[1]}',
      list: [{ n: 'k', v: 1 }, { n: 'l', w: 'x' }, { n: 7 }, 'odd'],
    })
    expect(fields).toMatchObject({
      kind: 'order.refund',
      kind2: 'order.refund',
      basket: '{"item":"book","n":2}',
      'basket.item': 'book',
      blob: { deep: [1] },
      'p.k': 1,
      'p.l': 'x',
    })
  })

  test('an object under a second name gives way to a value', () => {
    expect(parse({ state: { value: 1 }, who: { name: 'anna' } }).fields.state).toBe('anna')
    expect(parse({ state: 'own', who: { name: 'anna' } }).fields.state).toBe('own')
  })

  test('one of a content repository takes its place', () => {
    const other = compileMapping({ ...TABLE, pivots: { user: [{ as: 'overridden' }] } })
    const context = { ...CONTEXT, mappings: new Map([['shop', other]]) }
    expect(parse({}, context).pivots).toEqual({ user: 'overridden' })
  })

  test.each([
    [{ ...TABLE, name: undefined }, 'name'],
    [{ ...TABLE, colour: 'red' }, 'unknown key colour'],
    [{ ...TABLE, pivots: { shade: ['a'] } }, 'shade is no column'],
    [{ ...TABLE, logsources: [] }, 'logsources'],
    [{ ...TABLE, pivots: { user: [{ form: 'upper', path: 'a' }] } }, 'form upper'],
    [{ ...TABLE, pivots: { user: [{ word: 1 }] } }, 'unknown key word'],
    [{ ...TABLE, recognise: [{ have: ['a'] }] }, 'unknown key have'],
    [{ ...TABLE, time: ['a[b'] }, 'path'],
    ['text', 'no table'],
  ])('%# says what is wrong with it', (table, message) => {
    expect(() => compileMapping(table)).toThrow(message)
  })
})

describe('paths', () => {
  const fields: Fields = {
    'a.b': 'flat',
    a: { b: 'nested', 'c.d': 1 },
    list: [{ name: 'x', v: 1 }, { name: 'y', v: [2, 3] }, 'odd'],
  }
  test.each([
    ['a.b', 'flat'],
    ['a.c\\.d', 1],
    ['list.v', [1, 2, 3]],
    ['list[name=y].v', [2, 3]],
    ['list[name=z].v', undefined],
    ['a.b.c', undefined],
    ['missing', undefined],
  ])('%s', (path, value) => {
    expect(valueAt(fields, compilePath(path))).toEqual(value as never)
  })
})

test('any value anywhere in a cloud event: an event, nothing thrown', () => {
  const options: NormaliseOptions = { now: 0, received: 0, timeZone: 'UTC' }
  const samples: readonly object[] = Object.values(cloud)
  const paths = (node: unknown, at: string[] = []): string[][] =>
    typeof node !== 'object' || node === null
      ? [at]
      : [at, ...Object.entries(node).flatMap(([key, value]) => paths(value, [...at, key]))]
  const withValue = (node: unknown, [head, ...rest]: string[], value: unknown): unknown =>
    head === undefined
      ? value
      : { ...(node as object), [head]: withValue((node as never)[head], rest, value) }
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.nat(), fc.jsonValue(), (sample, n, value) => {
      const all = paths(sample).slice(1)
      const text = JSON.stringify(withValue(sample, all[n % all.length]!, value))
      const got = normalise(text, options)
      expect(got.error).toBeUndefined()
      expect(got.raw).toBe(text)
    }),
    { numRuns: 2000 },
  )
})
