// `scanText` for ASCII bytes: the same automata and tries, walked without making a string.
import type { Automaton } from './automaton.ts'
import { addHit, type Hits } from './hits.ts'
import { scanSingleBytes } from './singles.ts'
import type { TextIndex } from './text-index.ts'
import type { Trie } from './trie.ts'

/** Adds the atoms of all literals that hold for the ASCII text in `bytes` from `start` to `end`. */
export function scanBytes(
  { ascii: { singles, inner, start: prefixes, end: suffixes } }: TextIndex,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: Hits,
): void {
  if (singles !== undefined) scanSingleBytes(singles, bytes, start, end, hits)
  if (inner !== undefined) scanInner(inner, bytes, start, end, hits)
  if (prefixes !== undefined) walkPrefixes(prefixes, bytes, start, end, hits)
  if (suffixes !== undefined) walkSuffixes(suffixes, bytes, start, end, hits)
}

/** Shorter texts are not worth two walks. */
const TWO_WALKS_BYTES_MIN = 96

/** Both halves are walked at once: a step waits for the one before it, two walks do not wait for each other. */
function scanInner(
  automaton: Automaton,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: Hits,
): void {
  const { table } = automaton
  const { ascii } = automaton.classes
  const length = end - start
  const half = length < TWO_WALKS_BYTES_MIN ? 0 : length >> 1
  const middle = start + half
  let row = 0
  let second = 0
  for (let i = start; i < middle; i++) {
    row = table[row + ascii[bytes[i]!]!]!
    second = table[second + ascii[bytes[half + i]!]!]!
    if ((row | second) < 0) {
      if (row < 0) {
        row = ~row
        addEnds(automaton, row, bytes, i + 1, end, hits)
      }
      if (second < 0) {
        second = ~second
        addEnds(automaton, second, bytes, half + i + 1, end, hits)
      }
    }
  }
  for (let i = middle + half; i < end; i++) {
    second = table[second + ascii[bytes[i]!]!]!
    if (second < 0) {
      second = ~second
      addEnds(automaton, second, bytes, i + 1, end, hits)
    }
  }
  if (half === 0) return
  const { classes, depthAt } = automaton
  for (let i = middle; i < end && depthAt[row / classes.count]! > i - middle; i++) {
    row = table[row + ascii[bytes[i]!]!]!
    if (row < 0) {
      row = ~row
      addEnds(automaton, row, bytes, i + 1, end, hits)
    }
  }
}

function addEnds(
  automaton: Automaton,
  row: number,
  bytes: Uint8Array,
  at: number,
  end: number,
  hits: Hits,
): void {
  const { atomAt, restAt, rests, shorter } = automaton
  let state = row / automaton.classes.count
  if (atomAt[state]! < 0) state = shorter[state]!
  while (state > 0) {
    const rest = restAt[state]!
    if (rest < 0 || continues(bytes, at, end, rests[rest]!)) addHit(hits, atomAt[state]!)
    state = shorter[state]!
  }
}

function continues(bytes: Uint8Array, at: number, end: number, rest: string): boolean {
  if (end - at < rest.length) return false
  for (let i = 0; i < rest.length; i++) {
    if (folded(bytes[at + i]!) !== rest.charCodeAt(i)) return false
  }
  return true
}

function folded(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code
}

function walkPrefixes(trie: Trie, bytes: Uint8Array, start: number, end: number, hits: Hits): void {
  const { table, firstAt, classes } = trie
  const length = end - start
  let state = 0
  for (let depth = 0; ; depth++) {
    const last = firstAt[state + 1]!
    for (let i = firstAt[state]!; i < last; i++) {
      const wanted = trie.texts[i]!
      if (!fits(trie.whole[i]!, length, wanted.length)) continue
      let at = depth
      while (at < wanted.length && folded(bytes[start + at]!) === wanted.charCodeAt(at)) at++
      if (at >= wanted.length) addHit(hits, trie.atoms[i]!)
    }
    if (depth >= length) return
    state = table[state * classes.count + classes.ascii[bytes[start + depth]!]!]!
    if (state === 0) return
  }
}

function walkSuffixes(trie: Trie, bytes: Uint8Array, start: number, end: number, hits: Hits): void {
  const { table, firstAt, classes } = trie
  const length = end - start
  let state = 0
  for (let depth = 0; ; depth++) {
    const last = firstAt[state + 1]!
    for (let i = firstAt[state]!; i < last; i++) {
      const wanted = trie.texts[i]!
      if (!fits(trie.whole[i]!, length, wanted.length)) continue
      let at = depth
      while (at < wanted.length && folded(bytes[end - 1 - at]!) === wanted.charCodeAt(at)) at++
      if (at >= wanted.length) addHit(hits, trie.atoms[i]!)
    }
    if (depth >= length) return
    state = table[state * classes.count + classes.ascii[bytes[end - 1 - depth]!]!]!
    if (state === 0) return
  }
}

function fits(whole: number, length: number, wanted: number): boolean {
  return whole === 1 ? length === wanted : length >= wanted
}
