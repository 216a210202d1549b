import { describe, expect, test } from 'bun:test'
import { CONFLICT_MARKS, conflictLines, merge3 } from './merge3.ts'

const text = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
const [MINE, SPLIT, NEWER] = CONFLICT_MARKS

describe('a three-way merge', () => {
  const base = text('a', 'b', 'c', 'd', 'e', 'f')
  test.each<[string, string, string, string, number]>([
    ['nothing', base, base, base, 0],
    ['mine alone', text('a', 'B', 'c', 'd', 'e', 'f'), base, text('a', 'B', 'c', 'd', 'e', 'f'), 0],
    ['theirs alone', base, text('a', 'b', 'c', 'f'), text('a', 'b', 'c', 'f'), 0],
    [
      'both the same',
      text('a', 'X', 'd', 'e', 'f'),
      text('a', 'X', 'd', 'e', 'f'),
      text('a', 'X', 'd', 'e', 'f'),
      0,
    ],
    [
      'both apart',
      text('0', 'a', 'b', 'c', 'd', 'e', 'f'),
      text('a', 'b', 'c', 'd', 'F', 'g'),
      text('0', 'a', 'b', 'c', 'd', 'F', 'g'),
      0,
    ],
    [
      'the same line',
      text('a', 'mine', 'c', 'd', 'e', 'f'),
      text('a', 'theirs', 'c', 'd', 'e', 'f'),
      text('a', MINE, 'mine', SPLIT, 'theirs', NEWER, 'c', 'd', 'e', 'f'),
      1,
    ],
    [
      'an insertion at one place',
      text('a', 'b', 'same', 'mine', 'c', 'd', 'e', 'f'),
      text('a', 'b', 'same', 'theirs', 'c', 'd', 'e', 'f'),
      text('a', 'b', 'same', MINE, 'mine', SPLIT, 'theirs', NEWER, 'c', 'd', 'e', 'f'),
      1,
    ],
    [
      'what the other deleted',
      text('a', 'b', 'C', 'd', 'e', 'f'),
      text('a', 'e', 'f'),
      text('a', MINE, 'b', 'C', 'd', SPLIT, NEWER, 'e', 'f'),
      1,
    ],
  ])('of %s', (_, mine, theirs, merged, conflicts) => {
    expect(merge3(base, mine, theirs)).toEqual({ text: merged, conflicts })
  })

  test('without a common text keeps both', () => {
    expect(merge3('', text('title', 'x'), text('title', 'y'))).toEqual({
      text: text('title', MINE, 'x', SPLIT, 'y', NEWER),
      conflicts: 1,
    })
  })

  test('loses no line of either, and gives one side back where the other is as it was', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const edited = (lines: readonly string[], mark: string) => {
      const out = [...lines]
      for (let n = random(4); n > 0; n--)
        out.splice(random(out.length + 1), random(3), ...(random(2) ? [`${mark}${n}`] : []))
      return out
    }
    for (let round = 0; round < 500; round++) {
      const start = Array.from({ length: random(12) }, () => `l${random(5)}`)
      const [mine, theirs] = [edited(start, 'm'), edited(start, 't')]
      const [b, m, t] = [text(...start), text(...mine), text(...theirs)]
      expect(merge3(b, m, b)).toEqual({ text: m, conflicts: 0 })
      expect(merge3(b, b, t)).toEqual({ text: t, conflicts: 0 })
      expect(merge3(b, m, m)).toEqual({ text: m, conflicts: 0 })
      const merged = merge3(b, m, t)
      const found = new Set(merged.text.split('\n'))
      for (const line of [...mine, ...theirs])
        if (!start.includes(line)) expect(found.has(line)).toBe(true)
      expect(conflictLines(merged.text)).toHaveLength(merged.conflicts)
    }
  })
})
