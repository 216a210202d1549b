// Which three characters in a row are in the words of a class: a part of a word that has others is in none of
// them, so a search for what is nowhere reads no bucket. Digits and hexadecimal words have nearly all of
// theirs, and no such set.
import { CLASS_ASCII, CLASSES, type GroupInfo } from './layout.ts'
import { FOLDED } from './scan-text.ts'

const GRAM = 3
/** Classes from this one on have a set. */
const FIRST_CLASS = CLASS_ASCII
/** Characters of words as numbers: 0 for what is in no word, and one for all bytes beyond ASCII. */
const SYMBOL = new Uint8Array(256)
let symbols = 1
for (let byte = 0; byte < 0x80; byte++) {
  if (FOLDED[byte] === byte) SYMBOL[byte] = symbols++
}
const BEYOND = symbols++
SYMBOL.fill(BEYOND, 0x80)
const SYMBOLS = symbols
const SET_BYTES = Math.ceil(SYMBOLS ** GRAM / 8)

/** Sets by class, as bits. */
export type GramSets = readonly (Uint8Array | undefined)[]

export function createGrams(): GramSets {
  return Array.from({ length: CLASSES }, (_, wordClass) =>
    wordClass < FIRST_CLASS ? undefined : new Uint8Array(SET_BYTES),
  )
}

/** Adds a folded word to the set of its class. */
export function addGrams(
  sets: GramSets,
  wordClass: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const set = sets[wordClass]
  if (set === undefined || end - start < GRAM) return
  let a = SYMBOL[bytes[start]!]!
  let b = SYMBOL[bytes[start + 1]!]!
  for (let i = start + 2; i < end; i++) {
    const c = SYMBOL[bytes[i]!]!
    const gram = (a * SYMBOLS + b) * SYMBOLS + c
    set[gram >>> 3]! |= 1 << (gram & 7)
    a = b
    b = c
  }
}

/** False only when surely no word of the set holds the folded text; without a set nothing is sure. */
export function mayHoldGrams(set: Uint8Array | undefined, text: Uint8Array): boolean {
  if (set === undefined) return true
  for (let i = 0; i + GRAM <= text.length; i++) {
    const [a, b, c] = [SYMBOL[text[i]!]!, SYMBOL[text[i + 1]!]!, SYMBOL[text[i + 2]!]!]
    const gram = (a * SYMBOLS + b) * SYMBOLS + c
    if ((set[gram >>> 3]! & (1 << (gram & 7))) === 0) return false
  }
  return true
}

/** As a group's info keeps them: base64 by class. */
export function packGrams(sets: GramSets): Readonly<Record<string, string>> {
  return Object.fromEntries(
    sets.flatMap((set, wordClass) => (set === undefined ? [] : [[wordClass, set.toBase64()]])),
  )
}

/** The sets of a group; none of a class where it was written without. */
export function unpackGrams({ grams }: Pick<GroupInfo, 'grams'>): GramSets {
  return Array.from({ length: CLASSES }, (_, wordClass) => {
    const packed = grams?.[wordClass]
    return packed === undefined ? undefined : Uint8Array.fromBase64(packed)
  })
}

/** The sets of several groups as one: none of a class where one with such words has none. */
export function mergeGrams(groups: readonly GroupInfo[]): GramSets {
  const all = groups.map((info) => ({ info, sets: unpackGrams(info) }))
  return createGrams().map((into, wordClass) => {
    if (into === undefined) return undefined
    for (const { info, sets } of all) {
      const set = sets[wordClass]
      if (set !== undefined) for (let i = 0; i < into.length; i++) into[i]! |= set[i]!
      else if (info.terms[wordClass]! > 0) return undefined
    }
    return into
  })
}
