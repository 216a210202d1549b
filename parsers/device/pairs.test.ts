import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { slotAt } from '../names.ts'
import { pairFields, wantedNames } from './pairs.ts'

const WANTED = wantedNames(['b', 'act'], ['act'])
const BLANK = 0x20
const COMMA = 0x2c

test('names that other lines had in this order make no difference', () => {
  const name = fc.constantFrom('a', 'ab', 'b', 'b,c', 'act', 'é', '__proto__')
  const value = fc.constantFrom('1', '"x y"', '"a\\"b"', '', '(null)', '"open', 'deny')
  const line = fc.array(fc.tuple(name, value), { maxLength: 12 })
  const read = (text: string, separator: number) => {
    const fields = pairFields(text, 0, separator, WANTED)
    return { fields: Object.entries(fields), values: [...WANTED.values] }
  }
  fc.assert(
    fc.property(line, line, fc.constantFrom(BLANK, COMMA), (first, second, separator) => {
      const join = (pairs: readonly (readonly [string, string])[]) =>
        pairs.map(([n, v]) => `${n}=${v}`).join(String.fromCharCode(separator))
      const alone = read(join(second), separator)
      read(join(first), BLANK)
      expect(read(join(second), separator)).toEqual(alone)
    }),
  )
})

test('a name that took the slot of another is not expected in its place', () => {
  const text = 'first=1 second=2 third=3'
  const before = pairFields(text, 0, BLANK, WANTED)
  const many = Array.from({ length: 40_000 }, (_, index) => `n${index} with=`)
  for (const other of many) {
    let hash = 0
    for (let at = 0; at < other.length; at++) {
      hash = (Math.imul(hash, 31) + other.charCodeAt(at)) | 0
    }
    slotAt(other, 0, other.length, hash)
  }
  expect(pairFields(text, 0, BLANK, WANTED)).toEqual(before)
})

test('where a value starts is known', () => {
  pairFields('a=1 b="two" act=deny', 0, BLANK, WANTED)
  expect([...WANTED.starts]).toEqual([7, 16])
  expect(WANTED.values).toEqual(['two', 'deny'])
})
