// Finds phrases of several groups in a text in one pass.

/** Index of the first group with a phrase in the text, as whole words and in any case; -1 for none. */
export type PhraseFinder = (text: string) => number

interface Phrase {
  readonly text: string
  readonly group: number
}

const ASCII = 128
/** UTF-16 units there are. */
const UNITS = 65_536
/** Kinds of characters: of no word; a letter, from 1 for `a` in either case; any other of a word. */
const OTHER = 0
const OTHER_WORD = 27
/** A character whose lower case is a letter of ASCII though it is none itself. */
const FOLDING = 28
const FOLDING_UNITS = [0x212a, 0x130]
/** A kind's bits, and those of the last three kinds in one number. */
const KIND_BITS = 5
const THREE_KINDS = (1 << (3 * KIND_BITS)) - 1
const LETTER_A = 0x61
const LETTER_Z = 0x7a

/** By ASCII code: its lower case. */
const LOWER = Uint8Array.from({ length: ASCII }, (_, code) =>
  String.fromCharCode(code).toLowerCase().charCodeAt(0),
)
/** By character: its kind. */
const KINDS = new Uint8Array(UNITS).fill(OTHER_WORD)
for (let code = 0; code < ASCII; code++) {
  const lower = LOWER[code]!
  if (lower >= LETTER_A && lower <= LETTER_Z) KINDS[code] = lower - LETTER_A + 1
  else if (!/[0-9_]/.test(String.fromCharCode(code))) KINDS[code] = OTHER
}
for (const unit of FOLDING_UNITS) KINDS[unit] = FOLDING

/** A finder of lower-case phrases, groups in order of preference. */
export function createPhraseFinder(groups: readonly (readonly string[])[]): PhraseFinder {
  const phrases = groups.flatMap((texts, group) => texts.map((text) => ({ text, group })))
  if (!phrases.every(({ text }) => isPlain(text))) return (text) => findSlowly(text, groups)
  const { isStart, starts } = startsOf(phrases)
  return (text) => {
    let best = groups.length
    let recent = 0
    const { length } = text
    for (let i = 0; i < length; i++) {
      recent = ((recent << KIND_BITS) | KINDS[text.charCodeAt(i)]!) & THREE_KINDS
      const start = isStart[recent]!
      if (start === NO_START) continue
      if (start === FOLDED) return findSlowly(text, groups)
      if (i > 2 && isWord(text.charCodeAt(i - 3))) continue
      best = Math.min(best, groupAt(text, i - 2, starts.get(recent)!))
    }
    // A phrase of two characters is seen with what stands behind it: here it is the end.
    const pairs = length === 2 || !isWord(text.charCodeAt(length - 3)) ? recent << KIND_BITS : 0
    const atEnd = starts.get(pairs & THREE_KINDS)
    if (atEnd !== undefined) best = Math.min(best, groupAt(text, length - 2, atEnd))
    return best === groups.length ? -1 : best
  }
}

const NO_START = 0
const START = 1
/** What the last three characters are can only be said by the slow way. */
const FOLDED = 2

/** What phrases begin with: one look-up for each character of a text, which is seldom one that counts. */
function startsOf(phrases: readonly Phrase[]) {
  const isStart = new Uint8Array(THREE_KINDS + 1)
  for (let kinds = FOLDING; kinds <= THREE_KINDS; kinds += 1 << KIND_BITS) isStart[kinds] = FOLDED
  const starts = new Map<number, Phrase[]>()
  for (const phrase of phrases) {
    const [first, second] = [kindAt(phrase.text, 0), kindAt(phrase.text, 1)]
    const isPair = phrase.text.length === 2
    const thirds = isPair ? Array(FOLDING).keys() : [kindAt(phrase.text, 2)]
    for (const third of thirds) {
      const kinds = (((first << KIND_BITS) | second) << KIND_BITS) | third
      isStart[kinds] = START
      starts.set(kinds, [...(starts.get(kinds) ?? []), phrase])
    }
  }
  return { isStart, starts }
}

function kindAt(text: string, at: number): number {
  return KINDS[text.charCodeAt(at)]!
}

/** The first group of the phrases that stand at a place; infinite where none does. */
function groupAt(text: string, at: number, phrases: readonly Phrase[]): number {
  let best = Number.POSITIVE_INFINITY
  for (const { text: phrase, group } of phrases) {
    if (group < best && standsAt(text, at, phrase)) best = group
  }
  return best
}

/** Whether a phrase has the form that the quick way knows: ASCII, two characters or more, a word first. */
function isPlain(phrase: string): boolean {
  return /^[a-z0-9_][\x20-\x7e]+$/.test(phrase)
}

function standsAt(text: string, at: number, phrase: string): boolean {
  const end = at + phrase.length
  if (end > text.length) return false
  for (let i = 0; i < phrase.length; i++) {
    const code = text.charCodeAt(at + i)
    if ((code < ASCII ? LOWER[code] : code) !== phrase.charCodeAt(i)) return false
  }
  return end === text.length || !isWord(text.charCodeAt(end))
}

/** The plain way, for texts and phrases beyond ASCII. */
function findSlowly(text: string, groups: readonly (readonly string[])[]): number {
  const lower = text.toLowerCase()
  return groups.findIndex((phrases) => phrases.some((phrase) => holdsPhrase(lower, phrase)))
}

function holdsPhrase(text: string, phrase: string): boolean {
  let at = text.indexOf(phrase)
  while (at >= 0) {
    if (!isWord(text.charCodeAt(at - 1)) && !isWord(text.charCodeAt(at + phrase.length)))
      return true
    at = text.indexOf(phrase, at + 1)
  }
  return false
}

function isWord(code: number): boolean {
  return code >= 0 && KINDS[code] !== OTHER
}
