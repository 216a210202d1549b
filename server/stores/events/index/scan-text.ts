// Cuts the strings, numbers and literals of stored lines into words: plain ASCII is cut right here, any other
// value goes through the shared functions of `sigma/text`.
import { eachWord } from '../../../../sigma/text/words.ts'
import { RAW } from './paths.ts'
import { HASH_START, HASH_STEP } from './tables.ts'

/** A word is indexed by its first bytes, a value by its first ones; what is cut is always proposed. */
export const MAX_WORD_BYTES = 256
export const MAX_VALUE_BYTES = 65_536
/** Longer values are cut into words every time. */
const REPEATED_VALUE_BYTES_MAX = 512

/** Takes what the scanner finds in the current event. */
export interface WordSink {
  /** A word under a node of the path tree; bytes of ASCII capitals are not folded yet (`FOLDED`). */
  word(node: number, bytes: Uint8Array, start: number, end: number, hash: number): void
  /** The event has the key of this node. */
  key(node: number): void
  /** The list under this node is empty: the field is there and has no value. */
  emptyList(node: number): void
  /** A column's value as JSON text. The node is below `COLUMNS_ROOT` and named like the column. */
  value(node: number, bytes: Uint8Array, start: number, end: number): void
  /** True when values under the node may repeat, so that `known` is to be asked first. */
  repeats(node: number): boolean
  /** True when the value was seen before under the node: its words are as then. Otherwise they follow. */
  known(node: number, bytes: Uint8Array, start: number, end: number): boolean
  /** All words of a value that was not known have been told. */
  learned(): void
  /** A value under the node is more or less than one word. */
  composite(node: number): void
  /** The value of this key is also the event's message, whose words are not told again. */
  sameMessage(node: number): void
  /** A column's value as JSON text; it is the string of the field. */
  sameValue(column: number, field: number, bytes: Uint8Array, start: number, end: number): void
  /** Something was cut or is ambiguous: every search must look at this event. */
  always(): void
}

/** Lower case of the ASCII bytes that belong to words, 0 for separators, the byte itself from 0x80. */
export const FOLDED = new Uint8Array(256)
for (let byte = 0; byte < 256; byte++) {
  const char = String.fromCharCode(byte)
  if (byte >= 0x80) FOLDED[byte] = byte
  else if (/[0-9A-Za-z_]/.test(char)) FOLDED[byte] = char.toLowerCase().charCodeAt(0)
}

/** Hash of a folded word's bytes, as the scanner computes it. */
export function hashWord(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ FOLDED[bytes[i]!]!, HASH_STEP)
  return hash
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const LETTER_U = 0x75

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const scratch = new Uint8Array(MAX_VALUE_BYTES * 3)

/** Cuts a text of any characters into words under `node`. */
export function scanText(sink: WordSink, node: number, text: string): void {
  if (!text.isWellFormed()) sink.always()
  const kept = text.length > MAX_VALUE_BYTES ? text.slice(0, MAX_VALUE_BYTES) : text
  if (kept !== text) sink.always()
  eachWord(kept, (word) => {
    const { written } = encoder.encodeInto(word, scratch)
    const end = Math.min(written, MAX_WORD_BYTES)
    if (end < written) sink.always()
    sink.word(node, scratch, 0, end, hashWord(scratch, 0, end))
  })
}

/** Cuts the plain ASCII bytes of a number or a literal into words. */
export function scanBytes(
  sink: WordSink,
  node: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): void {
  let start = -1
  for (let i = from; i <= to; i++) {
    if (i < to && FOLDED[bytes[i]!] !== 0) {
      if (start < 0) start = i
    } else if (start >= 0) {
      const end = Math.min(i, start + MAX_WORD_BYTES)
      if (end < i) sink.always()
      sink.word(node, bytes, start, end, hashWord(bytes, start, end))
      start = -1
    }
  }
}

/** Position of the closing quote of the string whose text begins at `at`. */
export function closingQuote(bytes: Uint8Array, at: number): number {
  let i = at
  while (bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1
  return i
}

/** A string that is not plain: decoded, and its own text again where escapes hide words of the raw text. */
function scanDecoded(
  sink: WordSink,
  node: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  inRaw: boolean,
): void {
  const source = decoder.decode(bytes.subarray(from, to))
  const escaped = source.includes('\\')
  const text = escaped ? (JSON.parse(`"${source}"`) as string) : source
  scanText(sink, node, inRaw ? text.toWellFormed() : text)
  if (inRaw && escaped) scanText(sink, RAW, source)
}

/**
 * Yields the words of the string whose text begins at `from`; returns the position of its closing quote.
 * `inRaw`: the bytes are also the event's raw text, where an escape's letter begins a word.
 */
export function scanString(
  sink: WordSink,
  node: number,
  bytes: Uint8Array,
  from: number,
  inRaw: boolean,
): number {
  if (!sink.repeats(node)) return cutString(sink, node, bytes, from, inRaw)
  const end = closingQuote(bytes, from)
  if (end - from > REPEATED_VALUE_BYTES_MAX || end === from) {
    return cutString(sink, node, bytes, from, inRaw)
  }
  if (sink.known(node, bytes, from, end)) return end
  cutString(sink, node, bytes, from, inRaw)
  sink.learned()
  return end
}

export function cutString(
  sink: WordSink,
  node: number,
  bytes: Uint8Array,
  from: number,
  inRaw: boolean,
): number {
  let i = from
  let letters = false
  let wordEnd = -1
  const limit = from + MAX_VALUE_BYTES
  for (;;) {
    let byte = bytes[i]!
    let folded = FOLDED[byte]!
    while (folded === 0) {
      if (byte === QUOTE) {
        if (letters && inRaw) scanBytes(sink, RAW, bytes, from, i)
        if (wordEnd !== i) sink.composite(node)
        return i
      }
      if (byte === BACKSLASH) {
        const letter = bytes[++i]!
        if (letter === LETTER_U) return slowString(sink, node, bytes, from, inRaw)
        if (FOLDED[letter] !== 0) letters = true
      }
      byte = bytes[++i]!
      folded = FOLDED[byte]!
    }
    const start = i
    let hash = HASH_START
    do {
      if (byte >= 0x80) return slowString(sink, node, bytes, from, inRaw)
      hash = Math.imul(hash ^ folded, HASH_STEP)
      byte = bytes[++i]!
      folded = FOLDED[byte]!
    } while (folded !== 0)
    if (i - start > MAX_WORD_BYTES || i > limit) return slowString(sink, node, bytes, from, inRaw)
    sink.word(node, bytes, start, i, hash)
    if (start === from) wordEnd = i
  }
}

function slowString(
  sink: WordSink,
  node: number,
  bytes: Uint8Array,
  from: number,
  inRaw: boolean,
): number {
  const end = closingQuote(bytes, from)
  sink.composite(node)
  scanDecoded(sink, node, bytes, from, end, inRaw)
  return end
}
