import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createPhraseFinder } from './phrases.ts'

const GROUPS = [
  ['golden ticket', 'rootkit', 'c2'],
  ['brute force', 'break-in attempt', 'root', 'a-b'],
]

describe('phrases', () => {
  test.each([
    ['a Rootkit was found', 0],
    ['BRUTE FORCE, then a golden ticket', 0],
    ['brute force', 1],
    ['brute forced', -1],
    ['a_brute force', -1],
    ['(break-in attempt!)', 1],
    ['rootkits', -1],
    ['root', 1],
    ['root\u00e9', -1],
    ['\u00e9 rootkit', 0],
    ['', -1],
    ['r', -1],
    ['brute forc', -1],
    ['root root rootkit', 0],
    ['C2', 0],
    ['to c2.', 0],
    ['c2\u00e9', -1],
    ['c22', -1],
    ['ac2', -1],
    ['\u212a c2', 0],
    ['A-B', 1],
  ])('in %p are of group %d', (text, group) => {
    expect(createPhraseFinder(GROUPS)(text)).toBe(group)
  })

  test('beyond ASCII are found', () => {
    const find = createPhraseFinder([['\u00fcberfall'], ['x']])
    expect([find('Ein \u00dcBERFALL!'), find('X'), find('xx')]).toEqual([0, 1, -1])
  })

  test('are those that a search for each finds', () => {
    const word = fc.constantFrom(
      'root',
      'kit',
      'Brute',
      'FORCE',
      'golden',
      'ticket',
      ' ',
      ' ',
      '-',
      '_',
      'é',
      'a',
      'b',
      'c2',
      'K',
    )
    const oracle = (text: string) =>
      GROUPS.findIndex((phrases) =>
        phrases.some((phrase) =>
          new RegExp(
            `(?<![a-z0-9_\\u0080-\\uffff])${phrase}(?![a-z0-9_\\u0080-\\uffff])`,
            'i',
          ).test(text),
        ),
      )
    const find = createPhraseFinder(GROUPS)
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const text = words.join('')
        expect(find(text)).toBe(oracle(text))
      }),
      { numRuns: 2_000 },
    )
  })
})
