import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { sampleLog, textValue } from '../../parsers/evtx/sample.ts'
import { decodeBody, splitText } from './decode.ts'

test.each<[string, string, string[]]>([
  ['nothing', '', []],
  ['blank lines only', ' \n\r\n\t', []],
  ['one object', '{"a":1}', ['{"a":1}']],
  ['one object and a line end', '{"a":1}\r\n', ['{"a":1}']],
  ['one object over several lines', '{\n  "a": "}"\n}\n', ['{\n  "a": "}"\n}']],
  [
    'several objects over several lines',
    '{\n"a":1}\n{\n"b":[{}]\n}',
    ['{\n"a":1}', '{\n"b":[{}]\n}'],
  ],
  ['objects without anything between', '{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
  ['NDJSON', '{"a":1}\n\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
  ['NDJSON with a bad line', '{"a":1}\n{"b":\n{"c":3}', ['{"a":1}', '{"b":', '{"c":3}']],
  ['NDJSON whose first line is bad', '{"b":\n{"c":3}\nx', ['{"b":', '{"c":3}', 'x']],
  ['NDJSON whose first line has an open string', '{"b":"\n{"c":3}', ['{"b":"', '{"c":3}']],
  [
    'NDJSON whose first line closes in the next',
    '{"b":1\n{"c":3}}\n{"d":4}',
    ['{"b":1', '{"c":3}}', '{"d":4}'],
  ],
  ['an empty array', ' [ ] ', []],
  ['an array of objects', '[{"a":1},\n {"b":[2,"]"]}]\n', ['{"a":1}', '{"b":[2,"]"]}']],
  ['an array of lines', '["a \\"b\\"", "c"]', ['a "b"', 'c']],
  ['an array of other values', '[{"a":1}, 2 , null]', ['{"a":1}', '2', 'null']],
  ['an array with a bad element', '[{"a":1},{"b":},{"c":3}]', ['{"a":1}', '{"b":}', '{"c":3}']],
  ['an array that is not closed', '[{"a":1},{"b":2', ['{"a":1}', '{"b":2']],
  ['an array with text behind it', '[{"a":1}]\nx', ['{"a":1}', 'x']],
  ['lines that begin with a bracket', '[12:00] up\n["a\n', ['[12:00] up', '["a']],
  ['lines', 'a\r\n b \n\n<13>c', ['a', ' b ', '<13>c']],
])('%s', (_, text, texts) => {
  expect(splitText(text)).toEqual(texts)
})

test('a byte order mark goes, invalid UTF-8 and NUL stay harmless', () => {
  const bytes = [0xef, 0xbb, 0xbf, 0x61, 0xff, 0x00, 0x62, 0x0a, 0x63]
  expect(decodeBody(Uint8Array.from(bytes))).toEqual(['a\ufffd\u0000b', 'c'])
})

test('ten thousand levels need no stack', () => {
  const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
  expect(splitText(`${deep}\n{"b":1}`)).toEqual([deep, '{"b":1}'])
})

const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 5 })

test.each<[string, (values: readonly object[]) => string]>([
  ['NDJSON', (values) => values.map((v) => JSON.stringify(v)).join('\n')],
  ['an array', (values) => JSON.stringify(values)],
  ['a pretty array', (values) => JSON.stringify(values, null, 2)],
  ['pretty objects', (values) => values.map((v) => JSON.stringify(v, null, 1)).join('\n')],
])('any objects come back from %s', (_, encode) => {
  fc.assert(
    fc.property(objects, (values) => {
      const texts = splitText(encode(values))
      expect(texts.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

test('no letter of any text is lost', () => {
  const letters = (text: string) => text.replace(/[^a1]/g, '')
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\\n a1') }), (text) => {
      expect(letters(splitText(text).join(''))).toBe(letters(text))
    }),
    { numRuns: 2000 },
  )
})

test('a document that only holds a list of events is its events', () => {
  const body = new TextEncoder().encode('{"Records":[{"a":1},{"b":"]"}]}\n{"Records":[{"c":3}]}\n')
  expect(decodeBody(body)).toEqual(['{"a":1}', '{"b":"]"}', '{"c":3}'])
})

test('a Windows event log is its records', () => {
  const log = sampleLog([
    { id: 7, data: { x: textValue('one') } },
    { id: 8, data: { x: textValue('two') } },
  ])
  const data = decodeBody(log).map((text) => JSON.parse(text).Event.EventData.x)
  expect(data).toEqual(['one', 'two'])
})

test('records of one audit event are one text', () => {
  const lines = ['type=SYSCALL msg=audit(1.000:7): a=1', 'type=CWD msg=audit(1.000:7): cwd="/"']
  expect(splitText(`${lines.join('\n')}\nother`)).toEqual(['other', lines.join('\n')])
})
