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
  /** Row of a state plus class -> row of the next state; `~end` where something may end there. */
  readonly table: Int32Array
  /** By row's number: how many characters lead to its state. */
  readonly depthAt: Uint32Array
  /** By end: the row to go on from. */
  readonly rowAt: Int32Array
  /** By end: the atom of the pattern that ends or goes on alone there, or -1. */
  readonly atomAt: Int32Array
  /** By end: which of `rests` must follow for that pattern, or -1 when nothing is missing. */
  readonly restAt: Int32Array
  readonly rests: readonly string[]
  /** By end: that of the next shorter suffix at which a pattern ends, or -1. */
  readonly shorter: Int32Array
}

/** From this depth on patterns get no further states where they are so few on their path: their rests are compared. */
const FEW_DEPTH = 6
const FEW = 8
const NONE = -1

/** Builds the automaton; texts must differ. A state that no pattern goes on from has no row: what follows is read
 * from the row of the state it falls back to. */
export function buildAutomaton(literals: readonly LiteralAtom[]): Automaton {
  const sorted = [...literals].sort((a, b) => (a.text < b.text ? -1 : 1))
  const texts = sorted.map((literal) => literal.text)
  const classes = charClasses(texts)
  const rows = countRows(texts)
  const ends = rows + texts.length
  const table = new Int32Array(rows * classes.count)
  const depthAt = new Uint32Array(rows)
  const rowAt = new Int32Array(ends)
  const atomAt = new Int32Array(ends).fill(NONE)
  const restAt = new Int32Array(ends).fill(NONE)
  const shorter = new Int32Array(ends)
  const rests: string[] = []
  // By row's number: the sorted patterns that share the characters up to its state, and the row it falls back to.
  const fromAt = new Int32Array(rows)
  const toAt = new Int32Array(rows)
  const fallbackAt = new Int32Array(rows)
  toAt[0] = texts.length
  let nextRow = 1
  let nextEnd = 0
  for (let state = 0; state < nextRow; state++) {
    const row = state * classes.count
    const fallback = fallbackAt[state]!
    if (state > 0) table.copyWithin(row, fallback, fallback + classes.count)
    const depth = depthAt[state]!
    const to = toAt[state]!
    let from = fromAt[state]!
    if (texts[from]!.length === depth) from++
    while (from < to) {
      const text = texts[from]!
      const last = endOfRun(texts, from, to, depth)
      const at = row + classOf(classes, text.charCodeAt(depth))
      const entry = state === 0 ? 0 : table[at]!
      const behind = entry < 0 ? rowAt[~entry]! : entry
      const suffix = entry >= 0 ? NONE : atomAt[~entry]! >= 0 ? ~entry : shorter[~entry]!
      const isLeaf = isLeafOf(text, last - from, depth + 1)
      let child = behind
      if (!isLeaf) {
        child = nextRow * classes.count
        fromAt[nextRow] = from
        toAt[nextRow] = last
        fallbackAt[nextRow] = behind
        depthAt[nextRow] = depth + 1
        nextRow++
      }
      // Those that end here, and all that go on from a leaf, are a chain of ends before that of the suffix.
      const own = isLeaf ? last : text.length === depth + 1 ? from + 1 : from
      let end = suffix
      for (let one = from; one < own; one++) {
        const rest = texts[one]!.slice(depth + 1)
        atomAt[nextEnd] = sorted[one]!.atom
        if (rest !== '') restAt[nextEnd] = rests.push(rest) - 1
        shorter[nextEnd] = end
        end = nextEnd++
      }
      if (own === from && suffix >= 0) {
        shorter[nextEnd] = suffix
        end = nextEnd++
      }
      if (end >= 0) rowAt[end] = child
      table[at] = end >= 0 ? ~end : child
      from = last
    }
  }
  return { classes, table, depthAt, rowAt, atomAt, restAt, rests, shorter }
}

/** Where the texts from `from` on stop having the same character at `depth`. */
function endOfRun(texts: readonly string[], from: number, to: number, depth: number): number {
  const code = texts[from]!.charCodeAt(depth)
  let end = from + 1
  while (end < to && texts[end]!.charCodeAt(depth) === code) end++
  return end
}

/** Whether a state needs no row: so few patterns lead through it that their rests are compared. */
function isLeafOf(text: string, patterns: number, depth: number): boolean {
  return patterns === 1
    ? depth >= FEW_DEPTH || text.length === depth
    : patterns <= FEW && depth >= FEW_DEPTH
}

/** How many rows sorted texts need: a state each for what texts share up to `FEW_DEPTH`, and for what more than `FEW`
 * of them share behind it. */
function countRows(texts: readonly string[]): number {
  let rows = 1
  for (const [i, text] of texts.entries()) {
    const withBefore = i === 0 ? 0 : sharedLength(texts[i - 1]!, text)
    const withAfter = i + 1 === texts.length ? 0 : sharedLength(text, texts[i + 1]!)
    const isWhole = text.length < FEW_DEPTH && withAfter < text.length
    const shallow = isWhole ? text.length - 1 : Math.min(text.length, FEW_DEPTH - 1)
    const deep = i + FEW < texts.length ? sharedLength(text, texts[i + FEW]!) : 0
    rows += Math.max(0, Math.max(shallow, deep) - withBefore)
  }
  return rows
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
      if (row < 0) row = addEnds(automaton, ~row, text, i + 1, hits)
      if (second < 0) second = addEnds(automaton, ~second, text, half + i + 1, hits)
    }
  }
  for (let i = half * 2; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return false
    second = table[second + ascii[code]!]!
    if (second < 0) second = addEnds(automaton, ~second, text, i + 1, hits)
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
    if (row < 0) row = addEnds(automaton, ~row, text, i + 1, hits)
  }
}

/** Adds the atom of every pattern that occurs in a folded text. */
export function scanFolded(automaton: Automaton, folded: string, hits: Hits): void {
  const { table, classes } = automaton
  let row = 0
  for (let i = 0; i < folded.length; i++) {
    row = table[row + classOf(classes, folded.charCodeAt(i))]!
    if (row < 0) row = addEnds(automaton, ~row, folded, i + 1, hits)
  }
}

/** Adds what ends at `end`, or goes on alone from `at` in the text; the row to go on from. */
function addEnds(automaton: Automaton, end: number, text: string, at: number, hits: Hits): number {
  const { rowAt, atomAt, restAt, rests, shorter } = automaton
  let one = atomAt[end]! < 0 ? shorter[end]! : end
  while (one >= 0) {
    const rest = restAt[one]!
    if (rest < 0 || continues(text, at, rests[rest]!)) addHit(hits, atomAt[one]!)
    one = shorter[one]!
  }
  return rowAt[end]!
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
