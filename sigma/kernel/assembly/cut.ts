// A line of JSON cut into values where it stands; see `parsers/json-flat.ts` for what is cut and what is not.
// Everything in memory has 16 readable bytes behind it.
import { isEqual } from './bytes'
import { BOOLEAN, DECIMAL, ESCAPED, LISTED, NULL, OBJECT, STRING, WIDE } from './kinds'
import {
  CHILD,
  CLOSED,
  ENDS,
  HAS_WIDE,
  KINDS,
  NAME,
  NAME_BYTES,
  NUMBER,
  OPENED,
  SIBLING,
  STARTS,
  STOP_AT,
  STOP_PLACE,
  VALUES_MAX,
} from './places'

const SPACE: u32 = 0x20
const QUOTE: u32 = 0x22
const COMMA: u32 = 0x2c
const MINUS: u32 = 0x2d
const POINT: u32 = 0x2e
const ZERO: u32 = 0x30
const COLON: u32 = 0x3a
const OPEN_LIST: u32 = 0x5b
const BACKSLASH: u32 = 0x5c
const CLOSE_LIST: u32 = 0x5d
const OPEN: u32 = 0x7b
const CLOSE: u32 = 0x7d

const TRUE: u32 = 0x65757274
const FALS: u32 = 0x736c6166
const NULL_WORD: u32 = 0x6c6c756e
const E: u32 = 0x65

/** Longest number whose double keeps all digits, characters. */
const NUMBER_BYTES_MAX: usize = 15

const NOT_CUT: i32 = -1
const NEW_NAME: i32 = -2
const NEW_OPENED: i32 = -3
const NEW_CLOSED: i32 = -4

function byteAt(at: usize): u32 {
  return load<u8>(at)
}

function isDigit(byte: u32): bool {
  return byte - ZERO <= 9
}

function keep(value: i32, kind: u8, start: usize, end: usize, shift: usize): void {
  const place = (<usize>value) << 2
  store<i32>(STARTS + place, <i32>(start - shift))
  store<i32>(ENDS + place, <i32>(end - shift))
  store<u8>(KINDS + <usize>value, kind)
}

/** Whether the string found last has escapes, and characters beyond ASCII. */
let isEscaped: bool = false
let isWide: bool = false

/** The end of the string that starts behind its quote, or 0: its quote is missing, or it has bytes that it must not
 * have. */
function stringEnd(start: usize, end: usize): usize {
  const quote = i8x16.splat(<u8>QUOTE)
  const backslash = i8x16.splat(<u8>BACKSLASH)
  const space = i8x16.splat(<u8>SPACE)
  let at = start
  isEscaped = false
  isWide = false
  while (at < end) {
    const bytes = v128.load(at)
    // Bytes above 0x7f are negative.
    const others = i8x16.lt_s(bytes, space)
    const stops = v128.or(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)), others)
    const mask = <u32>i8x16.bitmask(stops)
    if (mask === 0) {
      at += 16
      continue
    }
    at += ctz<u32>(mask)
    if (at >= end) return 0
    const byte = byteAt(at)
    if (byte === QUOTE) return at
    if (byte > 0x7f) {
      isWide = true
      at = behindWide(at)
      if (at === 0) return 0
      continue
    }
    if (byte !== BACKSLASH) return 0
    const escaped = byteAt(at + 1)
    if (escaped < SPACE || escaped > 0x7f) return 0
    isEscaped = true
    at += 2
  }
  return 0
}

/** The position behind the characters of several bytes that start here, or 0 where they are no valid UTF-8. */
function behindWide(start: usize): usize {
  let at = start
  while (byteAt(at) > 0x7f) {
    const length = wideLength(at)
    if (length === 0) return 0
    at += length
  }
  return at
}

/** Bytes of one character, or 0: no shorter form of it may exist, and it must be no half of a pair. */
function wideLength(at: usize): usize {
  const first = byteAt(at)
  const second = byteAt(at + 1)
  if (first < 0xc2 || first > 0xf4 || !isContinued(at + 1)) return 0
  if (first < 0xe0) return 2
  if (!isContinued(at + 2)) return 0
  if (first < 0xf0) {
    const isOdd = (first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)
    return isOdd ? 0 : 3
  }
  const isOdd = (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)
  return isOdd || !isContinued(at + 3) ? 0 : 4
}

function isContinued(at: usize): bool {
  return (byteAt(at) & 0xc0) === 0x80
}

/** The end of a number whose text is what JavaScript writes for it, or 0. */
function numberEnd(start: usize): usize {
  let at = start
  if (byteAt(at) === MINUS) at++
  const whole = at
  while (isDigit(byteAt(at))) at++
  if (at === whole) return 0
  if (byteAt(whole) === ZERO && (at > whole + 1 || whole > start)) return 0
  if (byteAt(at) === POINT) {
    const fraction = ++at
    // Below 0.000001 JavaScript writes an exponent.
    if (byteAt(whole) === ZERO && byteAt(fraction) === ZERO) return 0
    while (isDigit(byteAt(at))) at++
    if (at === fraction || byteAt(at - 1) === ZERO) return 0
  }
  return at - start > NUMBER_BYTES_MAX ? 0 : at
}

/** Cuts the string whose quote is here; the position behind it, or 0. */
function cutString(value: i32, start: usize, end: usize, shift: usize, listed: u8): usize {
  const close = stringEnd(start + 1, end)
  if (close === 0) return 0
  let kind = isEscaped ? ESCAPED : STRING
  if (isWide) {
    kind |= WIDE
    store<u32>(HAS_WIDE, 1)
  }
  keep(value, kind | listed, start + 1, close, shift)
  return close + 1
}

/** Cuts the list whose bracket is here as the one string in it; the position behind it, or 0. */
function cutListed(value: i32, start: usize, end: usize, shift: usize): usize {
  let at = start + 1
  while (byteAt(at) === SPACE) at++
  if (byteAt(at) !== QUOTE) return 0
  at = cutString(value, at, end, shift, LISTED)
  if (at === 0) return 0
  while (byteAt(at) === SPACE) at++
  return byteAt(at) === CLOSE_LIST ? at + 1 : 0
}

/** Cuts the value that starts here; the position behind it, or 0. */
function cutValue(value: i32, start: usize, end: usize, shift: usize): usize {
  const first = byteAt(start)
  if (first === QUOTE) return cutString(value, start, end, shift, 0)
  if (first === OPEN_LIST) return cutListed(value, start, end, shift)
  let kind = DECIMAL
  let at: usize = 0
  if (first === MINUS || isDigit(first)) at = numberEnd(start)
  else {
    const word = load<u32>(start)
    kind = word === NULL_WORD ? NULL : BOOLEAN
    if (word === TRUE || word === NULL_WORD) at = start + 4
    else if (word === FALS && byteAt(start + 4) === E) at = start + 5
  }
  if (at === 0 || at > end) return 0
  keep(value, kind, start, at, shift)
  return at
}

/** The place whose name with its closing quote stands at a position, or 0. */
function childAt(place: usize, at: usize): usize {
  let child = <usize>load<u32>(place, CHILD)
  while (child !== 0) {
    if (isEqual(<usize>load<u32>(child, NAME), at, <usize>load<u32>(child, NAME_BYTES)))
      return child
    child = <usize>load<u32>(child, SIBLING)
  }
  return 0
}

/** Where the object cut last ends; or why none was cut, the place and the position of that. */
let cutEnd: usize = 0
let reason: i32 = NOT_CUT
let stopPlace: usize = 0
let stopAt: usize = 0

function stop(why: i32, place: usize, at: usize): usize {
  reason = why
  stopPlace = place
  stopAt = at
  return 0
}

/** The position behind the object that was cut last. */
export function endOfCut(): usize {
  return cutEnd
}

/**
 * Cuts the line from `start` to `end`; `shift` is taken off the positions of its values. Gives the number of the place
 * where it ends, or why there is none.
 */
export function cut(root: usize, start: usize, end: usize, shift: usize): i32 {
  if (byteAt(end - 1) !== CLOSE) return NOT_CUT
  const place = cutObject(root, start, end, shift)
  if (place !== 0) return cutEnd === end ? <i32>load<u32>(place, NUMBER) : NOT_CUT
  if (reason !== NOT_CUT) {
    store<u32>(STOP_PLACE, load<u32>(stopPlace, NUMBER))
    store<u32>(STOP_AT, <u32>(stopAt - shift))
  }
  return reason
}

/** Cuts the object that starts here and ends before `end`; the place where it ends, or 0. */
export function cutObject(root: usize, start: usize, end: usize, shift: usize): usize {
  reason = NOT_CUT
  store<u32>(HAS_WIDE, 0)
  if (byteAt(start) !== OPEN) return 0
  let place = root
  let depth = 0
  let count = 0
  let at = start + 1
  // An object with nothing in it has no place for a comma.
  let mayClose = true
  while (true) {
    while (byteAt(at) === SPACE) at++
    if (byteAt(at) === QUOTE) {
      const child = childAt(place, ++at)
      if (child === 0) return stop(NEW_NAME, place, at)
      place = child
      at += <usize>load<u32>(place, NAME_BYTES)
      while (byteAt(at) === SPACE) at++
      if (at >= end || byteAt(at++) !== COLON || count === VALUES_MAX) return 0
      while (byteAt(at) === SPACE) at++
      if (byteAt(at) === OPEN) {
        store<u8>(KINDS + <usize>count, OBJECT)
        count++
        const opened = <usize>load<u32>(place, OPENED)
        if (opened === 0) return stop(NEW_OPENED, place, shift)
        place = opened
        depth++
        at++
        mayClose = true
        continue
      }
      at = cutValue(count++, at, end, shift)
      if (at === 0) return 0
    } else if (byteAt(at) !== CLOSE || !mayClose) return 0
    // Behind a value, or at the bracket that closes an empty object.
    while (true) {
      while (byteAt(at) === SPACE) at++
      if (byteAt(at) !== CLOSE) break
      at++
      if (depth-- === 0) {
        cutEnd = at
        return at <= end ? place : 0
      }
      const closed = <usize>load<u32>(place, CLOSED)
      if (closed === 0) return stop(NEW_CLOSED, place, shift)
      place = closed
    }
    if (byteAt(at++) !== COMMA) return 0
    mayClose = false
  }
  return 0
}
