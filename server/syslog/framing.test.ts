import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createFraming, MESSAGE_MAX_BYTES } from './framing.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** Messages of a stream cut at every given size. */
function read(stream: Uint8Array, size = stream.length): string[] {
  const framing = createFraming()
  const messages: string[] = []
  for (let at = 0; at < stream.length; at += size) {
    messages.push(...framing.push(stream.subarray(at, at + size)))
  }
  return [...messages, ...framing.end()]
}

test.each([
  ['lines', '<13>a\n<14>b\n', ['<13>a', '<14>b']],
  ['lines with CRLF and empty ones', 'a\r\n\r\n\nb\n', ['a', 'b']],
  ['counted', '5 <13>a3 b c', ['<13>a', 'b c']],
  ['counted with newlines inside and a trailing one', '7 a\nb\nc\n\n1 x', ['a\nb\nc', 'x']],
  ['both kinds on one connection', '5 <13>a<14>b\n3 xyz', ['<13>a', '<14>b', 'xyz']],
  ['a line that begins with digits', '2026-11-21 hello\n', ['2026-11-21 hello']],
  ['a number that is too long for a length', '12345678901 x\n', ['12345678901 x']],
  ['a zero length', '0 x\n', ['0 x']],
  ['an unfinished message at the end', '10 abc', ['abc']],
  ['only digits at the end', '123', ['123']],
])('%s', (_, stream, expected) => {
  for (const size of [1, 2, 3, 1_000]) expect(read(bytes(stream), size)).toEqual(expected)
})

test('counts are bytes, not characters', () => {
  expect(read(bytes('6 äöü3 abc'))).toEqual(['äöü', 'abc'])
})

test('invalid UTF-8 and NUL bytes are kept as replacement characters and text', () => {
  expect(read(new Uint8Array([0x61, 0xff, 0x00, 0x62, 0x00, 0x0a]))).toEqual(['a\ufffd\0b'])
})

test('a line without end is cut, and the next one is read', () => {
  const long = new Uint8Array(MESSAGE_MAX_BYTES + 5_000).fill(0x61)
  const [first, second] = read(Buffer.concat([long, bytes('\nnext\n')]), 65_536)
  expect(first?.length).toBe(MESSAGE_MAX_BYTES)
  expect(second).toBe('next')
})

test('how the stream is cut never changes the messages', () => {
  const message = fc.string({ minLength: 1 }).filter((text) => /^[^\d\s\0][^\r\n\0]*$/.test(text))
  fc.assert(
    fc.property(fc.array(fc.tuple(message, fc.boolean())), fc.nat(20), (messages, size) => {
      const stream = messages
        .map(([text, counted]) => (counted ? `${bytes(text).length} ${text}` : `${text}\n`))
        .join('')
      expect(read(bytes(stream), size + 1)).toEqual(messages.map(([text]) => text))
    }),
  )
})
