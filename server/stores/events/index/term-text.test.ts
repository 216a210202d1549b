import { expect, test } from 'bun:test'
import { mayHold, packTerms, termPart, unpackTerms } from './term-text.ts'

const encoder = new TextEncoder()
const bytesOf = (words: readonly string[]) => encoder.encode(`\n${words.join('\n')}\n`)

/** Words of every kind of end: none, short, odd and even digits, the whole word, the longest. */
const WORDS: readonly (readonly string[])[] = [
  ['powershell'],
  ['c0ffee1'],
  ['a', '0', 'ff', 'fff'],
  ['11fd02eb', 'bb2aafde', '11fd02ebbb2aafded6a3deecf5ce2edf', 'deadbee'],
  ['forcev1bb2aafde', 'user12345', 'user123456', 'x_0000001', 'facebook', 'decade'],
  ['feedback', 'deadbeefx', 'zdeadbeefq77'],
  ['straße00ff00', 'ü', '日本abcdef', 'é1234567'],
  ['f'.repeat(256), `z${'0'.repeat(255)}`, 'g'.repeat(256)],
]

test.each(WORDS.map((words) => [words]))('%p are what was stored', (words) => {
  const terms = bytesOf(words)
  expect(unpackTerms(packTerms(terms)).equals(terms)).toBe(true)
})

test('buckets of one size do not leave anything to the next', () => {
  const packed = WORDS.map((words) => packTerms(bytesOf(words)))
  for (const [at, body] of packed.entries()) {
    expect(unpackTerms(body).toString()).toBe(`\n${WORDS[at]!.join('\n')}\n`)
  }
})

test('every part of every word may be held by its bucket', () => {
  for (const words of WORDS) {
    const body = packTerms(bytesOf(words))
    for (const word of words) {
      const chars = [...word]
      for (let start = 0; start < chars.length; start += chars.length > 100 ? 7 : 1) {
        for (let end = start + 1; end <= Math.min(chars.length, start + 40); end++) {
          const part = chars.slice(start, end).join('')
          expect([part, mayHold(body, [termPart(encoder.encode(part))])]).toEqual([part, true])
        }
      }
    }
  }
})

test('parts that no word holds are told apart', () => {
  const body = packTerms(bytesOf(['11fd02ebbb2aafde', 'forcev1c0ffee77', 'agent']))
  for (const absent of [
    'c0ffee1',
    '1fd02ebb2',
    'zzy',
    'v1c0ffee8',
    'qagent',
    '12345',
    'v2c0ffee7',
  ]) {
    const part = termPart(encoder.encode(absent))
    expect([absent, mayHold(body, [part])]).toEqual([absent, false])
  }
})
