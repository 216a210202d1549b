// `name=value name="quoted value"` texts, in one pass.
import { internedAt, NAME_SEED, nameHash, nameIn, placesBySlot, slotAt } from '../names.ts'
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
    const name = internedAt(text, at, equals)
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

/** Names whose values a parser looks at, and the values of the last text by their places. */
export interface Wanted {
  readonly places: Uint16Array
  readonly values: (string | undefined)[]
}

/** A parser's names, in the order in which it looks at `values`. */
export function wantedNames(names: readonly string[]): Wanted {
  return { places: placesBySlot(names), values: names.map(() => undefined) }
}

/** The places of a parser's names in its values. */
export function placesOf<Name extends string>(
  names: readonly Name[],
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>
}

/** The pairs as fields: of a name's values the last, none that says nothing. Those of `wanted` are in its values
 * as well: looking a name up among a line's many fields costs far more. */
export function pairFields(
  text: string,
  start: number,
  separator: number,
  wanted: Wanted,
): WritableFields {
  const fields: WritableFields = {}
  const { places, values } = wanted
  values.fill(undefined)
  const escapes = text.includes('\\')
  const { length } = text
  let at = start
  for (let count = 0; at < length && count < PAIRS_MAX; ) {
    if (text.charCodeAt(at) === 0x09) at++
    const limit = Math.min(length, at + NAME_UNITS_MAX)
    let hash = NAME_SEED
    let equals = at
    for (; equals < limit; equals++) {
      const code = text.charCodeAt(equals)
      if (code === EQUALS || code === separator || code === 0x20 || code === QUOTE) break
      hash = nameHash(hash, code)
    }
    if (equals === at || text.charCodeAt(equals) !== EQUALS) {
      at = equals + 1
      continue
    }
    const quoted = text.charCodeAt(equals + 1) === QUOTE
    const close = quoted ? quotedEnd(text, equals + 2) : -1
    const first = close < 0 ? equals + 1 : equals + 2
    const end = close < 0 ? valueEnd(text, first, separator) : close
    count++
    if (!saysNothing(text, first, end)) {
      const slot = slotAt(text, at, equals, hash)
      const name = slot < 0 ? text.slice(at, equals) : nameIn(slot)
      if (name !== '__proto__') {
        const cut = text.slice(first, end)
        const value = escapes && close >= 0 ? unescaped(cut) : cut
        fields[name] = value
        const place = slot < 0 ? 0 : places[slot]!
        if (place > 0) values[place - 1] = value
      }
    }
    at = close < 0 ? end : end + 1
  }
  return fields
}

function valueEnd(text: string, start: number, separator: number): number {
  let end = start
  while (end < text.length && text.charCodeAt(end) !== separator) end++
  return end
}

const EQUALS = 0x3d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const NULL = '(null)'

/** Nothing, or `(null)`. */
function saysNothing(text: string, start: number, end: number): boolean {
  if (start === end) return true
  return (
    end - start === NULL.length && text.charCodeAt(start) === 0x28 && text.startsWith(NULL, start)
  )
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
  for (let end = start; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === QUOTE) return end
    if (code === BACKSLASH) end++
  }
  return -1
}

/** Text with `\"`, `\\` unescaped. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text
}
