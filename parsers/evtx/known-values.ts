// Accounts, hosts, numbers of processes: most values of a log were there before. Each is made into text once,
// and found again by its bytes.
import type { FieldValue } from '../../sigma/event.ts'
import { decodeValue, TYPE } from './values.ts'

/** Longest value that is remembered, words of four bytes. */
const WORDS_MAX = 48
/** Values remembered at once; a power of two. */
const KNOWN_MAX = 4096
/** By slot: the value, its type and size, and its bytes, the last word filled up with zeros. */
const values: FieldValue[] = new Array(KNOWN_MAX).fill(null)
const heads = new Int32Array(KNOWN_MAX)
const words = new Int32Array(KNOWN_MAX * WORDS_MAX)
/** The value at hand. */
const wanted = new Int32Array(WORDS_MAX)

/** Types whose values are texts that repeat. */
const REPEATING = new Uint8Array(256)
for (const type of [
  ...[TYPE.string, TYPE.xml, TYPE.ansiString, TYPE.guid, TYPE.sid],
  ...[TYPE.size, TYPE.hex32, TYPE.hex64, TYPE.handle],
]) {
  REPEATING[type] = 1
}

/** `decodeValue`, but for what was decoded before. */
export function knownValue(bytes: Buffer, type: number, at: number, size: number): FieldValue {
  const isRemembered = REPEATING[type] === 1 && size > 0 && size <= WORDS_MAX * 4
  if (!isRemembered) return decodeValue(bytes, type, at, size)
  const head = (type << 16) | size
  const whole = size >> 2
  let hash = head
  let next = at
  for (let index = 0; index < whole; index++, next += 4) {
    const word =
      bytes[next]! | (bytes[next + 1]! << 8) | (bytes[next + 2]! << 16) | (bytes[next + 3]! << 24)
    wanted[index] = word
    hash = (Math.imul(hash, 31) + word) | 0
  }
  const count = (size + 3) >> 2
  if (whole < count) {
    const word = lastWord(bytes, next, at + size)
    wanted[whole] = word
    hash = (Math.imul(hash, 31) + word) | 0
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9_f3b)
  const slot = (hash ^ (hash >>> 16)) & (KNOWN_MAX - 1)
  if (heads[slot] === head && isWanted(slot * WORDS_MAX, count)) return values[slot]!
  const value = decodeValue(bytes, type, at, size)
  heads[slot] = head
  values[slot] = value
  for (let index = 0; index < count; index++) words[slot * WORDS_MAX + index] = wanted[index]!
  return value
}

function isWanted(start: number, count: number): boolean {
  for (let index = 0; index < count; index++) {
    if (words[start + index] !== wanted[index]) return false
  }
  return true
}

function lastWord(bytes: Buffer, start: number, end: number): number {
  let word = 0
  for (let at = end - 1; at >= start; at--) word = (word << 8) | bytes[at]!
  return word
}
