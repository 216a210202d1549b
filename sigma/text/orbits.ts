// The classes of code points that fold alike, for case-insensitive character sets.

import { eachFoldPair } from './fold-runs.ts'
import { FOLD_RUNS } from './fold-table.ts'

function build(): number[][] {
  const byTarget = new Map<number, number[]>()
  eachFoldPair(FOLD_RUNS, (code, target) => {
    const orbit = byTarget.get(target)
    if (orbit === undefined) byTarget.set(target, [target, code])
    else orbit.push(code)
  })
  return [...byTarget.values()]
}

/** Each class once, its folded code point first. */
export const FOLD_ORBITS: readonly (readonly number[])[] = build()
