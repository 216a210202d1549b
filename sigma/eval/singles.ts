// Substrings of one ASCII character. An automaton would stop at every one of them; here a text's characters
// are looked up in a table, and each is found once.
import { fold } from '../text/fold.ts'
import { addHit, type Hits } from './hits.ts'

/** Literals of one character by its code, both cases of a letter. */
export interface Singles {
  /** By code: number of the literal from 1, 0 for none. */
  readonly numberAt: Uint8Array
  /** By number. */
  readonly atoms: Int32Array
  /** By number: the last text that held it. */
  readonly seenIn: Uint32Array
  texts: number
}

const ASCII = 128

/** A table of literals that are one ASCII character each, folded. */
export function buildSingles(
  literals: readonly { readonly text: string; readonly atom: number }[],
): Singles {
  const numberAt = new Uint8Array(ASCII)
  const numbers = new Map(literals.map(({ text }, i) => [text, i + 1]))
  for (let code = 0; code < ASCII; code++) {
    numberAt[code] = numbers.get(fold(String.fromCharCode(code))) ?? 0
  }
  return {
    numberAt,
    atoms: Int32Array.of(0, ...literals.map(({ atom }) => atom)),
    seenIn: new Uint32Array(literals.length + 1),
    texts: 0,
  }
}

/** Adds the atoms of the characters that occur in a text: ASCII of any case, or folded. */
export function scanSingles(singles: Singles, text: string, hits: Hits): void {
  const { numberAt } = singles
  startText(singles)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= ASCII) continue
    const number = numberAt[code]!
    if (number !== 0) addOnce(singles, number, hits)
  }
}

/** `scanSingles` for the ASCII text in `bytes` from `start` to `end`. */
export function scanSingleBytes(
  singles: Singles,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: Hits,
): void {
  const { numberAt } = singles
  startText(singles)
  for (let i = start; i < end; i++) {
    const number = numberAt[bytes[i]!]!
    if (number !== 0) addOnce(singles, number, hits)
  }
}

/** Texts are told apart by 32 bits. */
function startText(singles: Singles): void {
  singles.texts = (singles.texts + 1) >>> 0
  if (singles.texts !== 0) return
  singles.seenIn.fill(0)
  singles.texts = 1
}

function addOnce({ atoms, seenIn, texts }: Singles, number: number, hits: Hits): void {
  if (seenIn[number] === texts) return
  seenIn[number] = texts
  addHit(hits, atoms[number]!)
}
