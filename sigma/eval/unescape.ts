// The characters of a JSON string with escapes, as bytes; and bytes as a string.

const BACKSLASH = 0x5c
/** By the character behind a backslash: what both stand for, or 0. `u` is not among them. */
const MEANINGS = new Uint8Array(256)
for (const [letter, meaning] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
})) {
  MEANINGS[letter.charCodeAt(0)] = meaning.charCodeAt(0)
}

/** The character that a backslash and `letter` stand for, or 0. */
export function meaningOf(letter: number): number {
  return MEANINGS[letter]!
}

let room = new Uint8Array(4096)
let roomView = new DataView(room.buffer)

/** Where `unescapeJson` puts what it finds; good until its next call. */
export function unescaped(): Uint8Array {
  return room
}

/**
 * Decodes the inside of a JSON string from `start` to `end`, four bytes at a time between its backslashes; `view`
 * is of the same memory as `bytes`. Gives the length of what is then in `unescaped()`, or -1 for an escape that is
 * invalid or `\u`.
 */
export function unescapeJson(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): number {
  if (end - start > room.length) {
    room = new Uint8Array((end - start) * 2)
    roomView = new DataView(room.buffer)
  }
  const out = room
  let length = 0
  let i = start
  while (i < end) {
    if (i + 4 <= end) {
      const word = view.getInt32(i, true)
      const slashes = word ^ 0x5c5c5c5c
      if (((slashes - 0x01010101) & ~slashes & 0x80808080) === 0) {
        roomView.setInt32(length, word, true)
        length += 4
        i += 4
        continue
      }
    }
    let byte = bytes[i++]!
    if (byte === BACKSLASH) {
      byte = i < end ? MEANINGS[bytes[i++]!]! : 0
      if (byte === 0) return -1
    }
    out[length++] = byte
  }
  return length
}

type Slice = (this: Uint8Array, start: number, end: number) => string

// Node's and Bun's own is twice as fast as a TextDecoder over a subarray, and takes any byte array for `this`; the
// library also runs where there is none.
const { Buffer: own } = globalThis as {
  readonly Buffer?: {
    readonly prototype: { readonly latin1Slice?: Slice; readonly utf8Slice?: Slice }
  }
}
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const decodedSlice: Slice = function (start, end) {
  return decoder.decode(this.subarray(start, end))
}
const latin1Slice = own?.prototype.latin1Slice ?? decodedSlice
const utf8Slice = own?.prototype.utf8Slice ?? decodedSlice

/** The string of ASCII bytes. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end)
}

/** The string of bytes that are valid UTF-8. */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  return utf8Slice.call(bytes, start, end)
}
