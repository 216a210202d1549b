// Every text predicate on one field, answered by one pass over a value. Patterns with characters beyond
// ASCII have automata of their own, which only values with such characters visit.
import { fold, isAscii } from '../text/fold.ts'
import { type Automaton, buildAutomaton, scanAscii, scanFolded } from './automaton.ts'
import type { Hits } from './hits.ts'
import { buildSingles, type Singles, scanSingles } from './singles.ts'
import { buildTrie, type Trie, walkTrie } from './trie.ts'

export const LITERAL_KINDS = ['equals', 'startswith', 'endswith', 'contains'] as const
export type LiteralKind = (typeof LITERAL_KINDS)[number]

export interface Literal {
  readonly kind: LiteralKind
  /** Folded, not empty. */
  readonly text: string
  readonly atom: number
}

interface Scanners {
  readonly singles: Singles | undefined
  readonly inner: Automaton | undefined
  readonly start: Trie | undefined
  readonly end: Trie | undefined
}

export interface TextIndex {
  readonly literals: readonly Literal[]
  /** Built for the first text that is looked at here: kernels have their own. */
  readonly ascii: () => Scanners
  /** Built for the first value that has such characters: their classes make wide tables. */
  readonly other: () => Scanners
  readonly hasInner: boolean
}

export function buildTextIndex(literals: readonly Literal[]): TextIndex {
  let ascii: Scanners | undefined
  let other: Scanners | undefined
  return {
    literals,
    ascii: () => {
      ascii ??= buildScanners(literals.filter(({ text }) => isAscii(text)))
      return ascii
    },
    other: () => {
      other ??= buildScanners(literals.filter(({ text }) => !isAscii(text)))
      return other
    },
    hasInner: literals.some(({ kind }) => kind === 'contains'),
  }
}

/** Whether an ASCII literal is a substring of one character. */
export function isSingle({ kind, text }: Literal): boolean {
  return kind === 'contains' && text.length === 1
}

function buildScanners(literals: readonly Literal[]): Scanners {
  const isMasked = (one: Literal) => isSingle(one) && isAscii(one.text)
  const singles = literals.filter(isMasked)
  const inner = literals.filter((one) => one.kind === 'contains' && !isMasked(one))
  const start = literals.filter(({ kind }) => kind === 'equals' || kind === 'startswith')
  const end = literals.filter(({ kind }) => kind === 'endswith')
  const anchored = ({ kind, text, atom }: Literal) => ({ text, atom, whole: kind === 'equals' })
  return {
    singles: singles.length > 0 ? buildSingles(singles) : undefined,
    inner: inner.length > 0 ? buildAutomaton(inner) : undefined,
    start: start.length > 0 ? buildTrie(start.map(anchored), false) : undefined,
    end: end.length > 0 ? buildTrie(end.map(anchored), true) : undefined,
  }
}

/** Adds the atoms of all literals that hold for `text`. */
export function scanText(index: TextIndex, text: string, hits: Hits): void {
  const before = hits.count
  const { singles, inner, start, end } = index.ascii()
  if (inner === undefined ? !isAscii(text) : !scanAscii(inner, text, hits)) {
    hits.count = before
    scanOther(index, fold(text), hits)
    return
  }
  if (singles !== undefined) scanSingles(singles, text, hits)
  if (start !== undefined) walkTrie(start, text, hits)
  if (end !== undefined) walkTrie(end, text, hits)
}

function scanOther(index: TextIndex, folded: string, hits: Hits): void {
  for (const { singles, inner, start, end } of [index.ascii(), index.other()]) {
    if (singles !== undefined) scanSingles(singles, folded, hits)
    if (inner !== undefined) scanFolded(inner, folded, hits)
    if (start !== undefined) walkTrie(start, folded, hits)
    if (end !== undefined) walkTrie(end, folded, hits)
  }
}
