import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { applyChanges, offsetAt, positionAt } from './documents.ts'
import { frame, MESSAGE_BYTES_MAX, messageSplitter } from './framing.ts'

describe('messages', () => {
  test('come whole, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.json(), { maxLength: 5 }), fc.array(fc.nat(200)), (texts, cuts) => {
        const bytes = Buffer.concat(texts.map((text) => frame(JSON.parse(text))))
        const split = messageSplitter()
        const out: string[] = []
        let at = 0
        for (const cut of [...cuts, bytes.length]) {
          out.push(...split(bytes.subarray(at, at + cut)))
          at = Math.min(bytes.length, at + cut)
        }
        expect(out.map((text) => JSON.parse(text))).toEqual(texts.map((text) => JSON.parse(text)))
      }),
    )
  })

  test.each([
    ['no length', 'X: 1\r\n\r\n'],
    ['too long', `Content-Length: ${MESSAGE_BYTES_MAX + 1}\r\n\r\n`],
    ['no end', 'x'.repeat(5_000)],
  ])('with a header of %s are refused', (_what, text) => {
    expect(() => messageSplitter()(new TextEncoder().encode(text))).toThrow()
  })
})

describe('positions', () => {
  test("and offsets are each other's inverse", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'ü', '😀') }),
        fc.nat(),
        (text, n) => {
          const offset = n % (text.length + 1)
          // Nothing stands between the two halves of a line end.
          if (text.slice(offset - 1, offset + 1) === '\r\n') return
          expect(offsetAt(text, positionAt(text, offset))).toBe(offset)
        },
      ),
    )
  })

  test('beyond the end of a line or text are its end', () => {
    expect(offsetAt('ab\ncd', { line: 0, character: 9 })).toBe(2)
    expect(offsetAt('ab\ncd', { line: 9, character: 0 })).toBe(5)
  })

  test('beyond the end of a line that ends with a carriage return are before it', () => {
    const text = 'a: 1\r\n\r\nb: 2\r\n'
    expect(offsetAt(text, { line: 0, character: 99 })).toBe(4)
    expect(offsetAt(text, { line: 1, character: 99 })).toBe(6)
    const range = { start: { line: 0, character: 3 }, end: { line: 0, character: 2 ** 31 - 1 } }
    expect(applyChanges(text, [{ range, text: '9' }])).toBe('a: 9\r\n\r\nb: 2\r\n')
  })

  test('changes apply one after another', () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }
    expect(
      applyChanges('abc', [
        { range, text: 'xy' },
        { range, text: '' },
      ]),
    ).toBe('ybc')
  })
})
