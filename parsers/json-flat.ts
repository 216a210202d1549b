// A line of generic JSON cut into values where it stands, without decoding it. Names are compared with those
// of lines before it: lines of one kind have the same names in the same order. Whatever is unusual (arrays,
// characters outside ASCII, `\u`, numbers with an exponent or many digits, a name twice, names with escapes)
// is left to `JSON.parse`, and so is what is not surely valid JSON.
import {
  FLAT_BOOLEAN,
  FLAT_ESCAPED,
  FLAT_NULL,
  FLAT_NUMBER,
  FLAT_OBJECT,
  FLAT_STRING,
  FLAT_VALUES_MAX,
  type FlatLine,
} from '../sigma/eval/flat.ts'

/** A place in lines: the names up to it. The last place of a line tells what kind of line it is. */
export interface FlatPlace {
  /** Bytes of the name with its closing quote. */
  readonly quoted: Uint8Array
  readonly names: FlatNames
  readonly children: FlatPlace[]
  /** Behind the bracket that opens the value here, and behind the one that closes the object around. */
  opened: FlatPlace | undefined
  closed: FlatPlace | undefined
  /** What callers found out about lines that end here. */
  kinds: unknown
}

/** The names up to a place. */
export interface FlatNames {
  /** By value: the names of the objects around it and its own, joined by dots. */
  readonly paths: readonly string[]
  readonly depths: readonly number[]
  /** Path of the object around, with a dot behind it, by depth. */
  readonly around: readonly string[]
}

/** Places remembered, and different names at one place; beyond them lines are not cut. */
const PLACES_MAX = 16_384
const CHILDREN_MAX = 48
const DEPTH_MAX = 8
const NAME_BYTES_MAX = 128
/** Longest line that is cut, bytes. */
export const FLAT_BYTES_MAX = 64 * 1024
/** Longest number whose double keeps all digits, characters. */
const NUMBER_BYTES_MAX = 15

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d

const HASH_SEED = 0x2545f491
const HASH_STEP = 0x9e3779b1 | 0

/** Cuts lines of one file. */
export interface FlatCutter {
  /** Cuts `line.bytes` from `start` to `end`; the place where it ends, undefined where it is not cut. */
  cut(line: FlatLine, start: number, end: number): FlatPlace | undefined
}

/** A cutter that knows no names yet. */
export function createFlatCutter(): FlatCutter {
  const places = createPlaces()
  return {
    cut(line, start, end) {
      const { bytes } = line
      if (bytes[start] !== OPEN || bytes[end - 1] !== CLOSE) return undefined
      if (end - start > FLAT_BYTES_MAX) return undefined
      let place: FlatPlace | undefined = places.root
      let depth = 0
      line.count = 0
      let at = start + 1
      // An object with nothing in it has no place for a comma.
      let mayClose = true
      for (;;) {
        while (bytes[at] === SPACE) at++
        if (bytes[at] === QUOTE) {
          place = childAt(place, bytes, at + 1, end) ?? places.learnName(place, bytes, at + 1, end)
          if (place === undefined) return undefined
          at += place.quoted.length + 1
          while (bytes[at] === SPACE) at++
          if (bytes[at++] !== COLON) return undefined
          while (bytes[at] === SPACE) at++
          if (bytes[at] === OPEN) {
            line.kinds[line.count++] = FLAT_OBJECT
            place = place.opened ?? places.learnOpened(place)
            if (place === undefined) return undefined
            depth++
            at++
            mayClose = true
            continue
          }
          at = bytes[at] === QUOTE ? cutString(line, at + 1, end) : cutOther(line, at, end)
          if (at < 0) return undefined
        } else if (bytes[at] !== CLOSE || !mayClose) return undefined
        // Behind a value, or at the bracket that closes an empty object.
        for (;;) {
          while (bytes[at] === SPACE) at++
          if (bytes[at] !== CLOSE) break
          at++
          if (depth-- === 0) return at === end ? place : undefined
          place = place.closed ?? places.learnClosed(place)
          if (place === undefined) return undefined
        }
        if (bytes[at++] !== COMMA) return undefined
        mayClose = false
      }
    },
  }
}

interface Places {
  readonly root: FlatPlace
  /** The place behind something that was not seen here before; undefined where it is not learnt. */
  learnName(from: FlatPlace, bytes: Uint8Array, start: number, end: number): FlatPlace | undefined
  learnOpened(from: FlatPlace): FlatPlace | undefined
  learnClosed(from: FlatPlace): FlatPlace | undefined
}

function createPlaces(): Places {
  let count = 1
  const add = (quoted: string, names: FlatNames): FlatPlace | undefined => {
    if (count >= PLACES_MAX) return undefined
    count++
    return placeOf(quoted, names)
  }
  return {
    root: placeOf('', { paths: [], depths: [], around: [''] }),
    learnName(from, bytes, start, end) {
      const name = plainName(bytes, start, end)
      const { paths, depths, around } = from.names
      const depth = around.length - 1
      if (name === undefined || from.children.length >= CHILDREN_MAX) return undefined
      // A path is cut at dots, so only names without any stand below others.
      if (depth > 0 && (name === '' || name.includes('.'))) return undefined
      const path = around[depth]! + name
      if (paths.includes(path) || paths.length >= FLAT_VALUES_MAX) return undefined
      const names = { paths: [...paths, path], depths: [...depths, depth], around }
      const place = add(`${name}"`, names)
      if (place !== undefined) from.children.push(place)
      return place
    },
    learnOpened(from) {
      const { names } = from
      const path = names.paths.at(-1)!
      const isPlain = names.around.length > 1 || !path.includes('.')
      if (!isPlain || names.around.length > DEPTH_MAX) return undefined
      from.opened = add('', { ...names, around: [...names.around, `${path}.`] })
      return from.opened
    },
    learnClosed(from) {
      const { names } = from
      from.closed = add('', { ...names, around: names.around.slice(0, -1) })
      return from.closed
    },
  }
}

/** The name from `start` to its quote; undefined where it is long or has more than plain characters. */
function plainName(bytes: Uint8Array, start: number, end: number): string | undefined {
  let at = start
  while (at < end && bytes[at] !== QUOTE) {
    const byte = bytes[at]!
    if (byte < SPACE || byte > 0x7e || byte === BACKSLASH) return undefined
    at++
  }
  if (at >= end || at - start > NAME_BYTES_MAX) return undefined
  return String.fromCharCode(...bytes.subarray(start, at))
}

function placeOf(quoted: string, names: FlatNames): FlatPlace {
  return {
    quoted: new TextEncoder().encode(quoted),
    names,
    children: [],
    opened: undefined,
    closed: undefined,
    kinds: undefined,
  }
}

function childAt(
  { children }: FlatPlace,
  bytes: Uint8Array,
  start: number,
  end: number,
): FlatPlace | undefined {
  for (let i = 0; i < children.length; i++) {
    const child = children[i]!
    const { quoted } = child
    if (start + quoted.length > end) continue
    let k = 0
    while (k < quoted.length && bytes[start + k] === quoted[k]) k++
    if (k === quoted.length) return child
  }
  return undefined
}

/** Cuts the string that starts behind its quote; where it ends, or -1. Four bytes at a time. */
function cutString(line: FlatLine, start: number, end: number): number {
  const { bytes, view } = line
  let hash = HASH_SEED
  let escapes = 0
  let at = start
  for (;;) {
    while (at + 4 <= end) {
      const word = view.getInt32(at, true)
      const quotes = word ^ 0x22222222
      // High bits of bytes that are a quote, a control character or not ASCII.
      const stops =
        (((quotes - 0x01010101) & ~quotes) | ((word - 0x20202020) & ~word) | word) & 0x80808080
      if (stops !== 0) break
      const slashes = word ^ 0x5c5c5c5c
      escapes |= (slashes - 0x01010101) & ~slashes & 0x80808080
      hash = Math.imul(hash ^ word, HASH_STEP)
      hash = (hash << 13) | (hash >>> 19)
      at += 4
    }
    for (;;) {
      if (at >= end) return -1
      const byte = bytes[at]!
      if (byte === QUOTE) break
      if (byte < SPACE || byte > 0x7f) return -1
      if (byte === BACKSLASH) escapes = 1
      hash = Math.imul(hash ^ byte, HASH_STEP)
      hash = (hash << 13) | (hash >>> 19)
      at++
    }
    if (escapes === 0 || !isEscaped(bytes, start, at)) break
    hash = Math.imul(hash ^ QUOTE, HASH_STEP)
    at++
  }
  const value = line.count++
  line.kinds[value] = escapes === 0 ? FLAT_STRING : FLAT_ESCAPED
  line.starts[value] = start
  line.ends[value] = at
  line.hashes[value] = hash ^ (hash >>> 15)
  return at + 1
}

/** Whether an odd number of backslashes stands before `at`. */
function isEscaped(bytes: Uint8Array, start: number, at: number): boolean {
  let first = at
  while (first > start && bytes[first - 1] === BACKSLASH) first--
  return ((at - first) & 1) === 1
}

/** Cuts a number, `true`, `false` or `null`; where it ends, or -1. */
function cutOther(line: FlatLine, start: number, end: number): number {
  const { bytes } = line
  const first = bytes[start]!
  const isNumber = first === MINUS || (first >= ZERO && first <= NINE)
  const at = isNumber ? numberEnd(bytes, start, end) : wordEnd(bytes, start, end)
  if (at < 0) return -1
  let hash = HASH_SEED
  for (let i = start; i < at; i++) {
    hash = Math.imul(hash ^ bytes[i]!, HASH_STEP)
    hash = (hash << 13) | (hash >>> 19)
  }
  const value = line.count++
  line.kinds[value] = isNumber ? FLAT_NUMBER : first === 0x6e ? FLAT_NULL : FLAT_BOOLEAN
  line.starts[value] = start
  line.ends[value] = at
  line.hashes[value] = hash ^ (hash >>> 15)
  return at
}

/** The end of a number whose text is what JavaScript writes for it, or -1. */
function numberEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start
  const whole = at
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++
  if (at === whole) return -1
  if (bytes[whole] === ZERO && (at > whole + 1 || whole > start)) return -1
  if (bytes[at] === POINT) {
    const fraction = ++at
    // Below 0.000001 JavaScript writes an exponent.
    if (bytes[whole] === ZERO && bytes[fraction] === ZERO) return -1
    while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++
    if (at === fraction || bytes[at - 1] === ZERO) return -1
  }
  return at - start > NUMBER_BYTES_MAX ? -1 : at
}

const WORDS = ['true', 'false', 'null'].map((word) => new TextEncoder().encode(word))

function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  for (const word of WORDS) {
    let k = 0
    while (k < word.length && start + k < end && bytes[start + k] === word[k]) k++
    if (k === word.length) return start + k
  }
  return -1
}
