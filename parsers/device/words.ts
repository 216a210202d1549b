// Words that stand in every line of a device (`deny`, `traffic`), each kept once: a part cut out of a line is copied
// when it is compared or looked up.
import { asKey, NAME_SEED, nameHash, standsAt } from '../names.ts'

/** Words kept, at most; a power of two. */
const WORDS_MAX = 1024
/** Longest word kept, UTF-16 units. */
const WORD_UNITS_MAX = 24

const words: (string | undefined)[] = new Array<string | undefined>(WORDS_MAX).fill(undefined)

/** `text.slice(start, end)`, for words of few kinds the same object each time. */
export function wordAt(text: string, start: number, end: number): string {
  const length = end - start
  if (length > WORD_UNITS_MAX) return text.slice(start, end)
  let hash = NAME_SEED
  for (let at = start; at < end; at++) hash = nameHash(hash, text.charCodeAt(at))
  const slot = (hash ^ (hash >>> 10)) & (WORDS_MAX - 1)
  const known = words[slot]
  if (known !== undefined && known.length === length && standsAt(text, start, known)) return known
  const word = asKey(text.slice(start, end))
  words[slot] = word
  return word
}
