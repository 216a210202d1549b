// Two texts line by line: what a newer version took away and what it brought.

export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Lines of both texts together above which they are shown as wholly replaced. */
const LINES_MAX = 4_000

/** The shortest way from one text to the other. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  )
    end++
  const middle = diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end))
  const same = (text: string): DiffLine => ({ kind: 'same', text })
  return [...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)]
}

/** Changes with some lines around them; `undefined` stands for lines left out. */
export function hunksOf(
  lines: readonly DiffLine[],
  context = 3,
): readonly (DiffLine | undefined)[] {
  const near = (at: number) => {
    for (let n = Math.max(0, at - context); n <= Math.min(lines.length - 1, at + context); n++)
      if (lines[n]?.kind !== 'same') return true
    return false
  }
  const shown = lines.map((line, at) => (line.kind !== 'same' || near(at) ? line : undefined))
  return shown.filter((line, at) => line !== undefined || at === 0 || shown[at - 1] !== undefined)
}

/** Lines of a text; one that ends with a line end has no empty last one. */
export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function diffMiddle(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: 'removed', text })
  const added = (text: string): DiffLine => ({ kind: 'added', text })
  if (a.length === 0 || b.length === 0 || a.length + b.length > LINES_MAX)
    return [...a.map(removed), ...b.map(added)]
  const common = commonLengths(a, b)
  const width = b.length + 1
  const out: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      out.push({ kind: 'same', text: a[i]! })
      i++
      j++
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
      out.push(removed(a[i++]!))
    else out.push(added(b[j++]!))
  }
  return [...out, ...a.slice(i).map(removed), ...b.slice(j).map(added)]
}

/** Length of the longest common part of every pair of ends. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1
  const common = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
  return common
}
