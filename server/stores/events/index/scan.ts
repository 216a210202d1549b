// Reads stored lines as bytes and yields their words, without making objects: what a search can look at is
// the message, every leaf of the fields under its path, and the raw text. Words and folding are those of
// `sigma/text` (scan-text.ts).
import { parseJsonText } from '../../../../parsers/json-text.ts'
import { createLineRefs, noRefs, noteString, readRefs, tellRefs } from './line-refs.ts'
import {
  CATEGORY,
  COLUMNS_ROOT,
  childOf,
  expectedKey,
  expectKey,
  FIELDS_ROOT,
  isRepeated,
  JSON_ROOT,
  keyLength,
  MESSAGE,
  type PathTree,
  PRODUCT,
  RAW,
  SERVICE,
  SOURCE,
} from './paths.ts'
import {
  closingQuote,
  cutString,
  scanBytes,
  scanString,
  scanText,
  type WordSink,
} from './scan-text.ts'
import { largerRows } from './tables.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const COLON = 0x3a
const COMMA = 0x2c
const LETTER_U = 0x75
const LETTER_N = 0x6e
const MINUS = 0x2d
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
/** Integers of at most so many characters are written the same way by everyone. */
const PLAIN_DIGITS_MAX = 15

const decoder = new TextDecoder()

/** True for bytes that end a number or a literal, and for blanks. */
function endsScalar(byte: number): boolean {
  return byte === COMMA || byte === CLOSE || byte === CLOSE_LIST || byte <= 0x20
}

/** Position after the value that begins at `at`. */
function skipValue(bytes: Uint8Array, at: number): number {
  let depth = 0
  let i = at
  for (;;) {
    const byte = bytes[i]!
    if (byte === QUOTE) i = closingQuote(bytes, i + 1) + 1
    else if (byte === OPEN || byte === OPEN_LIST) {
      depth++
      i++
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth--
      i++
    } else if (depth > 0) i++
    else while (!endsScalar(bytes[i]!)) i++
    if (depth === 0) return i
  }
}

/** Open containers of the value being walked: node, for objects a serial number (0: a list), last key. */
let stackNodes = new Int32Array(256)
let stackSerials = new Int32Array(256)
let stackKeys = new Int32Array(256)
let serial = 0

function push(depth: number, node: number, isObject: boolean): void {
  if (depth === stackNodes.length) {
    stackNodes = largerRows(stackNodes)
    stackSerials = largerRows(stackSerials)
    stackKeys = largerRows(stackKeys)
  }
  stackNodes[depth] = node
  stackKeys[depth] = 0
  serial = serial === 0x7fffffff ? 1 : serial + 1
  stackSerials[depth] = isObject ? serial : 0
}

/** The current event's message as it stands in the line, and whether a field was found to be the same. */
const message = { start: 0, end: 0, found: false }

/** What the current line names instead of writing it. */
const refs = createLineRefs()

/** Node of the key at `start`, -1 when there are too many. */
function keyAt(paths: PathTree, parent: number, depth: number, bytes: Uint8Array, start: number) {
  const previous = stackKeys[depth]!
  let node = expectedKey(paths, parent, previous, bytes, start)
  if (node === 0) {
    node = childOf(paths, parent, bytes, start, closingQuote(bytes, start))
    if (node < 0) return node
    expectKey(paths, parent, previous, node)
  }
  stackKeys[depth] = node
  return node
}

/** Walks the JSON object that begins at `at`; returns the position after it. */
function scanObject(
  sink: WordSink,
  paths: PathTree,
  root: number,
  bytes: Uint8Array,
  at: number,
): number {
  const inRaw = root === JSON_ROOT
  let depth = 0
  push(0, root, true)
  let i = at + 1
  for (;;) {
    let byte = bytes[i]!
    while (byte <= 0x20 || byte === COMMA) byte = bytes[++i]!
    if (byte === CLOSE || byte === CLOSE_LIST) {
      i++
      if (--depth < 0) return i
      continue
    }
    let node = stackNodes[depth]!
    const object = stackSerials[depth]!
    if (object !== 0) {
      const start = i + 1
      node = node === RAW ? RAW : keyAt(paths, node, depth, bytes, start)
      if (node > RAW) {
        i = start + keyLength(paths, node) + 1
        if (isRepeated(paths, node, object)) sink.always()
        sink.key(node)
      } else {
        i = closingQuote(bytes, start) + 1
        if (node < 0) node = overflow(sink)
      }
      while (bytes[i] !== COLON) i++
      byte = bytes[++i]!
      while (byte <= 0x20) byte = bytes[++i]!
    }
    if (byte === QUOTE) {
      const end = scanString(sink, node, bytes, i + 1, inRaw)
      if (depth === 0) {
        if (refs.count > 0) noteString(refs, node, i + 1, end)
        if (isMessage(bytes, i + 1, end)) {
          message.found = true
          sink.sameMessage(node)
        }
      }
      i = end + 1
    } else if (byte === OPEN || byte === OPEN_LIST) {
      push(++depth, node, byte === OPEN)
      i++
      if (byte === OPEN_LIST && isClosing(bytes, i)) sink.emptyList(node)
    } else i = scanScalar(sink, node, bytes, i, inRaw)
  }
}

/** True when the value is the message, byte for byte; not one whose escapes may stand for no character. */
function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== message.end - message.start || end === start) return false
  const shift = message.start - start
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    if (byte !== bytes[shift + i]) return false
    if (byte === BACKSLASH && bytes[i + 1] === LETTER_U) return false
  }
  return true
}

function isClosing(bytes: Uint8Array, at: number): boolean {
  let i = at
  while (bytes[i]! <= 0x20) i++
  return bytes[i] === CLOSE_LIST
}

function overflow(sink: WordSink): number {
  sink.always()
  return RAW
}

/** A number, `true`, `false` or `null`: the last is no value, only a word of the raw text. */
function scanScalar(
  sink: WordSink,
  node: number,
  bytes: Uint8Array,
  at: number,
  inRaw: boolean,
): number {
  let end = at
  let digits = true
  for (let byte = bytes[end]!; !endsScalar(byte); byte = bytes[++end]!) {
    if (byte < DIGIT_0 || byte > DIGIT_9) digits = digits && byte === MINUS
  }
  const first = bytes[at]!
  const isNumber = first <= DIGIT_9
  if (isNumber ? digits && end - at <= PLAIN_DIGITS_MAX : first !== LETTER_N) {
    if (first === MINUS) sink.composite(node)
    scanBytes(sink, node, bytes, at, end)
    return end
  }
  if (isNumber) {
    sink.composite(node)
    const source = decoder.decode(bytes.subarray(at, end))
    scanText(sink, node, String(parseJsonText(source)))
  }
  if (inRaw) scanBytes(sink, RAW, bytes, at, end)
  return end
}

/** The pivots: an object of texts and numbers, written without blanks. */
function scanPivots(sink: WordSink, paths: PathTree, bytes: Uint8Array, at: number): number {
  let i = at + 1
  stackKeys[0] = 0
  while (bytes[i] !== CLOSE) {
    if (bytes[i] === COMMA) i++
    const node = keyAt(paths, COLUMNS_ROOT, 0, bytes, i + 1)
    const start = i + 1 + keyLength(paths, node) + 2
    i = skipValue(bytes, start)
    sink.value(node, bytes, start, i)
  }
  return i + 1
}

/** The log source: `[product or null,[categories],[services],closed]`, written without blanks. */
function scanLogSource(sink: WordSink, bytes: Uint8Array, at: number): number {
  let i = at + 1
  const start = i
  i = skipValue(bytes, i)
  if (bytes[start] === QUOTE) sink.value(PRODUCT, bytes, start, i)
  for (const node of [CATEGORY, SERVICE]) {
    i += 2
    while (bytes[i] !== CLOSE_LIST) {
      if (bytes[i] === COMMA) i++
      const from = i
      i = skipValue(bytes, i)
      sink.value(node, bytes, from, i)
    }
    i++
  }
  return skipValue(bytes, i + 1) + 1
}

/**
 * Yields every word of one stored line, `bytes[start, end)` without its newline.
 *
 * @throws RangeError when the line is not one that `line.ts` wrote.
 */
export function scanLine(
  sink: WordSink,
  paths: PathTree,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  message.start = 0
  message.end = 0
  message.found = false
  noRefs(refs)
  let i = start + 1
  while (i < end && bytes[i] !== CLOSE) {
    if (bytes[i] === COMMA) i++
    if (bytes[i] !== QUOTE) throw new RangeError(`stored line: no key at byte ${i - start}`)
    const key = bytes[i + 1]!
    i += 4
    if (key === 0x6d) {
      message.start = i + 1
      message.end = closingQuote(bytes, i + 1)
      i = message.end + 1
    } else if (key === 0x72) i = cutString(sink, RAW, bytes, i + 1, false) + 1
    else if (key === 0x76) i = scanPivots(sink, paths, bytes, i)
    else if (key === 0x77) i = readRefs(refs, paths, bytes, i)
    else if (key === 0x6c) i = scanLogSource(sink, bytes, i)
    else if (key === 0x73) {
      const from = i
      i = skipValue(bytes, i)
      sink.value(SOURCE, bytes, from, i)
    } else if (key === 0x66) i = scanObject(sink, paths, FIELDS_ROOT, bytes, i)
    else if (key === 0x6a) {
      while (bytes[i] !== OPEN) i++
      scanObject(sink, paths, JSON_ROOT, bytes, i)
      const unseen = tellRefs(sink, refs, bytes, i, end - 1)
      if (unseen !== undefined) scanText(sink, MESSAGE, unseen)
      break
    } else i = skipValue(bytes, i)
  }
  if (message.end > message.start && !message.found) {
    scanString(sink, MESSAGE, bytes, message.start, false)
  }
}
