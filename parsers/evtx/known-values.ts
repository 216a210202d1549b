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

/** Types whose values are texts that repeat. */
const REPEATING = new Uint8Array(256)
for (const type of [
  ...[TYPE.string, TYPE.xml, TYPE.ansiString, TYPE.guid, TYPE.sid],
  ...[TYPE.size, TYPE.hex32, TYPE.hex64, TYPE.handle],
]) {
  REPEATING[type] = 1
}

/**
 * The slot of a value that was decoded before, or is now; -1 for values that are not kept. `guess`: the slot where it
 * may be.
 */
export function knownSlot(
  bytes: Buffer,
  type: number,
  at: number,
  size: number,
  guess: number,
): number {
  const isKept = REPEATING[type] === 1 && size > 0 && size <= WORDS_MAX * 4
  if (!isKept) return -1
  const head = (type << 16) | size
  if (isIn(guess, head, bytes, at, size)) return guess
  let hash = head
  let next = at
  for (const end = at + size - 3; next < end; next += 4) {
    hash = (Math.imul(hash, 31) + bytes.readInt32LE(next)) | 0
  }
  for (; next < at + size; next++) hash = (Math.imul(hash, 31) + bytes[next]!) | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9_f3b)
  const slot = (hash ^ (hash >>> 16)) & (KNOWN_MAX - 1)
  if (isIn(slot, head, bytes, at, size)) return slot
  values[slot] = decodeValue(bytes, type, at, size)
  heads[slot] = head
  const last = at + ((size - 1) & ~3)
  let word = slot * WORDS_MAX
  for (next = at; next < last; next += 4) words[word++] = bytes.readInt32LE(next)
  words[word] = lastWord(bytes, last, at + size)
  return slot
}

/** The value in a slot. */
export function valueIn(slot: number): FieldValue {
  return values[slot]!
}

function isIn(slot: number, head: number, bytes: Buffer, at: number, size: number): boolean {
  if (heads[slot] !== head) return false
  const last = at + ((size - 1) & ~3)
  let word = slot * WORDS_MAX
  for (let next = at; next < last; next += 4) {
    if (words[word++] !== bytes.readInt32LE(next)) return false
  }
  return words[word] === lastWord(bytes, last, at + size)
}

/** One to four bytes, the missing ones zero. */
function lastWord(bytes: Buffer, start: number, end: number): number {
  let word = 0
  for (let at = end - 1; at >= start; at--) word = (word << 8) | bytes[at]!
  return word
}
