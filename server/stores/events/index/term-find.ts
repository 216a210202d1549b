// Finds words in the stored body of a bucket (term-text.ts) without unpacking it: a search inside words looks
// at the tails as they lie, and a whole word is found among stems or among tails.
import {
  HAS_TAIL,
  type Parts,
  partsOf,
  readLengths,
  readStems,
  tailDigits,
  VALUE,
} from './term-text.ts'

const NEWLINE = 0x0a

/** Index of `part` in `bytes` from `start` on; -1 where it is not. */
function indexIn(bytes: Uint8Array, part: Uint8Array, start: number): number {
  return Buffer.prototype.indexOf.call(bytes as Buffer, part, start)
}

/** A part of a word, as it is looked for in stored bodies. */
export interface TermPart {
  readonly text: Buffer
  readonly isHex: boolean
  /** Its beginning as the end of a stem, and the digits that end it as the beginning of a tail. */
  readonly split: { readonly stem: Buffer; readonly tail: HalfBytes } | undefined
  /** Where all of it is digits: in a tail, beginning at a byte or half a byte later. */
  readonly inTail: readonly HalfBytes[]
  /** It may be in any bucket: too short to look for in tails. */
  readonly isShort: boolean
}

/** Whole bytes with a digit before or behind them, -1 for any. */
interface HalfBytes {
  readonly before: number
  readonly bytes: Buffer
  readonly behind: number
}

/** With fewer digits there may be no whole byte to look for. */
const PART_DIGITS_MIN = 4

/** Prepares a folded text to be looked for. */
export function termPart(text: Uint8Array): TermPart {
  let digits = text.length
  while (digits > 0 && VALUE[text[digits - 1]!]! >= 0) digits--
  const isHex = digits === 0
  const stem = Buffer.concat([text.subarray(0, digits), Uint8Array.of(HAS_TAIL)])
  const isSplit = !isHex && digits < text.length
  return {
    text: Buffer.from(text),
    isHex,
    split: isSplit ? { stem, tail: halfBytes(text.subarray(digits), 0) } : undefined,
    inTail: isHex ? [halfBytes(text, 0), halfBytes(text, 1)] : [],
    isShort: isHex && text.length < PART_DIGITS_MIN,
  }
}

function halfBytes(text: Uint8Array, start: number): HalfBytes {
  const count = (text.length - start) >>> 1
  const digit = (at: number) => VALUE[text[at]!] ?? -1
  const bytes = Buffer.alloc(count)
  for (let n = 0; n < count; n++) {
    bytes[n] = (digit(start + 2 * n) << 4) | digit(start + 2 * n + 1)
  }
  const end = start + 2 * count
  return {
    before: start === 0 ? -1 : digit(0),
    bytes,
    behind: end < text.length ? digit(end) : -1,
  }
}

/** False only when surely no word of a stored body holds one of the parts. */
export function mayHold(body: Uint8Array<ArrayBuffer>, wanted: readonly TermPart[]): boolean {
  const parts = partsOf(body)
  let isInStems = false
  for (const { isShort, isHex, text, inTail } of wanted) {
    if (isShort) return true
    for (const half of inTail) if (hasHalfBytes(body, parts.tails, half)) return true
    if (!isHex || text.length <= parts.run) isInStems = true
  }
  if (!isInStems) return false
  const stems = readStems(body, parts)
  return (
    stems !== undefined &&
    wanted.some(
      ({ text, split }) =>
        stems.includes(text) || (split !== undefined && hasSplit(body, parts, stems, split)),
    )
  )
}

/** Whether a stem ends in this one and its tail begins with these digits. */
function hasSplit(
  body: Uint8Array<ArrayBuffer>,
  parts: Parts,
  stems: Buffer,
  { stem, tail }: NonNullable<TermPart['split']>,
): boolean {
  if (!stems.includes(stem)) return false
  const digits = readLengths(body, parts)
  let n = 0
  let at = parts.tails
  for (let i = 0; i < stems.length; i++) {
    if (stems[i] !== HAS_TAIL) continue
    if (endsWith(stems, i + 1, stem) && beginsWith(body, at, tail)) return true
    at += tailBytes(digits[n++]!)
  }
  return false
}

/** Bytes of a tail by its digits less one. */
function tailBytes(digits: number): number {
  return (digits + 2) >>> 1
}

function endsWith(text: Uint8Array, end: number, stem: Uint8Array): boolean {
  for (let n = 1; n <= stem.length; n++) {
    if (text[end - n] !== stem[stem.length - n]) return false
  }
  return true
}

function beginsWith(body: Uint8Array, at: number, { bytes, behind }: HalfBytes): boolean {
  for (let n = 0; n < bytes.length; n++) if (body[at + n] !== bytes[n]) return false
  return behind < 0 || body[at + bytes.length]! >>> 4 === behind
}

function hasHalfBytes(
  body: Uint8Array,
  start: number,
  { before, bytes, behind }: HalfBytes,
): boolean {
  for (let at = indexIn(body, bytes, start); at >= 0; at = indexIn(body, bytes, at + 1)) {
    const isBefore = before < 0 || (at > start && (body[at - 1]! & 15) === before)
    const next = body[at + bytes.length]
    if (isBefore && (behind < 0 || (next !== undefined && next >>> 4 === behind))) return true
  }
  return false
}

/** Which word of a stored body is this one, counted from 0; -1 where none is. */
export function findWord(body: Uint8Array<ArrayBuffer>, word: Uint8Array): number {
  const parts = partsOf(body)
  const digits = tailDigits(word)
  if (digits > 0) return findTail(body, parts, word, digits)
  const stems = readStems(body, parts)
  if (stems === undefined) return -1
  const at = stems.indexOf(Buffer.concat([LINE_END, word, LINE_END]))
  return at < 0 ? -1 : newlinesBefore(stems, at)
}

const LINE_END = Uint8Array.of(NEWLINE)

function newlinesBefore(text: Uint8Array, end: number): number {
  let count = 0
  for (let i = 0; i < end; i++) if (text[i] === NEWLINE) count++
  return count
}

/** `findWord` of a word that ends in `digits` digits kept apart. */
function findTail(
  body: Uint8Array<ArrayBuffer>,
  parts: Parts,
  word: Uint8Array,
  digits: number,
): number {
  const stem = word.subarray(0, word.length - digits)
  const tail = halfBytes(word.subarray(stem.length), 0)
  // The last of an odd number of digits has a byte to itself.
  const packed =
    tail.behind < 0 ? tail.bytes : Buffer.concat([tail.bytes, Uint8Array.of(tail.behind << 4)])
  if (indexIn(body, packed, parts.tails) < 0) return -1
  const stems = readStems(body, parts)
  const lengths = readLengths(body, parts)
  const place = { at: 0, ordinal: -1 }
  let at = parts.tails
  for (let n = 0; n < lengths.length; n++) {
    if (stems !== undefined) toNextTail(stems, place)
    else place.ordinal = n
    if (lengths[n] === digits - 1 && endsWith(body, at + packed.length, packed)) {
      const isSame = stems === undefined ? stem.length === 0 : hasStem(stems, place.at, stem)
      if (isSame) return place.ordinal
    }
    at += tailBytes(lengths[n]!)
  }
  return -1
}

/** Moves to the next stem that has a tail: `at` to its end, `ordinal` to its number. */
function toNextTail(stems: Uint8Array, place: { at: number; ordinal: number }): void {
  for (place.at++; stems[place.at - 1] !== HAS_TAIL; place.at++) {
    if (stems[place.at - 1] === NEWLINE) place.ordinal++
  }
}

/** Whether the stem that ends before the mark at `end - 1` is this one. */
function hasStem(stems: Uint8Array, end: number, stem: Uint8Array): boolean {
  const start = end - 1 - stem.length
  return stems[start - 1] === NEWLINE && endsWith(stems, end - 1, stem)
}
