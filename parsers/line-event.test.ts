import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { compileMatcher } from '../sigma/eval/matcher.ts'
import { COMMON_NAMES } from './common-names.ts'
import { createLineReader } from './line-event.ts'
import { spanText } from './line-text.ts'
import { type NormaliseOptions, normalise } from './normalise.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC', source: 'json' }
const KEEP = ['CommandLine']
/** Without rules it only checks escapes. */
const matcher = compileMatcher([])

function readLine(text: string, options: NormaliseOptions, reader = createLineReader(KEEP)) {
  const before = '{"before":1}\n'
  const bytes = new TextEncoder().encode(`${before}${text}\n`)
  reader.open(bytes, options)
  const event = reader.read(before.length, bytes.length - 1)
  if (event === undefined) return undefined
  const found = matcher.matchFlat(reader.line, event.kind, () => event)
  return found === undefined ? undefined : event
}

type Made = ReturnType<typeof normalise>

/** What stores and the matcher read of an event. */
const partsOf = (event: Made) => {
  const { id, time, ingested, source, parser, logsource, pivots, error } = event
  const { message, fields, raw, fieldsAreRaw, timeReplaced } = event
  const names = Object.keys(pivots).toSorted()
  const own = { id, time, ingested, source, parser, logsource, pivots, names, error }
  return { ...own, message, fields, raw, fieldsAreRaw, timeReplaced }
}

function expectEqual(text: string, options: NormaliseOptions, reader = createLineReader(KEEP)) {
  const event = readLine(text, options, reader)
  if (event === undefined) return false
  expect(partsOf(event)).toEqual(partsOf(normalise(text, options)))
  const { line, fields, pivots, message } = event
  const values: Readonly<Record<string, unknown>> = { ...pivots, message }
  for (const [name, field] of line.verbatim) expect(fields[field]).toBe(values[name] as string)
  const top = fields as Readonly<Record<string, unknown>>
  for (const [n, name] of KEEP.entries()) {
    const own = line.at + 2 * (line.texts.length + n)
    const start = line.spans[own]!
    const view = new DataView(line.bytes.buffer)
    const text = start < 0 ? undefined : spanText(line.bytes, view, start, line.spans[own + 1]!)
    expect<unknown>(text ?? line.kept[n]).toEqual(Object.hasOwn(top, name) ? top[name] : undefined)
  }
  expect(line.names.toSorted()).toEqual(Object.keys(fields).toSorted())
  return true
}

describe('a line is the event that normalise makes of its text', () => {
  test.each([
    ['nothing', '{}'],
    ...[
      'success',
      'failure',
      'Success',
      'FAILED',
      'succeeded',
      'blocked',
      '200',
      '-',
      'failurf',
    ].map((status) => [`the outcome ${status}`, `{"status":"${status}","a":1}`] as const),
    [
      'what every event has',
      '{"time":"2026-11-21T11:00:00Z","host":"h1","message":"m","user":"u"}',
    ],
    ['a label of its own', '{"source":"app","message":"m"}'],
    ['a long label', `{"source":"${'x'.repeat(300)}"}`],
    ['another label', '{"source_type":"app","severity":"WARN"}'],
    ['an empty label', '{"source":"","source_type":"app"}'],
    ['a log source', '{"product":"Windows","category":"process_creation","CommandLine":"a b"}'],
    ['escapes', '{"Image":"C:\\\\a\\\\b.exe","CommandLine":"\\"x\\" \\t","host":"a\\/b"}'],
    ['nested objects', '{"host":{"name":"h"},"event":{"action":"a","outcome":"success"},"x":{}}'],
    ['objects that lead nowhere', '{"host":{"x":{"name":"h"}},"user":{"id":1}}'],
    ['numbers', '{"src_port":443,"dst_port":"80","user":17,"dst_ip":1,"process":2.5,"n":-3}'],
    ['a port that is none', '{"src_port":99999,"source_port":5}'],
    ['a second name', '{"src_ip":"-","source_ip":"10.0.0.1","hostname":"b","msg":"x"}'],
    ['the better name, later', '{"hostname":"b","host":"a"}'],
    ['names with dots', '{"host.name":"h","event.action":"a"}'],
    ['texts that look like numbers', '{"host":"123","user":"1e5","message":"7"}'],
    ['an address to be rewritten', '{"src_ip":"[::1]","dst_ip":"::ffff:10.0.0.1"}'],
    ['hashes', '{"Hashes":"MD5=ab,SHA256=cd"}'],
    ['words', '{"outcome":true,"success":false,"x":null,"url":null}'],
    ['an empty message', '{"message":"","msg":"x"}'],
    ['a serious message', '{"message":"segmentation fault: kernel panic"}'],
    ['times in seconds', '{"ts":1795262400,"time":"never"}'],
    ['a time within a word', '{"time":{"x":1},"timestamp":"2026-11-21 10:00:00.5"}'],
    ['lists of one string', '{"a":["b"],"b":{"c":[ "\\"d\\"" ]},"CommandLine":["x"]}'],
    ['lists for what every event has', '{"host":["h"],"user":["-"],"src_ip":["10.0.0.1"]}'],
    ['lists that lead to the next name', '{"user":[""],"username":"u","src_port":["443"]}'],
    ['lists for a time and a message', '{"time":["2027-11-21T11:00:00Z"],"message":["m"]}'],
    ['nested lists for what every event has', '{"host":{"name":["h"]},"event":{"action":["a"]}}'],
    ['a field named __proto__', '{"__proto__":"x","constructor":"y"}'],
  ])('%s', (_, text) => expect(expectEqual(text, OPTIONS)).toBe(true))

  test('with a host and bounds that its sender gives', () => {
    const options = { ...OPTIONS, host: 'h', oldest: NOW - 1000, newest: NOW + 1000 }
    expect(expectEqual('{"a":1}', options)).toBe(true)
    expect(expectEqual(`{"time":"${new Date(NOW - 999).toISOString()}"}`, options)).toBe(true)
  })

  test('where nobody says that it is JSON and its log source is declared', () => {
    const options = { ...OPTIONS, source: 'my-label' }
    expect(expectEqual('{"product":"p","service":"s","EventID":1}', options)).toBe(true)
    expect(expectEqual('{"whatever":"x","host":"h"}', options)).toBe(true)
  })
})

describe('left to normalise is', () => {
  test.each([
    ['what is no object', '["a"]', {}],
    ['what is not JSON', '{"a":1', {}],
    ['a list of a number', '{"a":[1]}', {}],
    ['a list of several', '{"a":["b","c"]}', {}],
    ['a list for a product', '{"product":["p"],"service":"s"}', {}],
    ['a list for a label', '{"source":["app"]}', {}],
    ['a list with an unknown escape', '{"a":["\\x"],"host":["\\x"],"CommandLine":["\\x"]}', {}],
    ['text outside ASCII', '{"a":"\u00e9"}', {}],
    ['an escape by number', '{"a":"\\u0041"}', {}],
    ['a long number', '{"a":12345678901234567890}', {}],
    ['a name twice', '{"a":1,"a":2}', {}],
    ['an envelope', '{"message":"m","fields":{"a":1}}', {}],
    ['a nested log source', '{"logsource":{"product":"p","service":"s"}}', {}],
    ['a time ahead of its receipt', '{"time":"2027-11-21T11:00:00Z"}', {}],
    ['a time before the retention', '{"time":"2026-11-21T11:00:00Z"}', { oldest: NOW }],
    ['a kept field that is an object', '{"CommandLine":{"a":1}}', {}],
    ['a label that names a parser', '{"source":"windows","a":1}', {}],
    ['what another parser may claim', '{"EventID":1,"a":1}', { source: undefined }],
    ['what carries a line', '{"message":"<13>x","host":"h"}', { source: undefined }],
    ['what its sender calls something else', '{"a":1}', { source: 'nginx' }],
  ])('%s', (_, text, own) => {
    expect(readLine(text, { ...OPTIONS, ...own })).toBeUndefined()
  })

  test('JSON that a table of the content may claim', () => {
    const mappings = new Map([['windows', {} as never]])
    expect(readLine('{"a":1}', { ...OPTIONS, source: undefined, mappings })).toBeUndefined()
  })
})

const names = [
  ...Object.values(COMMON_NAMES).flat(),
  'CommandLine',
  'source',
  'product',
  'service',
  'x',
]
const texts = [
  '',
  '-',
  'web-1',
  '10.0.0.1',
  '443',
  'high',
  'C:\\x',
  '2026-11-21T10:00:00Z',
  'a/b"c',
  'json',
  'cef',
]
const scalar = fc.oneof(
  fc.constantFrom(...texts),
  fc.string({ maxLength: 12 }),
  fc.integer({ min: -10, max: 70_000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
)
const listed = fc.oneof(
  { weight: 5, arbitrary: scalar },
  fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 1 }),
)
const object = fc.dictionary(fc.constantFrom(...names), listed, { maxKeys: 6 })
const event = fc.dictionary(
  fc.constantFrom(...names, 'host', 'user', 'event', 'source'),
  fc.oneof({ weight: 6, arbitrary: listed }, { weight: 1, arbitrary: object }),
  { maxKeys: 10 },
)

test('any line that is read equals its event, also after other lines of the same reader', () => {
  const reader = createLineReader(KEEP)
  let read = 0
  const source = fc.constantFrom(undefined, 'json', 'my-label', 'nginx')
  fc.assert(
    fc.property(event, source, (made, sender) => {
      if (expectEqual(JSON.stringify(made), { ...OPTIONS, source: sender }, reader)) read++
    }),
    { numRuns: 4500 },
  )
  expect(read).toBeGreaterThan(300)
})
