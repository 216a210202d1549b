// `name:"value"; name2:"value"` and `name="value" name2="value"`, in one pass.
import type { WritableFields } from '../device/event.ts'

const PAIRS_MAX = 512

/** The pairs from `start` on. `\"`, `\\` and `\]` are unescaped; of a name's values the first wins. */
export function quotedPairs(text: string, start: number): WritableFields {
  const fields: WritableFields = {}
  let at = start
  for (let count = 0; count < PAIRS_MAX; count++) {
    const open = text.indexOf('"', at)
    if (open < 0) break
    const name = nameBefore(text, open, at)
    const end = closingQuote(text, open + 1)
    const close = end < 0 ? text.length : end
    if (name !== '' && name !== '__proto__' && fields[name] === undefined) {
      const value = text.slice(open + 1, close)
      if (value !== '')
        fields[name] = value.includes('\\') ? value.replace(/\\(["\\\]])/g, '$1') : value
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
  while (start > floor && /[\w.-]/.test(text[start - 1]!) && end - start < 128) start--
  return text.slice(start, end)
}

function closingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end >= 0 && text.charCodeAt(end - 1) === 0x5c && text.charCodeAt(end - 2) !== 0x5c) {
    end = text.indexOf('"', end + 1)
  }
  return end
}
