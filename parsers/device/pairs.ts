// `name=value name="quoted value"` texts, in one pass.
import type { WritableFields } from './event.ts'

/** Pairs that one text can have, at most; what stands behind them is left in the raw text only. */
const PAIRS_MAX = 512
const NAME_UNITS_MAX = 128

/** A name and the text of its value. */
export type Pair = (name: string, value: string, quoted: boolean) => void

/** Calls `found` for each pair from `start` on. Values end at `separator` (blanks always end them when it is
 * a blank); in quotes `\"` and `\\` are unescaped. Words without `=` are passed over. Returns the count. */
export function readPairs(text: string, start: number, separator: number, found: Pair): number {
  const mark = separator === 0x2c ? ',' : String.fromCharCode(separator)
  const { length } = text
  let at = start
  let count = 0
  while (at < length && count < PAIRS_MAX) {
    const code = text.charCodeAt(at)
    if (code === separator || code === 0x20 || code === 0x09) {
      at++
      continue
    }
    const equals = nameEnd(text, at, separator)
    if (text.charCodeAt(equals) !== 0x3d || equals === at) {
      at = equals + 1
      continue
    }
    const name = text.slice(at, equals)
    const close = text.charCodeAt(equals + 1) === 0x22 ? quotedEnd(text, equals + 2) : -1
    if (close >= 0) {
      found(name, unescaped(text.slice(equals + 2, close)), true)
      at = close + 1
    } else {
      const next = text.indexOf(mark, equals + 1)
      at = next < 0 ? length : next
      found(name, text.slice(equals + 1, at), false)
    }
    count++
  }
  return count
}

/** The pairs as fields: of a name's values the last, none that says nothing. */
export function pairFields(text: string, start: number, separator: number): WritableFields {
  const fields: WritableFields = {}
  readPairs(text, start, separator, (name, value) => {
    if (value !== '' && value !== '(null)' && name !== '__proto__') fields[name] = value
  })
  return fields
}

function nameEnd(text: string, start: number, separator: number): number {
  const limit = Math.min(text.length, start + NAME_UNITS_MAX)
  for (let index = start; index < limit; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x3d || code === separator || code === 0x20 || code === 0x22) return index
  }
  return limit
}

/** Where the closing quote of a value stands, or -1. */
function quotedEnd(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end > start && isEscaped(text, start, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, start: number, at: number): boolean {
  let slashes = 0
  for (let index = at - 1; index >= start && text.charCodeAt(index) === 0x5c; index--) slashes++
  return slashes % 2 === 1
}

/** Text with `\"`, `\\` unescaped. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text
}
