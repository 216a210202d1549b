import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { base64, base64Offsets, encodeBytes, encodeParts } from './encode.ts'

test('base64 is that of bytes', () => {
  expect(base64([])).toBe('')
  expect(base64([0, 255, 128])).toBe('AP+A')
})

test('base64Offsets are found wherever the bytes stand in a longer run', () => {
  const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 12 })
  fc.assert(
    fc.property(
      bytes,
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 3 }),
      bytes,
      (before, own, after) => {
        const whole = base64([...before, ...own, ...after])
        expect(whole).toContain(base64Offsets(own)[before.length % 3]!)
      },
    ),
  )
})

test('encodeBytes knows the UTF-16 forms', () => {
  expect(encodeBytes('é', undefined)).toEqual([0xc3, 0xa9])
  expect(encodeBytes('é', 'utf16le')).toEqual([0xe9, 0])
  expect(encodeBytes('é', 'utf16be')).toEqual([0, 0xe9])
  expect(encodeBytes('a', 'utf16')).toEqual([0xff, 0xfe, 0x61, 0])
})

test('encodeParts keeps wildcards and refuses text beyond ASCII', () => {
  expect(encodeParts([{ literal: 'a' }, '*'], 'utf16le')).toEqual([{ literal: 'a\0' }, '*'])
  expect(encodeParts(['?'], 'utf16')).toEqual([{ literal: '\ufeff' }, '?'])
  expect(encodeParts([{ literal: 'é' }], 'utf16be')).toBeUndefined()
})
