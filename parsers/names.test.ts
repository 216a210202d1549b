import { expect, test } from 'bun:test'
import { internedAt, NAME_SEED, nameAt, nameHash, placesBySlot, slotAt } from './names.ts'

const TEXT = 'srcip=192.0.2.9 srcport=51511 __proto__=x 7=y grüße=z'

test.each([
  [0, 5, 'srcip'],
  [16, 23, 'srcport'],
  [30, 39, '__proto__'],
  [42, 43, '7'],
  [46, 51, 'grüße'],
  [5, 5, ''],
])('units %d to %d are %p, as a slice would be', (start, end, name) => {
  expect(internedAt(TEXT, start, end)).toBe(name)
  expect(internedAt(TEXT, start, end)).toBe(TEXT.slice(start, end))
})

test('names of one hash are told apart', () => {
  const hashed = (text: string) => nameAt(text, 0, text.length, NAME_SEED)
  const names = Array.from({ length: 64 }, (_, index) => `name${index}`)
  for (const name of [...names, ...names.toReversed()]) expect(hashed(name)).toBe(name)
})

test('more names than are kept, and longer ones, are right all the same', () => {
  for (let index = 0; index < 20_000; index++) {
    const name = `x${index}`
    expect(internedAt(name, 0, name.length)).toBe(name)
  }
  const long = 'n'.repeat(1000)
  expect(internedAt(long, 0, long.length)).toBe(long)
})

test('the hash depends on order', () => {
  const hash = (text: string) =>
    [...text].reduce((sum, c) => nameHash(sum, c.charCodeAt(0)), NAME_SEED)
  expect(hash('ab')).not.toBe(hash('ba'))
})

test('names that are asked for keep their slots, however many others come', () => {
  const list = Array.from({ length: 60 }, (_, index) => `asked${index}`)
  const places = placesBySlot(list)
  const placeOf = (name: string) => {
    const hash = [...name].reduce((sum, c) => nameHash(sum, c.charCodeAt(0)), NAME_SEED)
    const slot = slotAt(name, 0, name.length, hash)
    return slot < 0 ? 0 : places[slot]
  }
  for (let index = 0; index < 20_000; index++) expect(placeOf(`y${index}`)).toBe(0)
  expect(list.map(placeOf)).toEqual(list.map((_, index) => index + 1))
})
