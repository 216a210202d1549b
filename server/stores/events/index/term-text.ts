// The words of a bucket as they are stored. Many end in hexadecimal digits that say nothing of each other
// (hashes, identifiers): these tails are kept apart, two digits a byte and not compressed, so that a search
// inside words looks at bytes as they lie.
//   u32 bytes of the stems, u32 bytes of the lengths, u8 most digits in a row in a stem, stems, lengths, tails
//   stems    "\n" stem "\n" stem ... "\n", a stem with a tail ends in 0x01, zstd; nothing when all words are tails
//   lengths  per tail its digits less one, a byte, zstd
//   tails    digits, the first in the upper half of a byte; each begins at a byte
// Elsewhere the words of a bucket are "\n" word "\n" word ... "\n". What finds words in stored bodies without
// unpacking them is in term-find.ts.
import { append, createOutput, reserve } from './output.ts'

const NEWLINE = 0x0a
/** Ends a stem that has a tail. */
export const HAS_TAIL = 0x01
const HEADER_BYTES = 9
const RUN_AT = 8
const RUN_MAX = 255
/** A shorter run of digits at the end of a word stays in its stem, unless it is the word. */
const TAIL_DIGITS_MIN = 6
const ZSTD_FAST = { level: 1 } as const

const DIGITS = new TextEncoder().encode('0123456789abcdef')
/** What a byte is as a digit; -1 for those that are none. */
export const VALUE = new Int8Array(256).fill(-1)
for (const [value, digit] of DIGITS.entries()) VALUE[digit] = value

const stems = createOutput()
const lengths = createOutput()
const tails = createOutput()

/** The stored form of words between newlines. */
export function packTerms(terms: Uint8Array): Uint8Array<ArrayBuffer> {
  stems.length = 0
  lengths.length = 0
  tails.length = 0
  reserve(stems, terms.length * 2)
  reserve(lengths, terms.length)
  reserve(tails, terms.length)
  stems.bytes[stems.length++] = NEWLINE
  const { bytes } = tails
  let isPlain = true
  let longest = 0
  let start = 1
  // The digits up to here, written behind the tails in case that the word ends with them.
  let digits = 0
  let high = 0
  let from = 0
  let at = 0
  for (let i = 1; i < terms.length; i++) {
    if ((digits & 1) === 0) {
      const begun = i
      for (; i + 1 < terms.length; i += 2) {
        const pair = (VALUE[terms[i]!]! << 4) | VALUE[terms[i + 1]!]!
        if (pair < 0) break
        bytes[at++] = pair
      }
      digits += i - begun
    }
    const byte = terms[i]!
    const value = VALUE[byte]!
    if (value >= 0) {
      if ((digits++ & 1) === 0) high = value << 4
      else bytes[at++] = high | value
      continue
    }
    const isTail = byte === NEWLINE && (digits >= TAIL_DIGITS_MIN || digits === i - start)
    if (!isTail) {
      if (digits > longest) longest = digits
      digits = 0
      at = from
      if (byte !== NEWLINE) continue
    }
    if (start < i - digits) {
      isPlain = false
      append(stems, terms, start, i - digits - start)
    }
    if (digits > 0) {
      if ((digits & 1) === 1) bytes[at++] = high
      lengths.bytes[lengths.length++] = digits - 1
      stems.bytes[stems.length++] = HAS_TAIL
    }
    stems.bytes[stems.length++] = NEWLINE
    start = i + 1
    digits = 0
    from = at
  }
  tails.length = at
  return joined(isPlain, longest)
}

function joined(isPlain: boolean, longest: number): Uint8Array<ArrayBuffer> {
  const none = new Uint8Array(0)
  const stemBytes = isPlain ? none : zstd(stems.bytes.subarray(0, stems.length))
  const lengthBytes = lengths.length === 0 ? none : zstd(lengths.bytes.subarray(0, lengths.length))
  const head = HEADER_BYTES + stemBytes.length + lengthBytes.length
  const body = new Uint8Array(head + tails.length)
  const view = new DataView(body.buffer)
  view.setUint32(0, stemBytes.length, true)
  view.setUint32(4, lengthBytes.length, true)
  body[RUN_AT] = Math.min(RUN_MAX, longest)
  body.set(stemBytes, HEADER_BYTES)
  body.set(lengthBytes, HEADER_BYTES + stemBytes.length)
  body.set(tails.bytes.subarray(0, tails.length), head)
  return body
}

function zstd(bytes: Uint8Array): Uint8Array {
  return Bun.zstdCompressSync(bytes as Uint8Array<ArrayBuffer>, ZSTD_FAST)
}

/** Where the parts of a stored body are: stems, lengths and tails follow each other. */
export interface Parts {
  readonly stems: number
  readonly lengths: number
  readonly tails: number
  /** No stem has more digits in a row. */
  readonly run: number
}

export function partsOf(body: Uint8Array): Parts {
  const lengths = HEADER_BYTES + readUint32(body, 0)
  const run = body[RUN_AT] === RUN_MAX ? Number.POSITIVE_INFINITY : body[RUN_AT]!
  return { stems: HEADER_BYTES, lengths, tails: lengths + readUint32(body, 4), run }
}

function readUint32(bytes: Uint8Array, at: number): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
  return low + bytes[at + 3]! * 2 ** 24
}

/** The stems of a stored body; undefined when all its words are tails. */
export function readStems(body: Uint8Array<ArrayBuffer>, parts: Parts): Buffer | undefined {
  const { stems, lengths } = parts
  return stems === lengths ? undefined : Bun.zstdDecompressSync(body.subarray(stems, lengths))
}

const NONE = new Uint8Array(0)

/** The digits of each tail, less one. */
export function readLengths(body: Uint8Array<ArrayBuffer>, parts: Parts): Uint8Array {
  const { lengths, tails } = parts
  return lengths === tails ? NONE : Bun.zstdDecompressSync(body.subarray(lengths, tails))
}

/** How many digits end a word, where they are kept apart as its tail; 0 where they are not. */
export function tailDigits(word: Uint8Array): number {
  let start = word.length
  while (start > 0 && VALUE[word[start - 1]!]! >= 0) start--
  const digits = word.length - start
  return digits >= TAIL_DIGITS_MIN || start === 0 ? digits : 0
}

const words = createOutput()

/** The words of a stored body, between newlines. */
export function unpackTerms(body: Uint8Array<ArrayBuffer>): Buffer {
  const parts = partsOf(body)
  const digits = readLengths(body, parts)
  const text = readStems(body, parts)
  const tails = body.subarray(parts.tails)
  words.length = 0
  reserve(words, 1)
  words.bytes[words.length++] = NEWLINE
  if (text !== undefined) takeStems(text, digits, tails)
  else {
    let at = 0
    for (let n = 0; n < digits.length; n++) at = takeTail(tails, at, digits[n]! + 1)
  }
  return Buffer.from(words.bytes.subarray(0, words.length))
}

function takeStems(text: Uint8Array, digits: Uint8Array, tails: Uint8Array): void {
  let n = 0
  let at = 0
  reserve(words, text.length)
  for (let i = 1; i < text.length; i++) {
    if (text[i] !== HAS_TAIL) {
      words.bytes[words.length++] = text[i]!
      continue
    }
    at = takeTail(tails, at, digits[n++]! + 1)
    // The newline came with the tail; what follows has room again.
    i++
    reserve(words, text.length - i)
  }
}

/** Adds a word's tail and the newline behind it; returns where the next tail begins. */
function takeTail(tails: Uint8Array, start: number, count: number): number {
  reserve(words, count + 2)
  const { bytes } = words
  let to = words.length
  let at = start
  for (const last = to + count; to < last; at++) {
    bytes[to++] = DIGITS[tails[at]! >>> 4]!
    bytes[to++] = DIGITS[tails[at]! & 15]!
  }
  to = words.length + count
  bytes[to++] = NEWLINE
  words.length = to
  return at
}
