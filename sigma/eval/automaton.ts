// All substrings of a field at once: Aho-Corasick as a dense table over character classes.
import { type CharClasses, charClasses, classOf } from './char-classes.ts'
import { addHit, type Hits } from './hits.ts'

export interface LiteralAtom {
  /** Folded, not empty. */
  readonly text: string
  readonly atom: number
}

export interface Automaton {
  readonly classes: CharClasses
  /** Row of a state plus class -> row of the next state; `~row` where something may end there. */
  readonly table: Int32Array
  /** By state: the atom of the pattern that ends or goes on alone there, or -1. */
  readonly atomAt: Int32Array
  /** By state: which of `rests` must follow for that pattern, or -1 when nothing is missing. */
  readonly restAt: Int32Array
  readonly rests: readonly string[]
  /** By state: the next shorter suffix at which a pattern ends, or 0. */
  readonly shorter: Int32Array
  /** By state: how many characters lead to it. */
  readonly depthAt: Uint32Array
}

/**
 * A pattern that is alone on its path from this depth on gets no further states: its rest is compared. A
 * fifth of the states, which fit in the cache.
 */
const ALONE_DEPTH = 6

/** A range of sorted patterns that share the characters up to a state. */
interface Pending {
  readonly state: number
  readonly from: number
  readonly to: number
  readonly depth: number
}

const isAlone = ({ from, to, depth }: Pending) => to - from === 1 && depth >= ALONE_DEPTH

/** Builds the automaton; texts must differ. */
export function buildAutomaton(literals: readonly LiteralAtom[]): Automaton {
  const sorted = [...literals].sort((a, b) => (a.text < b.text ? -1 : 1))
  const texts = sorted.map((literal) => literal.text)
  const classes = charClasses(texts)
  const states = countStates(texts)
  const table = new Int32Array(states * classes.count)
  const atomAt = new Int32Array(states).fill(-1)
  const restAt = new Int32Array(states).fill(-1)
  const rests: string[] = []
  const shorter = new Int32Array(states)
  const depthAt = new Uint32Array(states)
  const fail = new Int32Array(states)
  const queue: Pending[] = [{ state: 0, from: 0, to: sorted.length, depth: 0 }]
  let next = 1
  for (let head = 0; head < queue.length; head++) {
    const { state, to, depth, from: first } = queue[head]!
    const row = state * classes.count
    const failRow = fail[state]! * classes.count
    if (state > 0) table.copyWithin(row, failRow, failRow + classes.count)
    let from = atomAt[state]! >= 0 ? first + 1 : first
    while (from < to) {
      const end = endOfRun(texts, from, to, depth)
      const child = next++
      const at = row + classOf(classes, texts[from]!.charCodeAt(depth))
      const pending = { state: child, from, to: end, depth: depth + 1 }
      const failState = state === 0 ? 0 : stateOf(table[at]!, classes.count)
      fail[child] = failState
      shorter[child] = atomAt[failState]! >= 0 ? failState : shorter[failState]!
      depthAt[child] = depth + 1
      const { length } = texts[from]!
      if (length === depth + 1 || isAlone(pending)) {
        atomAt[child] = sorted[from]!.atom
        if (length > depth + 1) restAt[child] = rests.push(texts[from]!.slice(depth + 1)) - 1
      }
      // Rows are written as they are read: a second pass over the table would take as long as this one.
      const childRow = child * classes.count
      table[at] = atomAt[child]! >= 0 || shorter[child]! > 0 ? ~childRow : childRow
      queue.push(pending)
      from = end
    }
  }
  return { classes, table, atomAt, restAt, rests, shorter, depthAt }
}

/** The state of an entry of the table. */
function stateOf(entry: number, classCount: number): number {
  return (entry < 0 ? ~entry : entry) / classCount
}

/** Where the texts from `from` on stop having the same character at `depth`. */
function endOfRun(texts: readonly string[], from: number, to: number, depth: number): number {
  const code = texts[from]!.charCodeAt(depth)
  let end = from + 1
  while (end < to && texts[end]!.charCodeAt(depth) === code) end++
  return end
}

/** How many states sorted texts need. */
function countStates(texts: readonly string[]): number {
  let count = 1
  for (const [i, text] of texts.entries()) {
    const withBefore = i === 0 ? 0 : sharedLength(texts[i - 1]!, text)
    const withAfter = i === texts.length - 1 ? 0 : sharedLength(text, texts[i + 1]!)
    const aloneFrom = Math.max(withBefore, withAfter) + 1
    count += Math.max(0, Math.min(text.length, Math.max(aloneFrom, ALONE_DEPTH)) - withBefore)
  }
  return count
}

function sharedLength(a: string, b: string): number {
  let shared = 0
  while (shared < a.length && a.charCodeAt(shared) === b.charCodeAt(shared)) shared++
  return shared
}

/** Shorter texts are not worth two walks. */
const TWO_WALKS_UNITS_MIN = 256

/**
 * Adds the atom of every pattern that occurs in an ASCII text of any case. False at the first other
 * character: the text has to be folded and given to `scanFolded`. Both halves of the text are walked at once:
 * a step waits for the one before it, so two walks take little longer than one.
 */
export function scanAscii(automaton: Automaton, text: string, hits: Hits): boolean {
  const { table } = automaton
  const { ascii } = automaton.classes
  const half = text.length < TWO_WALKS_UNITS_MIN ? 0 : text.length >> 1
  let row = 0
  let second = 0
  for (let i = 0; i < half; i++) {
    const code = text.charCodeAt(i)
    const secondCode = text.charCodeAt(half + i)
    if ((code | secondCode) > 127) return false
    row = table[row + ascii[code]!]!
    second = table[second + ascii[secondCode]!]!
    if ((row | second) < 0) {
      if (row < 0) {
        row = ~row
        addEnds(automaton, row, text, i + 1, hits)
      }
      if (second < 0) {
        second = ~second
        addEnds(automaton, second, text, half + i + 1, hits)
      }
    }
  }
  for (let i = half * 2; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return false
    second = table[second + ascii[code]!]!
    if (second < 0) {
      second = ~second
      addEnds(automaton, second, text, i + 1, hits)
    }
  }
  if (half > 0) finishWalk(automaton, text, row, half, hits)
  return true
}

/** Walks on behind `half` as long as a pattern that began before it may end. */
function finishWalk(
  automaton: Automaton,
  text: string,
  rowAtHalf: number,
  half: number,
  hits: Hits,
): void {
  const { table, classes, depthAt } = automaton
  let row = rowAtHalf
  for (let i = half; i < text.length && depthAt[row / classes.count]! > i - half; i++) {
    row = table[row + classes.ascii[text.charCodeAt(i)]!]!
    if (row < 0) {
      row = ~row
      addEnds(automaton, row, text, i + 1, hits)
    }
  }
}

/** Adds the atom of every pattern that occurs in a folded text. */
export function scanFolded(automaton: Automaton, folded: string, hits: Hits): void {
  const { table, classes } = automaton
  let row = 0
  for (let i = 0; i < folded.length; i++) {
    row = table[row + classOf(classes, folded.charCodeAt(i))]!
    if (row < 0) {
      row = ~row
      addEnds(automaton, row, folded, i + 1, hits)
    }
  }
}

/** Adds what ends at a state, or goes on alone from `at` in the text. */
function addEnds(automaton: Automaton, row: number, text: string, at: number, hits: Hits): void {
  const { atomAt, restAt, rests, shorter } = automaton
  let state = row / automaton.classes.count
  if (atomAt[state]! < 0) state = shorter[state]!
  while (state > 0) {
    const rest = restAt[state]!
    if (rest < 0 || continues(text, at, rests[rest]!)) addHit(hits, atomAt[state]!)
    state = shorter[state]!
  }
}

/** Whether a folded rest stands in the text (ASCII of any case, or folded) from `at` on. */
function continues(text: string, at: number, rest: string): boolean {
  if (text.length - at < rest.length) return false
  for (let i = 0; i < rest.length; i++) {
    const code = text.charCodeAt(at + i)
    const folded = code >= 0x41 && code <= 0x5a ? code + 0x20 : code
    if (folded !== rest.charCodeAt(i)) return false
  }
  return true
}
