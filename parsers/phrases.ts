// Finds phrases of several groups in a text in one pass.

/** Index of the first group with a phrase in the text, as whole words and in any case; -1 for none. */
export type PhraseFinder = (text: string) => number

interface Phrase {
  readonly text: string
  readonly group: number
}

const ASCII = 128
const WORD = 1
const OTHER = 0
/** The only characters beyond ASCII whose lower case is a letter of ASCII: Kelvin's sign, I with a dot. */
const FOLDING = [0x212a, 0x130]
/** UTF-16 units there are. */
const UNITS = 65_536
/** By character, of one finder: belongs to a word, and phrases start with it. */
const FIRST = 2
/** Its lower case is another character. */
const FOLDED = 3
/** By ASCII code: whether it belongs to a word, and what it is in lower case. */
const KIND = new Uint8Array(ASCII)
const LOWER = new Uint8Array(ASCII)
for (let code = 0; code < ASCII; code++) {
  const char = String.fromCharCode(code).toLowerCase()
  KIND[code] = /[a-z0-9_]/.test(char) ? WORD : OTHER
  LOWER[code] = char.charCodeAt(0)
}

/** A finder of lower-case phrases, groups in order of preference. */
export function createPhraseFinder(groups: readonly (readonly string[])[]): PhraseFinder {
  const phrases = groups.flatMap((texts, group) => texts.map((text) => ({ text, group })))
  // Phrases stand at the start of a word, so two characters there leave few to compare.
  const starts = new Map<number, Phrase[]>()
  const isStart = new Uint8Array(ASCII * ASCII)
  // One look-up for any character: most of a text's time is spent there.
  const kinds = new Uint8Array(UNITS).fill(WORD)
  kinds.set(KIND)
  for (const unit of FOLDING) kinds[unit] = FOLDED
  for (const phrase of phrases) {
    const [first, second] = [phrase.text.charCodeAt(0), phrase.text.charCodeAt(1)]
    if (!isPlain(phrase.text)) return (text) => findSlowly(text, groups)
    const key = first * ASCII + second
    isStart[key] = 1
    kinds[first] = FIRST
    kinds[String.fromCharCode(first).toUpperCase().charCodeAt(0)] = FIRST
    starts.set(key, [...(starts.get(key) ?? []), phrase])
  }
  return (text) => {
    let best = groups.length
    const { length } = text
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      let kind = kinds[code]!
      if (kind === OTHER) continue
      if (kind === FIRST) {
        const next = i + 1 < length ? text.charCodeAt(i + 1) : 0
        const key = LOWER[code]! * ASCII + (next < ASCII ? LOWER[next]! : 0)
        if (isStart[key] === 1) best = Math.min(best, groupAt(text, i, starts.get(key)!))
      }
      // The rest of the word, and what ends it.
      while (kind !== OTHER) {
        if (kind === FOLDED) return findSlowly(text, groups)
        kind = ++i < length ? kinds[text.charCodeAt(i)]! : OTHER
      }
    }
    return best === groups.length ? -1 : best
  }
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
  for (let i = 2; i < phrase.length; i++) {
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
  return code >= ASCII || (code >= 0 && KIND[code] === WORD)
}
