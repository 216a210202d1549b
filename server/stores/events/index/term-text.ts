// The words of a bucket as they are stored. Many end in hexadecimal digits that say nothing of each other
// (hashes, identifiers): these tails are kept apart, two digits a byte and not compressed, so that a search
// inside words looks at bytes as they lie.
//   u32 bytes of the stems, u32 bytes of the lengths, u8 most digits in a row in a stem, stems, lengths, tails
//   stems    "\n" stem "\n" stem ... "\n", a stem with a tail ends in 0x01, zstd; nothing when all words are tails
//   lengths  per tail its digits less one, a byte, zstd
//   tails    digits, the first in the upper half of a byte; each begins at a byte
// Elsewhere the words of a bucket are "\n" word "\n" word ... "\n".
import { append, createOutput, reserve } from './output.ts'

const NEWLINE = 0x0a
const HAS_TAIL = 0x01
const HEADER_BYTES = 9
const RUN_AT = 8
const RUN_MAX = 255
/** A shorter run of digits at the end of a word stays in its stem, unless it is the word. */
const TAIL_DIGITS_MIN = 6
const ZSTD_FAST = { level: 1 } as const

const DIGITS = new TextEncoder().encode('0123456789abcdef')
const VALUE = new Int8Array(256).fill(-1)
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

/** The parts of a stored body. */
interface Parts {
  readonly stems: Uint8Array<ArrayBuffer>
  readonly lengths: Uint8Array<ArrayBuffer>
  readonly tails: Uint8Array
}

function partsOf(body: Uint8Array<ArrayBuffer>): Parts {
  const view = new DataView(body.buffer, body.byteOffset)
  const stems_end = HEADER_BYTES + view.getUint32(0, true)
  const lengths_end = stems_end + view.getUint32(4, true)
  return {
    stems: body.subarray(HEADER_BYTES, stems_end),
    lengths: body.subarray(stems_end, lengths_end),
    tails: body.subarray(lengths_end),
  }
}

const words = createOutput()

/** The words of a stored body, between newlines. */
export function unpackTerms(body: Uint8Array<ArrayBuffer>): Buffer {
  const parts = partsOf(body)
  const digits = parts.lengths.length === 0 ? parts.lengths : Bun.zstdDecompressSync(parts.lengths)
  words.length = 0
  reserve(words, 1)
  words.bytes[words.length++] = NEWLINE
  if (parts.stems.length === 0) {
    let at = 0
    for (let n = 0; n < digits.length; n++) at = takeTail(parts.tails, at, digits[n]! + 1)
  } else takeStems(Bun.zstdDecompressSync(parts.stems), digits, parts.tails)
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
export function mayHold(body: Uint8Array<ArrayBuffer>, parts: readonly TermPart[]): boolean {
  if (parts.some(({ isShort }) => isShort)) return true
  const { stems, lengths, tails } = partsOf(body)
  const area = Buffer.from(tails.buffer, tails.byteOffset, tails.byteLength)
  if (parts.some(({ inTail }) => inTail.some((one) => hasHalfBytes(area, one)))) return true
  const run = body[RUN_AT]!
  const inStems = parts.filter(({ isHex, text }) => !isHex || text.length <= run || run === RUN_MAX)
  if (stems.length === 0 || inStems.length === 0) return false
  const text = Bun.zstdDecompressSync(stems)
  return inStems.some(
    ({ text: whole, split }) =>
      text.includes(whole) || (split !== undefined && hasSplit({ text, lengths, area }, split)),
  )
}

/** Whether a stem ends in this one and its tail begins with these digits. */
function hasSplit(
  body: { readonly text: Buffer; readonly lengths: Uint8Array<ArrayBuffer>; readonly area: Buffer },
  { stem, tail }: NonNullable<TermPart['split']>,
): boolean {
  const { text, lengths, area } = body
  if (!text.includes(stem)) return false
  const digits = Bun.zstdDecompressSync(lengths)
  let n = 0
  let at = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== HAS_TAIL) continue
    if (endsWith(text, i + 1, stem) && beginsWith(area, at, tail)) return true
    at += (digits[n++]! + 2) >>> 1
  }
  return false
}

function endsWith(text: Buffer, end: number, stem: Buffer): boolean {
  for (let n = 1; n <= stem.length; n++) {
    if (text[end - n] !== stem[stem.length - n]) return false
  }
  return true
}

function beginsWith(area: Buffer, at: number, { bytes, behind }: HalfBytes): boolean {
  for (let n = 0; n < bytes.length; n++) if (area[at + n] !== bytes[n]) return false
  return behind < 0 || area[at + bytes.length]! >>> 4 === behind
}

function hasHalfBytes(area: Buffer, { before, bytes, behind }: HalfBytes): boolean {
  for (let at = area.indexOf(bytes); at >= 0; at = area.indexOf(bytes, at + 1)) {
    const isBefore = before < 0 || (at > 0 && (area[at - 1]! & 15) === before)
    const next = area[at + bytes.length]
    if (isBefore && (behind < 0 || (next !== undefined && next >>> 4 === behind))) return true
  }
  return false
}
