import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { fold, foldCode, isAscii } from './fold.ts'

describe('fold', () => {
  test.each([
    ['', ''],
    ['C:\\Windows\\CMD.EXE', 'c:\\windows\\cmd.exe'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'οδοσ'],
    ['STRASSE', 'strasse'],
    ['Straße', 'straße'],
    ['STRAẞE', 'straße'],
    ['\u212Aelvin', 'kelvin'],
    ['ſ', 's'],
    ['µ', 'μ'],
    ['İ', 'İ'],
    ['ı', 'ı'],
    ['\u{10400}x', '\u{10428}x'],
    ['\u13A0\uAB70', '\u13A0\u13A0'],
    ['ﬅ', 'ﬆ'],
    ['Ǆǅǆ', 'ǆǆǆ'],
    ['A\uD800B\uDC00C', 'a\uD800b\uDC00c'],
    ['A\0B', 'a\0b'],
  ])('%p folds to %p', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  test('gives the same string back when nothing changes', () => {
    for (const text of ['plain', 'größe', '日本語 \u{1F600}']) expect(fold(text)).toBe(text)
  })

  test('agrees with /iu on every code point and its folding', () => {
    for (let code = 0x80; code <= 0x1ffff; code++) {
      if (foldCode(code) === code) continue
      const pattern = new RegExp(`^\\u{${code.toString(16)}}$`, 'iu')
      expect(pattern.test(String.fromCodePoint(foldCode(code)))).toBe(true)
    }
  })

  test('keeps lengths, is idempotent, and folds a part as it folds the whole', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(fold(a + b)).toBe(fold(a) + fold(b))
        expect(fold(a).length).toBe(a.length)
        expect(fold(fold(a))).toBe(fold(a))
        expect([...fold(a)].length).toBe([...a].length)
      }),
    )
  })

  test('an upper-cased needle is found in an upper-cased text', () => {
    expect(fold('ΟΔΟΣΑ')).toContain(fold('ΟΔΟΣ'))
  })
})

test('isAscii says whether a text is ASCII', () => {
  expect([isAscii(''), isAscii('a\0\x7f'), isAscii('é'), isAscii('\u{1F600}')]).toEqual([
    true,
    true,
    false,
    false,
  ])
})
