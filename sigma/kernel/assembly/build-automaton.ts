// Builds the automaton of the substrings of a field: the algorithm of `sigma/eval/automaton.ts`, over bytes.
import { classCount, classesOf } from './classes'
import { take, takeWords } from './heap'
import { byteOf, endOfRun, literalAt, shared } from './literals'
import { Automaton, End, Literal } from './structs'

/** From this depth on patterns get no further states where they are so few on their path: their rests are compared. */
const FEW_DEPTH: u32 = 6
const FEW: u32 = 8
const NONE: i32 = -1

/** A state that has a row: its sorted patterns, the row it falls back to, and how many bytes lead to it. */
@unmanaged
class State {
  from: u32
  to: u32
  fallback: i32
}

function stateAt(states: usize, place: u32): State {
  return changetype<State>(states + <usize>place * offsetof<State>())
}

/** Of sorted literals whose texts differ; at least one. */
export function buildAutomaton(list: usize, count: u32): Automaton {
  const classes = classesOf(list, count)
  const width = classCount
  const rows = countRows(list, count)
  const automaton = changetype<Automaton>(take(offsetof<Automaton>()))
  automaton.classes = classes
  automaton.classCount = width
  automaton.table = takeWords(<usize>rows * width)
  automaton.depthAt = takeWords(rows)
  automaton.ends = take((<usize>rows + count) * offsetof<End>())
  const states = take(<usize>rows * offsetof<State>())
  stateAt(states, 0).to = count
  nextRow = 1
  nextEnd = 0
  for (let state: u32 = 0; state < nextRow; state++) addChildren(automaton, list, states, state)
  return automaton
}

let nextRow: u32 = 0
let nextEnd: i32 = 0

/** Sets the row of a state: that of the state it falls back to, but where its patterns go on. */
function addChildren(automaton: Automaton, list: usize, states: usize, place: u32): void {
  const state = stateAt(states, place)
  const row = automaton.table + ((<usize>place * automaton.classCount) << 2)
  const fallback = automaton.table + ((<usize>state.fallback) << 2)
  if (place > 0) memory.copy(row, fallback, (<usize>automaton.classCount) << 2)
  const depth = load<u32>(automaton.depthAt + ((<usize>place) << 2))
  let from = state.from
  if (literalAt(list, from).length === depth) from++
  while (from < state.to) {
    const last = endOfRun(list, from, state.to, depth, false)
    const byte = byteOf(literalAt(list, from), depth, false)
    const entryAt = row + ((<usize>load<u8>(automaton.classes + <usize>byte)) << 2)
    const entry = place === 0 ? 0 : load<i32>(entryAt)
    const behind = entry < 0 ? endAt(automaton, ~entry).row : entry
    const isLeaf = isLeafOf(literalAt(list, from), last - from, depth + 1)
    const child = isLeaf ? behind : addState(automaton, states, from, last, behind, depth + 1)
    const isWhole = literalAt(list, from).length === depth + 1
    const own = isLeaf ? last : isWhole ? from + 1 : from
    const end = addEnds(automaton, list, from, own, depth + 1, suffixOf(automaton, entry))
    if (end !== NONE) endAt(automaton, end).row = child
    store<i32>(entryAt, end === NONE ? child : ~end)
    from = last
  }
}

function endAt(automaton: Automaton, end: i32): End {
  return changetype<End>(automaton.ends + <usize>end * offsetof<End>())
}

/** Whether a state needs no row. */
function isLeafOf(first: Literal, patterns: u32, depth: u32): bool {
  if (depth >= FEW_DEPTH) return patterns <= FEW
  return patterns === 1 && first.length === depth
}

function addState(
  automaton: Automaton,
  states: usize,
  from: u32,
  to: u32,
  fallback: i32,
  depth: u32,
): i32 {
  const place = nextRow++
  const state = stateAt(states, place)
  state.from = from
  state.to = to
  state.fallback = fallback
  store<u32>(automaton.depthAt + ((<usize>place) << 2), depth)
  return <i32>(place * automaton.classCount)
}

/** The pattern that ends at the state that one falls back to, or at a shorter suffix. */
function suffixOf(automaton: Automaton, entry: i32): i32 {
  if (entry >= 0) return NONE
  const end = endAt(automaton, ~entry)
  return end.atom >= 0 ? ~entry : end.shorter
}

/** Adds the ends of the patterns that end at `depth`, or go on from a leaf there, before that of the suffix. */
function addEnds(
  automaton: Automaton,
  list: usize,
  from: u32,
  to: u32,
  depth: u32,
  suffix: i32,
): i32 {
  let end = suffix
  for (let i = from; i < to; i++) {
    const literal = literalAt(list, i)
    end = addEnd(automaton, literal.atom, end)
    const added = endAt(automaton, end)
    added.rest = literal.text + <usize>depth
    added.restLength = literal.length - depth
  }
  return end === suffix && suffix !== NONE ? addEnd(automaton, NONE, suffix) : end
}

function addEnd(automaton: Automaton, atom: i32, shorter: i32): i32 {
  const end = endAt(automaton, nextEnd)
  end.atom = atom
  end.shorter = shorter
  return nextEnd++
}

/** How many rows sorted literals need: see `countRows` of `sigma/eval/automaton.ts`. */
function countRows(list: usize, count: u32): u32 {
  let rows: u32 = 1
  for (let i: u32 = 0; i < count; i++) {
    const length = literalAt(list, i).length
    const withBefore: u32 = i === 0 ? 0 : shared(list, i - 1, i, false)
    const withAfter: u32 = i + 1 === count ? 0 : shared(list, i, i + 1, false)
    const isWhole = length < FEW_DEPTH && withAfter < length
    const shallow = isWhole ? length - 1 : min(length, FEW_DEPTH - 1)
    const deep: u32 = i + FEW < count ? shared(list, i, i + FEW, false) : 0
    rows += max(max(shallow, deep), withBefore) - withBefore
  }
  return rows
}
