// `name:"value"; name2:"value"` and `name="value" name2="value"`, in one pass.
import type { WritableFields } from '../device/event.ts'
import { NAME_SEED, nameAt, nameHash } from '../names.ts'

const PAIRS_MAX = 512
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const EQUALS = 0x3d

/** The pairs from `start` on. `\"`, `\\` and `\]` are unescaped; of a name's values the first wins. */
export function quotedPairs(text: string, start: number): WritableFields {
  const fields: WritableFields = {}
  const escapes = text.includes('\\')
  const { length } = text
  let at = start
  for (let count = 0; count < PAIRS_MAX; count++) {
    // The name in front of `:"`, `::"` or `="`: the last run of its characters, and nothing but marks behind it.
    let first = at
    let last = at
    let hash = NAME_SEED
    let open = at
    for (; open < length; open++) {
      const code = text.charCodeAt(open)
      if (code === QUOTE) break
      if (code === COLON || code === EQUALS) continue
      if (!isNameUnit(code)) {
        first = last = open + 1
        hash = NAME_SEED
        continue
      }
      if (last !== open) {
        first = open
        hash = NAME_SEED
      }
      hash = nameHash(hash, code)
      last = open + 1
    }
    if (open >= length) break
    const end = closingQuote(text, open + 1)
    const close = end < 0 ? length : end
    if (last > first && last < open && close > open + 1) {
      const name = nameAt(text, first, last, hash)
      const value = text.slice(open + 1, close)
      if (name !== '__proto__' && fields[name] === undefined) {
        fields[name] = escapes && value.includes('\\') ? value.replace(/\\(["\\\]])/g, '$1') : value
      }
    }
    at = close + 1
  }
  return fields
}

/** Letters, digits, `_`, `.` and `-`. */
function isNameUnit(code: number): boolean {
  const letter = code | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2d ||
    code === 0x2e
  )
}

function closingQuote(text: string, start: number): number {
  for (let end = start; end < text.length; end++) {
    if (text.charCodeAt(end) !== QUOTE) continue
    const escaped = text.charCodeAt(end - 1) === BACKSLASH
    if (!escaped || text.charCodeAt(end - 2) === BACKSLASH) return end
  }
  return -1
}
