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
  /** Row of a state times class -> row of the next state; `~row` where a pattern ends there. */
  readonly table: Int32Array
  /** By state: the atom of the pattern that ends there, or -1. */
  readonly atomAt: Int32Array
  /** By state: the next shorter suffix at which a pattern ends, or 0. */
  readonly shorter: Int32Array
}

/** A range of sorted patterns that share the characters up to a state. */
interface Pending {
  readonly state: number
  readonly from: number
  readonly to: number
  readonly depth: number
}

/** Builds the automaton; texts must differ. */
export function buildAutomaton(literals: readonly LiteralAtom[]): Automaton {
  const sorted = [...literals].sort((a, b) => (a.text < b.text ? -1 : 1))
  const texts = sorted.map((literal) => literal.text)
  const classes = charClasses(texts)
  const states = countPrefixes(texts) + 1
  const table = new Int32Array(states * classes.count)
  const atomAt = new Int32Array(states).fill(-1)
  const shorter = new Int32Array(states)
  const fail = new Int32Array(states)
  const queue: Pending[] = [{ state: 0, from: 0, to: sorted.length, depth: 0 }]
  let next = 1
  for (let head = 0; head < queue.length; head++) {
    const { state, to, depth } = queue[head]!
    const row = state * classes.count
    const failRow = fail[state]! * classes.count
    if (state > 0) table.copyWithin(row, failRow, failRow + classes.count)
    let { from } = queue[head]!
    if (texts[from]!.length === depth) atomAt[state] = sorted[from++]!.atom
    const failState = fail[state]!
    shorter[state] = atomAt[failState]! >= 0 ? failState : shorter[failState]!
    while (from < to) {
      const code = texts[from]!.charCodeAt(depth)
      let end = from + 1
      while (end < to && texts[end]!.charCodeAt(depth) === code) end++
      const child = next++
      const charClass = classOf(classes, code)
      fail[child] = state === 0 ? 0 : table[failRow + charClass]!
      table[row + charClass] = child
      queue.push({ state: child, from, to: end, depth: depth + 1 })
      from = end
    }
  }
  encodeRows(table, classes.count, atomAt, shorter)
  return { classes, table, atomAt, shorter }
}

/** Number of distinct non-empty prefixes of sorted texts. */
function countPrefixes(sorted: readonly string[]): number {
  let count = 0
  let previous = ''
  for (const text of sorted) {
    let shared = 0
    while (shared < previous.length && previous.charCodeAt(shared) === text.charCodeAt(shared)) {
      shared++
    }
    count += text.length - shared
    previous = text
  }
  return count
}

/** State numbers become row offsets, negative where something ends. */
function encodeRows(
  table: Int32Array,
  classCount: number,
  atomAt: Int32Array,
  shorter: Int32Array,
): void {
  for (let i = 0; i < table.length; i++) {
    const state = table[i]!
    const row = state * classCount
    table[i] = atomAt[state]! >= 0 || shorter[state]! > 0 ? ~row : row
  }
}

/**
 * Adds the atom of every pattern that occurs in an ASCII text of any case. False at the first other
 * character: the text has to be folded and given to `scanFolded`.
 */
export function scanAscii(automaton: Automaton, text: string, hits: Hits): boolean {
  const { table } = automaton
  const { ascii } = automaton.classes
  let row = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return false
    row = table[row + ascii[code]!]!
    if (row < 0) {
      row = ~row
      addEnds(automaton, row, hits)
    }
  }
  return true
}

/** Adds the atom of every pattern that occurs in a folded text. */
export function scanFolded(automaton: Automaton, folded: string, hits: Hits): void {
  const { table, classes } = automaton
  let row = 0
  for (let i = 0; i < folded.length; i++) {
    row = table[row + classOf(classes, folded.charCodeAt(i))]!
    if (row < 0) {
      row = ~row
      addEnds(automaton, row, hits)
    }
  }
}

function addEnds(automaton: Automaton, row: number, hits: Hits): void {
  let state = row / automaton.classes.count
  if (automaton.atomAt[state]! >= 0) addHit(hits, automaton.atomAt[state]!)
  for (state = automaton.shorter[state]!; state > 0; state = automaton.shorter[state]!) {
    addHit(hits, automaton.atomAt[state]!)
  }
}
