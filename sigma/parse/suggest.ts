// "Did you mean": the known name nearest to what was written.
import { fold } from '../text/fold.ts'

const WRITTEN_UNITS_MAX = 64

/** `, did you mean x?`, or nothing when no known name is near. */
export function suggestion(written: string, known: Iterable<string>): string {
  const best = nearest(written, known)
  return best === undefined ? '' : `, did you mean ${best}?`
}

/** The known name with the fewest edits from `written`, at most a third of its length. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  if (written.length > WRITTEN_UNITS_MAX) return undefined
  const wanted = fold(written)
  let best: string | undefined
  let fewest = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of known) {
    if (Math.abs(name.length - wanted.length) >= fewest) continue
    const edits = editDistance(wanted, fold(name))
    if (edits < fewest) {
      fewest = edits
      best = name
    }
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2]! + 1)
      }
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
