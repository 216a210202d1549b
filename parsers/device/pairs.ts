// `name=value name="quoted value"` texts, in one pass.
import {
  behindName,
  hashAt,
  NAME_SEED,
  nameHash,
  nameIn,
  placesBySlot,
  replacedNames,
  SLOTS,
  slotAt,
} from '../names.ts'
import type { WritableFields } from './event.ts'
import { wordAt } from './words.ts'

/** Pairs that one text can have, at most; what stands behind them is left in the raw text only. */
const PAIRS_MAX = 512
const NAME_UNITS_MAX = 128

/** A name and the text of its value. */
export type Pair = (name: string, value: string, quoted: boolean) => void

/** Calls `found` for each pair from `start` on, `most` of them. Values end at `separator` (blanks always end them when it
 * is a blank); in quotes `\"` and `\\` are unescaped. Words without `=` are passed over. Returns the count. */
export function readPairs(
  text: string,
  start: number,
  separator: number,
  found: Pair,
  most: number = PAIRS_MAX,
): number {
  const mark = separator === 0x2c ? ',' : String.fromCharCode(separator)
  const escapes = text.includes('\\')
  forgetReplaced()
  const { length } = text
  let at = start
  let count = 0
  let previous = 0
  while (at < length && count < most) {
    const code = text.charCodeAt(at)
    if (code === separator || code === BLANK || code === TAB) {
      at++
      continue
    }
    let slot = expectedSlot(text, at, previous, separator)
    const equals = slot < 0 ? nameEnd(text, at, separator) : at + nameIn(slot).length
    if (slot < 0) {
      if (text.charCodeAt(equals) !== EQUALS || equals === at) {
        at = equals + 1
        continue
      }
      slot = slotAt(text, at, equals, hashAt(text, at, equals))
      forgetReplaced()
      if (separator === BLANK) followers[previous] = slot + 1
    }
    previous = slot + 1
    const name = slot < 0 ? text.slice(at, equals) : nameIn(slot)
    const close = text.charCodeAt(equals + 1) === QUOTE ? quotedEnd(text, equals + 2) : -1
    if (close >= 0) {
      const value = text.slice(equals + 2, close)
      found(name, escapes ? unescaped(value) : value, true)
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

/** Names whose values a parser looks at, and by their places the values of the last text. */
export interface Wanted {
  readonly places: Uint16Array
  readonly values: (string | undefined)[]
  /** Where each value starts in the text: set by `pairFields` alone. */
  readonly starts: Int32Array
  /** 1 for those whose values are words of few kinds. */
  readonly words: Uint8Array
}

/** A parser's names, in the order in which it looks at `values`. `words`: those whose values are of few kinds. */
export function wantedNames(names: readonly string[], words: readonly string[] = []): Wanted {
  return {
    places: placesBySlot(names),
    values: names.map(() => undefined),
    starts: new Int32Array(names.length),
    words: Uint8Array.from(names, (name) => (words.includes(name) ? 1 : 0)),
  }
}

/** The places of a parser's names in its values. */
export function placesOf<Name extends string>(
  names: readonly Name[],
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>
}

/** By the slot of a name, from 1, that of the name behind it in the text before, from 1: texts repeat. */
const followers = new Uint16Array(SLOTS + 1)
/** How many names had given their slot away when `followers` was right. */
let replaced = 0

/** A slot that has another name now is expected nowhere. */
function forgetReplaced(): void {
  if (replaced === replacedNames()) return
  replaced = replacedNames()
  followers.fill(0)
}

/** The slot of the name that is expected behind that of `previous` and stands at `at` in front of `=`; else -1. Only
 * of texts parted by blanks: a name of theirs may hold any other separator. */
function expectedSlot(text: string, at: number, previous: number, separator: number): number {
  const slot = separator === BLANK ? followers[previous]! - 1 : -1
  if (slot < 0) return -1
  const end = behindName(slot, text, at)
  return end >= 0 && text.charCodeAt(end) === EQUALS ? slot : -1
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
  const { places, values, starts, words } = wanted
  values.fill(undefined)
  forgetReplaced()
  const escapes = text.includes('\\')
  const { length } = text
  let at = start
  let previous = 0
  for (let count = 0; at < length && count < PAIRS_MAX; ) {
    const code = text.charCodeAt(at)
    if (code === separator || code === BLANK) {
      at++
      continue
    }
    if (code === TAB) at++
    let slot = expectedSlot(text, at, previous, separator)
    let equals = slot < 0 ? at : at + nameIn(slot).length
    if (slot < 0) {
      const limit = Math.min(length, at + NAME_UNITS_MAX)
      let hash = NAME_SEED
      for (; equals < limit; equals++) {
        const unit = text.charCodeAt(equals)
        if (unit === EQUALS || unit === separator || unit === BLANK || unit === QUOTE) break
        hash = nameHash(hash, unit)
      }
      if (equals === at || text.charCodeAt(equals) !== EQUALS) {
        at = equals + 1
        continue
      }
      slot = slotAt(text, at, equals, hash)
      forgetReplaced()
      if (separator === BLANK) followers[previous] = slot + 1
    }
    previous = slot + 1
    const quoted = text.charCodeAt(equals + 1) === QUOTE
    const close = quoted ? quotedEnd(text, equals + 2) : -1
    const first = close < 0 ? equals + 1 : equals + 2
    const end = close < 0 ? valueEnd(text, first, separator) : close
    count++
    if (!saysNothing(text, first, end)) {
      const name = slot < 0 ? text.slice(at, equals) : nameIn(slot)
      const place = slot < 0 ? 0 : places[slot]!
      const isWord = place > 0 && words[place - 1] === 1
      const cut = isWord ? wordAt(text, first, end) : text.slice(first, end)
      const value = escapes && close >= 0 ? unescaped(cut) : cut
      if (name !== '__proto__') fields[name] = value
      if (place > 0) {
        values[place - 1] = value
        starts[place - 1] = first
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

const BLANK = 0x20
const TAB = 0x09
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
