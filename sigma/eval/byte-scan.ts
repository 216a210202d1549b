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

/** Shorter texts are not worth two walks, or four. */
const TWO_WALKS_BYTES_MIN = 96
const FOUR_WALKS_BYTES_MIN = 384

/** A step of a walk waits for the one before it, those of other walks do not: longer texts are walked in parts at once. */
function scanInner(
  automaton: Automaton,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: Hits,
): void {
  const length = end - start
  if (length < TWO_WALKS_BYTES_MIN) walk(automaton, 0, bytes, start, end, hits)
  else if (length < FOUR_WALKS_BYTES_MIN) walkHalves(automaton, bytes, start, end, hits)
  else walkQuarters(automaton, bytes, start, end, hits)
}

/** Walks on from a row through the bytes. */
function walk(
  automaton: Automaton,
  from: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: Hits,
): void {
  const { table } = automaton
  const { ascii } = automaton.classes
  let row = from
  for (let i = start; i < end; i++) {
    row = table[row + ascii[bytes[i]!]!]!
    if (row < 0) {
      row = ~row
      addEnds(automaton, row, bytes, i + 1, end, hits)
    }
  }
}

function walkHalves(
  automaton: Automaton,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: Hits,
): void {
  const { table } = automaton
  const { ascii } = automaton.classes
  const part = (end - start) >> 1
  const middle = start + part
  let row = 0
  let second = 0
  for (let i = start; i < middle; i++) {
    row = table[row + ascii[bytes[i]!]!]!
    second = table[second + ascii[bytes[part + i]!]!]!
    if ((row | second) < 0) {
      if (row < 0) {
        row = ~row
        addEnds(automaton, row, bytes, i + 1, end, hits)
      }
      if (second < 0) {
        second = ~second
        addEnds(automaton, second, bytes, part + i + 1, end, hits)
      }
    }
  }
  finish(automaton, row, bytes, middle, end, hits)
  walk(automaton, second, bytes, middle + part, end, hits)
}

function walkQuarters(
  automaton: Automaton,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: Hits,
): void {
  const { table } = automaton
  const { ascii } = automaton.classes
  const part = (end - start) >> 2
  const twice = part * 2
  const thrice = part * 3
  const first = start + part
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let i = start; i < first; i++) {
    a = table[a + ascii[bytes[i]!]!]!
    b = table[b + ascii[bytes[part + i]!]!]!
    c = table[c + ascii[bytes[twice + i]!]!]!
    d = table[d + ascii[bytes[thrice + i]!]!]!
    if ((a | b | c | d) >= 0) continue
    if (a < 0) {
      a = ~a
      addEnds(automaton, a, bytes, i + 1, end, hits)
    }
    if (b < 0) {
      b = ~b
      addEnds(automaton, b, bytes, part + i + 1, end, hits)
    }
    if (c < 0) {
      c = ~c
      addEnds(automaton, c, bytes, twice + i + 1, end, hits)
    }
    if (d < 0) {
      d = ~d
      addEnds(automaton, d, bytes, thrice + i + 1, end, hits)
    }
  }
  finish(automaton, a, bytes, first, end, hits)
  finish(automaton, b, bytes, first + part, end, hits)
  finish(automaton, c, bytes, first + twice, end, hits)
  walk(automaton, d, bytes, first + thrice, end, hits)
}

/** Walks on behind the end of a part as long as a pattern that began in it may end. */
function finish(
  automaton: Automaton,
  from: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: Hits,
): void {
  const { table, classes, depthAt } = automaton
  let row = from
  for (let i = start; i < end && depthAt[row / classes.count]! > i - start; i++) {
    row = table[row + classes.ascii[bytes[i]!]!]!
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
