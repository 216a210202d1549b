import { describe, expect, test } from 'bun:test'
import { addGrams, createGrams, mayHoldGrams, mergeGrams, packGrams, unpackGrams } from './grams.ts'
import { CLASS_ASCII, CLASS_HEX, CLASS_OTHER, type GroupInfo } from './layout.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function setsOf(words: readonly string[], wordClass = CLASS_ASCII) {
  const sets = createGrams()
  for (const word of words) addGrams(sets, wordClass, bytes(word), 0, bytes(word).length)
  return sets
}

const infoOf = (words: readonly string[], isNew = true): GroupInfo =>
  ({
    terms: [0, 0, words.length, 0],
    ...(isNew ? { grams: packGrams(setsOf(words)) } : {}),
  }) as unknown as GroupInfo

describe('a part of a word', () => {
  const set = setsOf(['powershell', 'ws_1234', 'zz'])[CLASS_ASCII]
  for (const [part, may] of [
    ['owershel', true],
    ['powershell', true],
    ['s_1', true],
    ['zz', true],
    ['qz', true],
    ['', true],
    ['powx', false],
    ['qzzyqx', false],
    ['zzz', false],
    ['größe', false],
  ] as const) {
    test(`${part || 'of nothing'} ${may ? 'may be' : 'is not'} in the words`, () => {
      expect(mayHoldGrams(set, bytes(part))).toBe(may)
    })
  }
})

test('bytes beyond ASCII are alike', () => {
  const set = setsOf(['größe'], CLASS_OTHER)[CLASS_OTHER]
  expect(mayHoldGrams(set, bytes('rößen'))).toBe(false)
  expect(mayHoldGrams(set, bytes('rüße'))).toBe(true)
})

test('nothing is sure without a set', () => {
  expect(mayHoldGrams(undefined, bytes('qzzyqx'))).toBe(true)
  expect(createGrams()[CLASS_HEX]).toBeUndefined()
  expect(unpackGrams({})).toEqual([undefined, undefined, undefined, undefined])
})

test('sets come back from a group as they were', () => {
  const sets = setsOf(['alpha', 'beta_9'])
  expect(unpackGrams({ grams: packGrams(sets) })).toEqual([...sets])
})

test('a merged group holds what its groups hold, and nothing is sure where one has no set', () => {
  const merged = mergeGrams([infoOf(['alpha']), infoOf([], false), infoOf(['omega'])])[CLASS_ASCII]
  expect(mayHoldGrams(merged, bytes('lph'))).toBe(true)
  expect(mayHoldGrams(merged, bytes('meg'))).toBe(true)
  expect(mayHoldGrams(merged, bytes('alm'))).toBe(false)
  expect(mergeGrams([infoOf(['alpha']), infoOf(['old'], false)])[CLASS_ASCII]).toBeUndefined()
})
