// Builds the index of a field's literals where they lie in memory: automata and tries, for `scan.ts`.
import { buildAutomaton } from './build-automaton'
import { buildTrie } from './build-trie'
import { heapEnd, openHeap, take } from './heap'
import { pick, picked } from './literals'
import { Index, Singles } from './structs'

// Kinds of literals, bits; those of one character are not among them.
export const EQUALS: u32 = 1
const STARTS: u32 = 2
const ENDS: u32 = 4
const CONTAINS: u32 = 8

/** Builds in free memory from `free` on; the index. Where memory is free then is said by `heapEnd`. */
export function buildIndex(literals: usize, count: u32, singles: usize, free: usize): usize {
  openHeap(free)
  const index = changetype<Index>(take(offsetof<Index>()))
  index.singles = changetype<Singles>(singles)
  const inner = pick(literals, count, CONTAINS, false)
  if (picked > 0) index.inner = buildAutomaton(inner, picked)
  const start = pick(literals, count, EQUALS | STARTS, false)
  if (picked > 0) index.start = buildTrie(start, picked, false)
  const end = pick(literals, count, ENDS, true)
  if (picked > 0) index.end = buildTrie(end, picked, true)
  return changetype<usize>(index)
}

export { heapEnd }
