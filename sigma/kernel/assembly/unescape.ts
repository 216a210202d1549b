// The characters of a JSON string with escapes; none is `\u`.
import { folded } from './bytes'
import { UNESCAPED } from './places'

const BACKSLASH: u8 = 0x5c

/** What a backslash and a letter stand for, or 0. */
export function meaningOf(letter: u8): u8 {
  if (letter === 0x22 || letter === BACKSLASH || letter === 0x2f) return letter
  if (letter === 0x62) return 0x08
  if (letter === 0x66) return 0x0c
  if (letter === 0x6e) return 0x0a
  if (letter === 0x72) return 0x0d
  return letter === 0x74 ? 0x09 : 0
}

/** Writes the text without its escapes to `UNESCAPED`; its end there, or 0 for an escape that is not plain. */
export function decodeEscapes(start: usize, end: usize): usize {
  const backslash = i8x16.splat(BACKSLASH)
  let out = UNESCAPED
  let at = start
  while (at < end) {
    const bytes = v128.load(at)
    v128.store(out, bytes)
    const mask = <u32>i8x16.bitmask(i8x16.eq(bytes, backslash))
    if (mask === 0) {
      at += 16
      out += 16
      continue
    }
    const before = <usize>ctz<u32>(mask)
    at += before
    out += before
    if (at >= end) break
    const meaning = at + 1 < end ? meaningOf(load<u8>(at + 1)) : 0
    if (meaning === 0) return 0
    store<u8>(out, meaning)
    at += 2
    out++
  }
  // The last sixteen bytes may reach beyond the text.
  return out - (at - end)
}

/** Whether two texts, whose escapes are valid, are the same. */
export function isSameText(a: usize, aEnd: usize, b: usize, bEnd: usize, cased: bool): bool {
  while (a < aEnd && b < bEnd) {
    let one = load<u8>(a++)
    let other = load<u8>(b++)
    if (one === BACKSLASH) one = meaningOf(load<u8>(a++))
    if (other === BACKSLASH) other = meaningOf(load<u8>(b++))
    if (one !== other && (cased || folded(one) !== folded(other))) return false
  }
  return a === aEnd && b === bEnd
}
