// `name:"value"; name2:"value"` and `name="value" name2="value"`, in one pass.
import type { WritableFields } from '../device/event.ts'
import type { Wanted } from '../device/pairs.ts'
import { behindName, NAME_SEED, nameHash, nameIn, replacedNames, SLOTS, slotAt } from '../names.ts'

const PAIRS_MAX = 512
const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACKET = 0x5d
const BLANK = 0x20
const SEMICOLON = 0x3b
const COLON = 0x3a
const EQUALS = 0x3d

/** Letters, digits, `_`, `.` and `-`. */
const NAME_UNITS = new Uint8Array(128)
for (let code = 0; code < 128; code++) {
  if (/[\w.-]/.test(String.fromCharCode(code))) NAME_UNITS[code] = 1
}

/** By a name's slot, the text that had it last: its values behind the first do not count. */
const seenIn = new Uint32Array(SLOTS)
let texts = 0
/** By the slot of a name, from 1, that of the name behind it in the text before, from 1: texts repeat. */
const followers = new Uint16Array(SLOTS + 1)

/** The pairs from `start` on, those of `wanted` in its values as well. `\"`, `\\` and `\]` are unescaped; of a
 * name's values the first wins. */
export function quotedPairs(text: string, start: number, wanted: Wanted): WritableFields {
  const fields: WritableFields = {}
  const { places, values } = wanted
  values.fill(undefined)
  texts = (texts + 1) >>> 0
  if (texts === 0) seenIn.fill(0)
  const replaced = replacedNames()
  let backslash = text.indexOf('\\', start)
  const { length } = text
  let at = start
  let previous = 0
  for (let count = 0; count < PAIRS_MAX; count++) {
    // The name in front of `:"`, `::"` or `="`: the last run of its characters, and nothing but marks behind it.
    let first = at
    let last = at
    let hash = NAME_SEED
    let open = at
    let slot = followers[previous]! - 1
    if (slot >= 0) {
      while (text.charCodeAt(first) === SEMICOLON || text.charCodeAt(first) === BLANK) first++
      last = behindName(slot, text, first)
      const mark = last < 0 ? 0 : text.charCodeAt(last)
      if ((mark === COLON || mark === EQUALS) && text.charCodeAt(last + 1) === QUOTE) {
        open = last + 1
      } else {
        slot = -1
        first = last = at
      }
    }
    while (slot < 0 && open < length) {
      const code = text.charCodeAt(open)
      if (code < 128 && NAME_UNITS[code] === 1) {
        first = open
        hash = NAME_SEED
        let unit = code
        do {
          hash = nameHash(hash, unit)
          open++
          unit = open < length ? text.charCodeAt(open) : QUOTE
        } while (unit < 128 && NAME_UNITS[unit] === 1)
        last = open
        continue
      }
      if (code === QUOTE) break
      if (code !== COLON && code !== EQUALS) first = last = open + 1
      open++
    }
    if (open >= length) break
    const end = closingQuote(text, open + 1)
    const close = end < 0 ? length : end
    at = close + 1
    if (last <= first || last >= open || close <= open + 1) continue
    if (slot < 0) {
      slot = slotAt(text, first, last, hash)
      followers[previous] = slot + 1
    }
    previous = slot + 1
    const name = slot < 0 ? text.slice(first, last) : nameIn(slot)
    if (name === '__proto__') continue
    // Only where it may have been there before is it looked for.
    const doubtful = slot < 0 || seenIn[slot] === texts || replacedNames() !== replaced
    if (doubtful && fields[name] !== undefined) continue
    const cut = text.slice(open + 1, close)
    if (backslash >= 0 && backslash < open) backslash = text.indexOf('\\', open)
    // The cut is looked at only where it has an escape: it would be copied for that.
    const value = backslash >= 0 && backslash < close ? unescaped(cut) : cut
    fields[name] = value
    if (slot < 0) continue
    seenIn[slot] = texts
    const place = places[slot]!
    if (place > 0) values[place - 1] = value
  }
  return fields
}

/** `\"`, `\\` and `\]` without their backslash. */
function unescaped(text: string): string {
  let out = ''
  let from = 0
  for (let at = text.indexOf('\\'); at >= 0; ) {
    const code = text.charCodeAt(at + 1)
    if (code === QUOTE || code === BACKSLASH || code === BRACKET) {
      out += text.slice(from, at)
      from = at + 1
      at = text.indexOf('\\', at + 2)
    } else at = text.indexOf('\\', at + 1)
  }
  return from === 0 ? text : out + text.slice(from)
}

function closingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end > 0) {
    const escaped = text.charCodeAt(end - 1) === BACKSLASH
    if (!escaped || text.charCodeAt(end - 2) === BACKSLASH) return end
    end = text.indexOf('"', end + 1)
  }
  return -1
}
