// Goes through a range in windows that each fit: one that is too much is halved, and the next try is larger.

/** Windows that must fit before a wider one is tried. */
const GROW_AFTER = 8

/** What came of a window; `too-much` asks for a smaller one. */
export type Covered = 'done' | 'too-much'

/**
 * Calls `window(from, to)` for adjoining parts of (from, to], oldest first, until all is done. Windows are of
 * whole numbers. Throws when one of width 1 is too much.
 */
export async function cover(
  from: number,
  to: number,
  window: (from: number, to: number) => Promise<Covered>,
): Promise<void> {
  let start = from
  let width = to - from
  let fitting = 0
  while (start < to) {
    const end = Math.min(start + Math.max(width, 1), to)
    if ((await window(start, end)) === 'done') {
      start = end
      fitting++
      if (fitting % GROW_AFTER === 0) width *= 2
    } else if (end - start <= 1) throw new Error(`the part at ${end} takes too long to search`)
    else {
      width = Math.floor((end - start) / 2)
      fitting = 0
    }
  }
}
