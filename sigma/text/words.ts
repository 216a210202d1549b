// The one tokenizer: the matcher's `words` test, the index and the planner cut text here.
import { fold } from './fold.ts'

/** True for a UTF-16 unit or code point that belongs to a word: `[0-9A-Za-z_]` and all from U+0080. */
export function isWordCode(code: number): boolean {
  return (
    code >= 0x80 ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f
  )
}

/** Calls `visit` with every folded word of `text` in order, and its offset in UTF-16 units. */
export function eachWord(text: string, visit: (word: string, offset: number) => void): void {
  const folded = fold(text)
  let start = -1
  for (let i = 0; i < folded.length; i++) {
    if (isWordCode(folded.charCodeAt(i))) {
      if (start < 0) start = i
    } else if (start >= 0) {
      visit(folded.slice(start, i), start)
      start = -1
    }
  }
  if (start >= 0) visit(folded.slice(start), start)
}

/**
 * The folded words of `text` in order, repeats included.
 *
 * @example words('C:\\Temp\\a_b.EXE') // ['c', 'temp', 'a_b', 'exe']
 */
export function words(text: string): string[] {
  const out: string[] = []
  eachWord(text, (word) => out.push(word))
  return out
}

/**
 * True when `wanted` (folded words) stand in `text` as consecutive whole words, whatever separates them.
 * No words are wanted: true.
 */
export function hasWords(text: string, wanted: readonly string[]): boolean {
  const first = wanted[0]
  if (first === undefined) return true
  const folded = fold(text)
  for (let at = folded.indexOf(first); at >= 0; at = folded.indexOf(first, at + 1)) {
    if (at > 0 && isWordCode(folded.charCodeAt(at - 1))) continue
    if (wordsFollow(folded, at, wanted)) return true
  }
  return false
}

function wordsFollow(folded: string, at: number, wanted: readonly string[]): boolean {
  let position = at
  for (const [index, word] of wanted.entries()) {
    if (index > 0) {
      while (position < folded.length && !isWordCode(folded.charCodeAt(position))) position++
    }
    if (!folded.startsWith(word, position)) return false
    position += word.length
    if (position < folded.length && isWordCode(folded.charCodeAt(position))) return false
  }
  return true
}
