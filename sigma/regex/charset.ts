// Sets of code points as sorted, disjoint, inclusive ranges `[lo, hi, lo, hi, ...]`.
import { foldCode } from '../text/fold.ts'
import { FOLD_ORBITS } from '../text/orbits.ts'

const orbitOf = new Map(FOLD_ORBITS.map((orbit) => [orbit[0]!, orbit]))

export type CharSet = readonly number[]

export const CODE_POINT_MAX = 0x10ffff

export const ANY: CharSet = [0, CODE_POINT_MAX]
export const NOT_NEWLINE: CharSet = [0, 0x09, 0x0b, CODE_POINT_MAX]
export const DIGITS: CharSet = [0x30, 0x39]
export const SPACES: CharSet = [0x09, 0x0a, 0x0c, 0x0d, 0x20, 0x20]
export const WORDS: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a]

/** The POSIX classes `[[:name:]]`, ASCII only. */
export const POSIX: Readonly<Record<string, CharSet>> = {
  alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
  alpha: [0x41, 0x5a, 0x61, 0x7a],
  ascii: [0x00, 0x7f],
  blank: [0x09, 0x09, 0x20, 0x20],
  cntrl: [0x00, 0x1f, 0x7f, 0x7f],
  digit: DIGITS,
  graph: [0x21, 0x7e],
  lower: [0x61, 0x7a],
  print: [0x20, 0x7e],
  punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  space: [0x09, 0x0d, 0x20, 0x20],
  upper: [0x41, 0x5a],
  word: WORDS,
  xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
}

/** Sorts and joins ranges given in any order. */
export function normalise(ranges: readonly number[]): CharSet {
  const pairs: [number, number][] = []
  for (let i = 0; i + 1 < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!])
  pairs.sort((a, b) => a[0] - b[0])
  const out: number[] = []
  for (const [lo, hi] of pairs) {
    const last = out.length - 1
    if (last > 0 && lo <= out[last]! + 1) out[last] = Math.max(out[last]!, hi)
    else out.push(lo, hi)
  }
  return out
}

/** Every code point that is not in the set. */
export function negate(set: CharSet): CharSet {
  const out: number[] = []
  let from = 0
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > from) out.push(from, set[i]! - 1)
    from = set[i + 1]! + 1
  }
  if (from <= CODE_POINT_MAX) out.push(from, CODE_POINT_MAX)
  return out
}

export function contains(set: CharSet, code: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (code < set[i]!) return false
    if (code <= set[i + 1]!) return true
  }
  return false
}

/** The set with all that folds to the same as one of its members. */
export function foldClosure(set: CharSet): CharSet {
  if (set.length === 2 && set[0] === set[1]) {
    const orbit = orbitOf.get(foldCode(set[0]!))
    return orbit === undefined ? set : normalise(orbit.flatMap((code) => [code, code]))
  }
  const added: number[] = []
  for (const orbit of FOLD_ORBITS) {
    if (!orbit.some((code) => contains(set, code))) continue
    for (const code of orbit) if (!contains(set, code)) added.push(code, code)
  }
  return added.length === 0 ? set : normalise([...set, ...added])
}
