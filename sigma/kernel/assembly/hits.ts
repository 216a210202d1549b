// The atoms found in one line: those of one value after those of another.
import { HITS, HITS_MAX } from './places'

let count: u32 = 0

/** Atoms so far; above `HITS_MAX` some are missing. */
export function hitCount(): u32 {
  return count
}

export function setHitCount(to: u32): void {
  count = to
}

export function addHit(atom: i32): void {
  if (count < HITS_MAX) store<i32>(HITS + ((<usize>count) << 2), atom)
  count++
}

export function hitAt(at: u32): i32 {
  return load<i32>(HITS + ((<usize>at) << 2))
}
