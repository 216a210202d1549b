// All prefixes, suffixes and whole values of a field at once: a trie walked from one end of the value.
// It is as deep as it needs to tell patterns apart; the rest of a pattern is compared directly.
import { type CharClasses, charClasses, classOf } from './char-classes.ts'
import { addHit, type Hits } from './hits.ts'

export interface AnchoredLiteral {
  /** Folded, not empty. */
  readonly text: string
  readonly atom: number
  /** True when the value must be the text and nothing more. */
  readonly whole: boolean
}

export interface Trie {
  readonly classes: CharClasses
  /** Walks from the end of the value; `texts` are reversed. */
  readonly fromEnd: boolean
  /** State times class -> state; 0 is nowhere. */
  readonly table: Int32Array
  /** By state: its literals are `texts[firstAt[state]]` up to `texts[firstAt[state + 1]]`. */
  readonly firstAt: Int32Array
  readonly texts: readonly string[]
  readonly atoms: Int32Array
  readonly whole: Uint8Array
}

interface State {
  readonly from: number
  readonly to: number
  readonly depth: number
}

function reversed(text: string): string {
  return text.split('').reverse().join('')
}

/** Builds the trie of literals that stand at the start (or, `fromEnd`, at the end) of a value. */
export function buildTrie(literals: readonly AnchoredLiteral[], fromEnd: boolean): Trie {
  const sorted = literals
    .map((literal) => (fromEnd ? { ...literal, text: reversed(literal.text) } : literal))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
  const classes = charClasses(sorted.map((literal) => literal.text))
  const states: State[] = [{ from: 0, to: sorted.length, depth: 0 }]
  const edges: { state: number; charClass: number; child: number }[] = []
  const order: number[] = []
  const firstAt: number[] = []
  for (let state = 0; state < states.length; state++) {
    const { to, depth } = states[state]!
    let { from } = states[state]!
    firstAt.push(order.length)
    const alone = sorted[from]!.text === sorted[to - 1]!.text
    while (from < to && (alone || sorted[from]!.text.length === depth)) order.push(from++)
    while (from < to) {
      const code = sorted[from]!.text.charCodeAt(depth)
      let end = from + 1
      while (end < to && sorted[end]!.text.charCodeAt(depth) === code) end++
      edges.push({ state, charClass: classOf(classes, code), child: states.length })
      states.push({ from, to: end, depth: depth + 1 })
      from = end
    }
  }
  firstAt.push(order.length)
  const table = new Int32Array(states.length * classes.count)
  for (const edge of edges) table[edge.state * classes.count + edge.charClass] = edge.child
  return {
    classes,
    fromEnd,
    table,
    firstAt: Int32Array.from(firstAt),
    texts: order.map((index) => sorted[index]!.text),
    atoms: Int32Array.from(order, (index) => sorted[index]!.atom),
    whole: Uint8Array.from(order, (index) => (sorted[index]!.whole ? 1 : 0)),
  }
}

/** Adds the atom of every literal that stands at the trie's end of a text: ASCII of any case, or folded. */
export function walkTrie(trie: Trie, text: string, hits: Hits): void {
  const { table, firstAt, classes, fromEnd } = trie
  const last = text.length - 1
  let state = 0
  for (let depth = 0; ; depth++) {
    const end = firstAt[state + 1]!
    for (let i = firstAt[state]!; i < end; i++) {
      if (restMatches(trie, i, text, depth)) addHit(hits, trie.atoms[i]!)
    }
    if (depth > last) return
    const code = text.charCodeAt(fromEnd ? last - depth : depth)
    state = table[state * classes.count + classOf(classes, code)]!
    if (state === 0) return
  }
}

/** Compares what the walk has not seen of a literal. */
function restMatches(trie: Trie, index: number, text: string, depth: number): boolean {
  const wanted = trie.texts[index]!
  const { length } = wanted
  if (trie.whole[index] === 1 ? text.length !== length : text.length < length) return false
  const last = text.length - 1
  for (let i = depth; i < length; i++) {
    const code = text.charCodeAt(trie.fromEnd ? last - i : i)
    const folded = code >= 0x41 && code <= 0x5a ? code + 0x20 : code
    if (folded !== wanted.charCodeAt(i)) return false
  }
  return true
}
