import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { recordsOf } from '../../parsers/records.ts'
import { bodyLines, lineText } from './body-lines.ts'
import { decodeBody } from './decode.ts'

const encoder = new TextEncoder()

/** The texts of a body by its lines, undefined where it is not cut at them. */
function textsOf(bytes: Uint8Array): string[] | undefined {
  const lines = bodyLines(bytes)
  return lines?.starts.flatMap((_, line) => {
    const text = lineText(lines, line)
    return recordsOf(text) ?? text
  })
}

describe('a body cut at its newlines has the texts of a decoded one', () => {
  test.each([
    ['one object', '{"a":1}'],
    ['several', '{"a":1}\n{"b":2}\n'],
    ['blanks and blank lines', ' \n {"a":1} \t\r\n\r\n\u0000 {"b":2}\u000b\n\n'],
    ['a broken line', '{"a":1}\n{"b":}\n{"c":3}'],
    ['a line that is no object', '{"a":1}\nhello}\n[1,{}]}'],
    ['text outside ASCII', '{"a":"\u00e9\u{1f600}"}\n{"b":"\u0085"}'],
    ['a byte order mark inside', '{"a":1}\n\ufeff{"b":2}'],
    ['a document that holds events', '{"a":1}\n{"Records":[{"a":1},{"b":2}]}\n{"c":3}'],
  ])('%s', (_, text) => {
    const bytes = encoder.encode(text)
    expect(textsOf(bytes)).toEqual(decodeBody(bytes))
  })

  test('where its bytes are no UTF-8', () => {
    const bytes = Uint8Array.from([
      ...encoder.encode('{"a":"'),
      0xff,
      0xe2,
      ...encoder.encode('"}'),
    ])
    expect(textsOf(bytes)).toEqual(decodeBody(bytes))
  })
})

describe('not cut is', () => {
  test.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['an array', '[{"a":1}]'],
    ['plain lines', 'a\nb'],
    ['an object over several lines', '{\n"a":1\n}'],
    ['a broken first line', '{"a":}\n{"b":1}'],
    ['an object over several lines behind others', '{"a":1}\n{"b":\n2}'],
    ['a line that ends with another blank', '{"a":1}\u00a0\n{"b":2}'],
    ['audit records', '{"a":1}\n{"log":"type=SYSCALL msg=audit(1:2): a"}'],
    ['a byte order mark at the start', '\ufeff{"a":1}'],
  ])('%s', (_, text) => expect(bodyLines(encoder.encode(text))).toBeUndefined())
})

test('any body that is cut has the texts of a decoded one', () => {
  const piece = fc.oneof(
    fc.constantFrom('{', '}', '"', '\n', '\r\n', ' ', '\u00a0', '\ufeff', '{"a":1}', '{"b":{}}'),
    fc.string({ maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const bytes = encoder.encode(`{"a":1}\n${pieces.join('')}`)
      const texts = textsOf(bytes)
      if (texts !== undefined) expect(texts).toEqual(decodeBody(bytes))
    }),
    { numRuns: 2000 },
  )
})
