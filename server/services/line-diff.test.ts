import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { diffLines, hunksOf } from './line-diff.ts'

const signs = { same: ' ', removed: '-', added: '+' } as const
const shown = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => `${signs[kind]}${text}`)

test('a diff names what went and what came, where it stands', () => {
  expect(shown('a\nb\nc\n', 'a\nB\nc\nd\n')).toEqual([' a', '-b', '+B', ' c', '+d'])
  expect(shown('', 'a\n')).toEqual(['+a'])
  expect(shown('a\n', 'a\n')).toEqual([' a'])
})

test('a diff leads from one text to the other', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after)
      const side = (left: 'removed' | 'added') =>
        lines.filter(({ kind }) => kind !== left).map((line) => `${line.text}\n`)
      expect(side('added').join('')).toBe(before)
      expect(side('removed').join('')).toBe(after)
    }),
  )
})

test('hunks leave out what is far from any change', () => {
  const before = Array.from({ length: 20 }, (_, n) => n).join('\n')
  const hunks = hunksOf(diffLines(before, before.replace('10', 'ten')), 1)
  expect(hunks.map((line) => line?.text)).toEqual([undefined, '9', '10', 'ten', '11', undefined])
})
