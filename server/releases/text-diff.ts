// The difference of two short texts, line by line.
import type { DiffLine } from './diff.ts'

/** Longer texts are shown whole, one after the other: the table would grow with their product. */
export const DIFF_LINES_MAX = 2_000

/** Lines of both texts in order: the longest common subsequence is `same`. */
export function textDiff(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)]
  if (a.length > DIFF_LINES_MAX || b.length > DIFF_LINES_MAX)
    return [
      ...a.map((text, n): DiffLine => ({ kind: 'removed', text, before: n + 1 })),
      ...b.map((text, n): DiffLine => ({ kind: 'added', text, after: n + 1 })),
    ]
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i]!, before: ++i, after: ++j })
    } else if (j >= b.length || (i < a.length && removesFirst(lengths, i, j, width))) {
      lines.push({ kind: 'removed', text: a[i]!, before: ++i })
    } else {
      lines.push({ kind: 'added', text: b[j]!, after: ++j })
    }
  }
  return lines
}

function removesFirst(lengths: Uint32Array, i: number, j: number, width: number): boolean {
  return lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!
}

function linesOf(text: string): string[] {
  const lines = text.replace(/\r\n/g, '\n').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
