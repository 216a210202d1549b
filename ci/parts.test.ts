import { expect, test } from 'bun:test'
import { packParts, unpackParts } from './parts.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const PARTS = [bytes('one'), bytes(''), bytes('three')]

test.each([[[]], [[bytes('')]], [PARTS]])('parts come back as they were', (parts) => {
  expect(unpackParts(packParts(parts)).map((part) => [...part])).toEqual(
    parts.map((part) => [...part]),
  )
})

test('they come back from the middle of a buffer', () => {
  const packed = packParts(PARTS)
  const around = new Uint8Array(packed.length + 7)
  around.set(packed, 3)
  const parts = unpackParts(around.subarray(3, 3 + packed.length))
  expect(parts.map((part) => new TextDecoder().decode(part))).toEqual(['one', '', 'three'])
})

test('every byte that is changed is seen, and every length that is not whole', () => {
  const packed = packParts(PARTS)
  for (let at = 0; at < packed.length; at++) {
    const changed = packed.slice()
    changed[at]! ^= 1
    expect(() => unpackParts(changed)).toThrow('checksum')
    expect(() => unpackParts(packed.subarray(0, at))).toThrow('checksum')
  }
  expect(() => unpackParts(new Uint8Array([...packed, 0]))).toThrow('checksum')
})
