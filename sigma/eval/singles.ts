// Substrings of one ASCII character. An automaton would stop at every one of them; here the characters of a text
// are gathered into a bit mask.
import { addHit, type Hits } from './hits.ts'

/** Up to 31 literals of one character. */
interface SingleGroup {
  /** By code: the bit of its literal, or 0; both cases of a letter. */
  readonly maskAt: Int32Array
  /** By bit. */
  readonly atoms: Int32Array
}

/** Literals of one character. */
export type Singles = readonly SingleGroup[]

const ASCII = 128
const GROUP_LITERALS_MAX = 31

/** A table of literals that are one ASCII character each, folded. */
export function buildSingles(
  literals: readonly { readonly text: string; readonly atom: number }[],
): Singles {
  const groups: SingleGroup[] = []
  for (let from = 0; from < literals.length; from += GROUP_LITERALS_MAX) {
    const own = literals.slice(from, from + GROUP_LITERALS_MAX)
    const maskAt = new Int32Array(ASCII)
    for (const [bit, { text }] of own.entries()) {
      const code = text.charCodeAt(0)
      maskAt[code] = 1 << bit
      if (code >= 0x61 && code <= 0x7a) maskAt[code - 0x20] = 1 << bit
    }
    groups.push({ maskAt, atoms: Int32Array.from(own, ({ atom }) => atom) })
  }
  return groups
}

/** Adds the atoms of the characters that occur in a text: ASCII of any case, or folded. */
export function scanSingles(singles: Singles, text: string, hits: Hits): void {
  for (const { maskAt, atoms } of singles) {
    let mask = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code < ASCII) mask |= maskAt[code]!
    }
    addMask(mask, atoms, hits)
  }
}

function addMask(mask: number, atoms: Int32Array, hits: Hits): void {
  for (let rest = mask; rest !== 0; rest &= rest - 1) {
    addHit(hits, atoms[31 - Math.clz32(rest & -rest)]!)
  }
}
