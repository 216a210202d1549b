// The literals of a field in an ASCII text: the automata and tries of `sigma/eval/`, walked over bytes.
import { EQUALS } from './build'
import { folded } from './bytes'
import { addHit } from './hits'
import { Automaton, End, Index, Literal, Singles, Trie } from './structs'

/** Shorter texts are not worth two walks, or four. */
const TWO_WALKS_BYTES_MIN: usize = 96
const FOUR_WALKS_BYTES_MIN: usize = 384

/** Adds the atoms of all literals that hold for the text. */
export function scanText(index: Index, start: usize, end: usize): void {
  let singles = index.singles
  while (changetype<usize>(singles) !== 0) {
    scanSingles(singles, start, end)
    singles = singles.next
  }
  if (changetype<usize>(index.inner) !== 0) scanInner(index.inner, start, end)
  if (changetype<usize>(index.start) !== 0) walkTrie(index.start, start, end, false)
  if (changetype<usize>(index.end) !== 0) walkTrie(index.end, start, end, true)
}

function scanSingles(singles: Singles, start: usize, end: usize): void {
  let mask: u32 = 0
  for (let at = start; at < end; at++) {
    mask |= load<u32>(singles.masks + ((<usize>load<u8>(at)) << 2))
  }
  for (; mask !== 0; mask &= mask - 1) {
    addHit(load<i32>(singles.atoms + ((<usize>ctz<u32>(mask)) << 2)))
  }
}

/** A step of a walk waits for the one before it, those of other walks do not: longer texts are walked in parts at once. */
function scanInner(automaton: Automaton, start: usize, end: usize): void {
  const length = end - start
  if (length < TWO_WALKS_BYTES_MIN) walk(automaton, 0, start, end, end)
  else if (length < FOUR_WALKS_BYTES_MIN) walkHalves(automaton, start, end)
  else walkQuarters(automaton, start, end)
}

/** Where a row's step over the byte at a position leads. */
function step(table: usize, classes: usize, row: i32, at: usize): i32 {
  return load<i32>(table + ((<usize>row + <usize>load<u8>(classes + <usize>load<u8>(at))) << 2))
}

/** Walks on from a row to `to`; the row where it ends. */
function walk(automaton: Automaton, from: i32, start: usize, to: usize, end: usize): i32 {
  const table = automaton.table
  const classes = automaton.classes
  let row = from
  for (let at = start; at < to; at++) {
    row = step(table, classes, row, at)
    if (row < 0) row = addEnds(automaton, ~row, at + 1, end)
  }
  return row
}

function walkHalves(automaton: Automaton, start: usize, end: usize): void {
  const table = automaton.table
  const classes = automaton.classes
  const part = (end - start) >> 1
  const middle = start + part
  let a: i32 = 0
  let b: i32 = 0
  for (let at = start; at < middle; at++) {
    a = step(table, classes, a, at)
    b = step(table, classes, b, at + part)
    if ((a | b) >= 0) continue
    if (a < 0) a = addEnds(automaton, ~a, at + 1, end)
    if (b < 0) b = addEnds(automaton, ~b, at + part + 1, end)
  }
  finish(automaton, a, middle, end)
  walk(automaton, b, middle + part, end, end)
}

function walkQuarters(automaton: Automaton, start: usize, end: usize): void {
  const table = automaton.table
  const classes = automaton.classes
  const part = (end - start) >> 2
  const twice = part * 2
  const thrice = part * 3
  const first = start + part
  let a: i32 = 0
  let b: i32 = 0
  let c: i32 = 0
  let d: i32 = 0
  for (let at = start; at < first; at++) {
    a = step(table, classes, a, at)
    b = step(table, classes, b, at + part)
    c = step(table, classes, c, at + twice)
    d = step(table, classes, d, at + thrice)
    if ((a | b | c | d) >= 0) continue
    if (a < 0) a = addEnds(automaton, ~a, at + 1, end)
    if (b < 0) b = addEnds(automaton, ~b, at + part + 1, end)
    if (c < 0) c = addEnds(automaton, ~c, at + twice + 1, end)
    if (d < 0) d = addEnds(automaton, ~d, at + thrice + 1, end)
  }
  finish(automaton, a, first, end)
  finish(automaton, b, first + part, end)
  finish(automaton, c, first + twice, end)
  walk(automaton, d, first + thrice, end, end)
}

/** Walks on behind the end of a part as long as a pattern that began in it may end. */
function finish(automaton: Automaton, from: i32, start: usize, end: usize): void {
  const classCount = automaton.classCount
  let row = from
  for (let at = start; at < end; at++) {
    const depth = load<u32>(automaton.depthAt + ((<usize>(<u32>row / classCount)) << 2))
    if (<usize>depth <= at - start) return
    row = step(automaton.table, automaton.classes, row, at)
    if (row < 0) row = addEnds(automaton, ~row, at + 1, end)
  }
}

/** Adds what ends at `ended`, or goes on alone from `at` in the text; the row to go on from. */
function addEnds(automaton: Automaton, ended: i32, at: usize, end: usize): i32 {
  const first = endAt(automaton, ended)
  let one = first
  if (one.atom < 0) one = endAt(automaton, one.shorter)
  while (true) {
    if (continues(one.rest, <usize>one.restLength, at, end)) addHit(one.atom)
    if (one.shorter < 0) return first.row
    one = endAt(automaton, one.shorter)
  }
}

function endAt(automaton: Automaton, place: i32): End {
  return changetype<End>(automaton.ends + <usize>place * offsetof<End>())
}

function continues(rest: usize, length: usize, at: usize, end: usize): bool {
  if (end - at < length) return false
  for (let i: usize = 0; i < length; i++) {
    if (folded(load<u8>(at + i)) !== load<u8>(rest + i)) return false
  }
  return true
}

/** Adds the literals that stand at the start of a text, or at its end. */
function walkTrie(trie: Trie, start: usize, end: usize, fromEnd: bool): void {
  const length = end - start
  let state: u32 = 0
  for (let depth: usize = 0; ; depth++) {
    const firstAt = trie.firstAt + ((<usize>state) << 2)
    const last = load<u32>(firstAt, 4)
    for (let i = load<u32>(firstAt); i < last; i++) {
      const literal = changetype<Literal>(load<usize>(trie.literals + ((<usize>i) << 2)))
      if (restMatches(literal, start, end, depth, fromEnd)) addHit(literal.atom)
    }
    if (depth >= length) return
    const byte = load<u8>(fromEnd ? end - 1 - depth : start + depth)
    const row = state * trie.classCount + <u32>load<u8>(trie.classes + <usize>byte)
    state = load<u32>(trie.table + ((<usize>row) << 2))
    if (state === 0) return
  }
}

/** Compares what the walk has not seen of a literal. */
function restMatches(
  literal: Literal,
  start: usize,
  end: usize,
  depth: usize,
  fromEnd: bool,
): bool {
  const length = <usize>literal.length
  const isWhole = literal.kind === EQUALS
  if (isWhole ? end - start !== length : end - start < length) return false
  // Of a text walked from its end the first bytes are left, of any other the last ones.
  const wanted = fromEnd ? literal.text : literal.text + depth
  const at = fromEnd ? end - length : start + depth
  for (let i: usize = 0; i < length - depth; i++) {
    if (folded(load<u8>(at + i)) !== load<u8>(wanted + i)) return false
  }
  return true
}
