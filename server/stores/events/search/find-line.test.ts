import { expect, test } from 'bun:test'
import { lineStart } from '../line.ts'
import { findLine } from './find-line.ts'

const lineOf = (number: number, text: string) => `${lineStart(number)}"t":0,"j":"${text}"}`

/** Lines of one length, of growing and falling lengths, and with one that is most of the block. */
const LENGTHS: readonly (readonly [string, (n: number) => number])[] = [
  ['even', () => 100],
  ['growing', (n) => n * n],
  ['falling', (n) => (40 - n) ** 2],
  ['one long', (n) => (n === 7 ? 100_000 : 3)],
  ['the last long', (n) => (n === 39 ? 100_000 : 0)],
]

test.each(LENGTHS)('each of %s lines is found by its number', (_, length) => {
  for (const first of [0, 1, 95, 9_999_990]) {
    for (const of of [1, 2, 40]) {
      const lines = Array.from({ length: of }, (_, n) => lineOf(first + n, 'ä'.repeat(length(n))))
      const bytes = Buffer.from(lines.join('\n'))
      for (const [at, line] of lines.entries()) {
        expect(findLine(bytes, first + at, { at, of })).toBe(line)
      }
    }
  }
})

test.each([4, 8, 12])(
  'the line of event %i, which the block does not have, is not another one',
  (number) => {
    const bytes = Buffer.from([5, 6, 7].map((n) => lineOf(n, 'x')).join('\n'))
    for (const at of [0, 1, 2]) {
      expect(() => findLine(bytes, number, { at, of: 3 })).toThrow(`no line of event ${number}`)
    }
  },
)
