import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Event } from '../../../../parsers/event.ts'
import { parseJsonText } from '../../../../parsers/json-text.ts'
import { eachLeaf } from '../../../../sigma/eval/values.ts'
import type { Fields } from '../../../../sigma/event.ts'
import { words } from '../../../../sigma/text/words.ts'
import { decodeLine, encodeLine } from '../line.ts'
import { createPathTree, MESSAGE, RAW } from './paths.ts'
import { scanLine } from './scan.ts'
import { FOLDED, hashWord, type WordSink } from './scan-text.ts'

interface Found {
  readonly message: Set<string>
  /** Every word of the raw text: those under `RAW`, and for verbatim JSON those of keys and values. */
  readonly all: Set<string>
  /** `path\nword`. */
  readonly fields: Set<string>
  readonly keys: Set<string>
  readonly columns: [string, unknown][]
  always: boolean
}

const decoder = new TextDecoder()

function scan(line: string): Found {
  const found: Found = {
    message: new Set(),
    all: new Set(),
    fields: new Set(),
    keys: new Set(),
    columns: [],
    always: false,
  }
  const paths = createPathTree()
  const byNode = new Map<number, Set<string>>()
  const sink: WordSink = {
    word(node, bytes, start, end, hash) {
      expect(hash).toBe(hashWord(bytes, start, end))
      const word = decoder.decode(bytes.slice(start, end).map((byte) => FOLDED[byte]!))
      found.all.add(word)
      byNode.getOrInsertComputed(node, () => new Set()).add(word)
      if (node === MESSAGE) found.message.add(word)
      else if (node !== RAW) found.fields.add(`${paths.nodes[node]!.path}\n${word}`)
    },
    key(node) {
      found.keys.add(paths.nodes[node]!.path)
      for (const word of paths.nodes[node]!.keyWords) found.all.add(word)
    },
    emptyList() {},
    repeats: () => true,
    known: () => false,
    composite: () => {},
    sameValue(column, _, bytes, start, end) {
      sink.value(column, bytes, start, end)
    },
    learned() {},
    sameMessage(node) {
      for (const word of byNode.get(node) ?? []) found.message.add(word)
    },
    value(node, bytes, start, end) {
      const json = decoder.decode(bytes.slice(start, end))
      found.columns.push([paths.nodes[node]!.path, JSON.parse(json)])
    },
    always() {
      found.always = true
    },
  }
  const bytes = new TextEncoder().encode(`x${line}\n`)
  scanLine(sink, paths, bytes, 1, bytes.length - 1)
  return found
}

/** What the plain functions say about the decoded event. */
function plain(event: Event): Omit<Found, 'always' | 'keys' | 'columns'> {
  const message = new Set(words(event.message))
  const fields = new Set<string>()
  const all = new Set([...message, ...words(event.raw)])
  eachLeaf(event.fields, (path, text) => {
    for (const word of words(text)) {
      fields.add(`${path}\n${word}`)
      all.add(word)
    }
  })
  return { message, fields, all }
}

function event(part: Partial<Event>): Event {
  return {
    id: '',
    time: 1_795_000_000_000,
    ingested: 1_795_000_000_001,
    source: 'test',
    parser: 'json',
    logsource: { category: ['a'], service: [], closed: false },
    pivots: { host: 'Web"01', src_port: 80 },
    message: '',
    fields: {},
    raw: '',
    ...part,
  }
}

function jsonEvent(raw: string): Event {
  return event({ message: 'm', fields: parseJsonText(raw) as Fields, raw, fieldsAreRaw: true })
}

function expectSame(made: Event): void {
  const line = encodeLine(made, 7)
  const found = scan(line)
  const wanted = plain(decodeLine(line))
  expect([...found.message].sort()).toEqual([...wanted.message].sort())
  expect([...found.fields].sort()).toEqual([...wanted.fields].sort())
  expect([...found.all].sort()).toEqual([...wanted.all].sort())
}

const nasty = [
  '',
  'plain words',
  'C:\\Windows\\System32\\cmd.exe /c "echo hi"',
  'tab\there\nnewline\r\b\f/slash',
  'nul\0inside',
  'ΟΔΟΣ größe STRASSE \u212Aelvin ſ İ',
  'emoji \u{1F600}face \u{10400}',
  '日本語テキスト',
  '_under_score__ a_b 1_000',
  '\\u0041 literal backslash-u',
  '\u2028\u2029\u0085',
  'x'.repeat(256),
]

const text = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary' }), fc.string())
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'a.b', 'Image', '__proto__', 'Clé', 'q"uo\\te', ''),
  fc.string(),
)
const value = fc.letrec((tie) => ({
  leaf: fc.oneof(
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  ),
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    tie('leaf'),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(key, tie('node'), { maxKeys: 4 }),
  ),
})).node
const object = fc.dictionary(key, value, { maxKeys: 6 }) as fc.Arbitrary<Fields>

describe('scanLine yields the words that the plain functions find', () => {
  test('in fields, message and raw text', () => {
    fc.assert(
      fc.property(object, text, text, (fields, message, raw) =>
        expectSame(event({ fields, message, raw })),
      ),
      { numRuns: 400 },
    )
  })

  test('in fields that are the raw JSON', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(0, 1), (fields, indent) =>
        expectSame(jsonEvent(JSON.stringify(fields, null, indent).replaceAll('\n', '\t'))),
      ),
      { numRuns: 400 },
    )
  })

  test.each([
    '{"a":1e3,"b":1.0,"c":1.50,"d":-0,"e":0.5,"f":1E400,"g":-9223372036854775808}',
    '{"a":12345678901234567890,"b":0.00000001,"c":100000000000000000000000,"d":5e-324}',
    '{ "a" : [ 1 , [ 2 , { "b" : true } ] , null , false ] , "c" : { } , "d" : [ ] }',
    '  {"a":"\\u00e9t\\u00C9","b":"x\\ny","c":"\\ud83d\\ude00","d":"\\/a\\/"}  ',
    '{"a\\u0041b":"q","n\\ne":"w","\\\\":"z"}',
    '{"a":"lone \\ud800 half","b":"\\udc00"}',
    '{"a":"\\\\nfoo","b":"\\\\\\nfoo","c":"\\"quoted\\""}',
  ])('in %s', (raw) => expectSame(jsonEvent(raw)))
})

describe('scanLine says that every search must look at', () => {
  test.each([
    ['a word over the limit', event({ message: 'w'.repeat(257) })],
    ['a value over the limit', event({ raw: 'ab '.repeat(30_000) })],
    ['a half surrogate', event({ message: 'cut \ud83d' })],
    ['a repeated key', jsonEvent('{"a":"x","a":"y"}')],
  ])('%s', (_, made) => expect(scan(encodeLine(made, 1)).always).toBe(true))

  test('nothing about ordinary events', () => {
    expect(scan(encodeLine(jsonEvent('{"a":[{"b":1},{"b":2}],"c":{"b":3}}'), 1)).always).toBe(false)
  })
})

test('every key that an event has is told, once as its path', () => {
  const line = encodeLine(jsonEvent('{"a":{"b":[{"c":null}]},"d":[]}'), 1)
  expect([...scan(line).keys].sort()).toEqual(['a', 'a.b', 'a.b.c', 'd'])
})

test('deep nesting needs no stack', () => {
  const raw = `${'['.repeat(100)}"deep"${']'.repeat(100)}`
  expectSame(jsonEvent(`{"a":${raw}}`))
})

test('columns are told as their JSON', () => {
  const made = event({
    pivots: { host: 'a"b', src_port: 80, url: '/x\n' },
    logsource: { product: 'p', category: ['c1', 'c2'], service: ['s'], closed: true },
  })
  expect(scan(encodeLine(made, 1)).columns).toEqual([
    ['source', 'test'],
    ['product', 'p'],
    ['category', 'c1'],
    ['category', 'c2'],
    ['service', 's'],
    ['host', 'a"b'],
    ['src_port', 80],
    ['url', '/x\n'],
  ])
})
