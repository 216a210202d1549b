import { expect, test } from 'bun:test'
import { findWord, mayHold, termPart } from './term-find.ts'
import { bytesOf, WORDS } from './term-text.samples.ts'
import { packTerms } from './term-text.ts'

const encoder = new TextEncoder()

test.each(WORDS.map((words) => [words]))('each of %p is found at its place', (words) => {
  const body = packTerms(bytesOf(words))
  for (const [at, word] of words.entries()) {
    expect([word, findWord(body, encoder.encode(word))]).toEqual([word, at])
  }
})

test('a word is found among those that only begin or end like it, and not when it is absent', () => {
  const kinds = ['', 'user', 'v', 'zdeadbeefq', 'ü']
  const ends = ['', '0', '00', '7f', '7f0', '7f07f0', '7f07f00', '07f07f0', '7f07f07f', 'q7f07f0']
  const words = kinds.flatMap((kind) => ends.map((end) => kind + end)).filter((word) => word !== '')
  for (const left of [0, 1, 2]) {
    const stored = words.filter((_, at) => at % 3 !== left)
    const body = packTerms(bytesOf(stored))
    for (const word of words) {
      expect([word, findWord(body, encoder.encode(word))]).toEqual([word, stored.indexOf(word)])
    }
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
