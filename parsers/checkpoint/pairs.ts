// `name:"value"; name2:"value"` and `name="value" name2="value"`, in one pass.
import type { WritableFields } from '../device/event.ts'
import { internedAt } from '../names.ts'

const PAIRS_MAX = 512
const NAME_UNITS_MAX = 128
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** The pairs from `start` on. `\"`, `\\` and `\]` are unescaped; of a name's values the first wins. */
export function quotedPairs(text: string, start: number): WritableFields {
  const fields: WritableFields = {}
  const escapes = text.includes('\\')
  let at = start
  for (let count = 0; count < PAIRS_MAX; count++) {
    const open = text.indexOf('"', at)
    if (open < 0) break
    const end = closingQuote(text, open + 1)
    const close = end < 0 ? text.length : end
    const name = close === open + 1 ? '' : nameBefore(text, open, at)
    if (name !== '' && name !== '__proto__' && fields[name] === undefined) {
      const value = text.slice(open + 1, close)
      fields[name] = escapes && value.includes('\\') ? value.replace(/\\(["\\\]])/g, '$1') : value
    }
    at = close + 1
  }
  return fields
}

/** The name in front of `:"`, `::"` or `="`. */
function nameBefore(text: string, open: number, floor: number): string {
  let end = open
  while (end > floor && (text.charCodeAt(end - 1) === 0x3a || text.charCodeAt(end - 1) === 0x3d))
    end--
  if (end === open) return ''
  let start = end
  while (start > floor && isNameUnit(text.charCodeAt(start - 1)) && end - start < NAME_UNITS_MAX)
    start--
  return internedAt(text, start, end)
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
