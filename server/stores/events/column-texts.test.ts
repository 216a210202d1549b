import { describe, expect, test } from 'bun:test'
import { addText, createTextRows, sameText, textRows } from './column-texts.ts'

const encoder = new TextEncoder()

function rowsOf(texts: readonly (string | undefined)[]) {
  const rows = createTextRows()
  texts.forEach((text, row) => {
    if (text === undefined) return
    const bytes = encoder.encode(`"${text}"`)
    const end = bytes.length - 1
    addText(rows, row, bytes, 1, text.includes('\\') ? ~end : end)
  })
  return rows
}

describe('texts come back by row', () => {
  const many = Array.from({ length: 2048 }, (_, n) => `user-${n}`)
  test.each([
    ['one', ['a']],
    ['some missing', [undefined, 'a', undefined, undefined, 'bc']],
    ['empty ones', ['', 'a', '']],
    ['many', many],
    ['long ones', ['x'.repeat(25), 'y'.repeat(100_000), 'z']],
  ])('%s', (_, texts) => expect(textRows(rowsOf(texts))).toEqual([...texts]))

  test('without their escapes', () => {
    expect(textRows(rowsOf(['C:\\\\a', 'b', '\\"c\\"\\t']))).toEqual(['C:\\a', 'b', '"c"\t'])
  })
})

test.each([
  [['a', 'a', 'a'], 'a'],
  [['', ''], ''],
  [['ab', 'ab', 'ba'], undefined],
  [['a', 'aa'], undefined],
  [['aa', 'a', 'aaa'], undefined],
  [[undefined, 'a', 'a'], undefined],
  [['a', undefined, 'a'], undefined],
  [[], undefined],
])('the text of every row of %j is %j', (texts, same) => {
  expect(sameText(rowsOf(texts))).toBe(same as string)
})
