// Text out of a log's bytes. Almost all of it is Latin: kept in a byte for each character, it is several times
// as fast to compare, search and write as JSON. Short texts repeat from record to record: each is made once.

/** Longest text of a chunk, characters. */
const SCRATCH_BYTES = 32_768
/** Where text is put together, one byte a character; `scratchText` takes it from here. */
export const scratch = Buffer.alloc(SCRATCH_BYTES)

/** Longest text that is remembered, characters. */
const SHORT_MAX = 96
/** Texts remembered at once; a power of two. */
const KNOWN_MAX = 4096
const known: (string | undefined)[] = new Array(KNOWN_MAX).fill(undefined)

/** The text between two offsets. An odd last byte is left out. */
export function utf16Text(bytes: Buffer, start: number, end: number): string {
  const length = (end - start) >> 1
  if (length > SCRATCH_BYTES || !takeLatin(bytes, start, length)) {
    return bytes.toString('utf16le', start, start + length * 2)
  }
  return scratchText(length)
}

/** Upper bytes of two characters. */
const UPPER = 0xff00_ff00

/** Puts characters into the scratch, two at a time; false where one of them needs more than a byte. */
function takeLatin(bytes: Buffer, start: number, length: number): boolean {
  let at = start
  let index = 0
  for (; index + 1 < length; index += 2, at += 4) {
    const pair = bytes.readInt32LE(at)
    if ((pair & UPPER) !== 0) return false
    scratch[index] = pair
    scratch[index + 1] = pair >> 16
  }
  if (index === length) return true
  scratch[index] = bytes[at]!
  return bytes[at + 1] === 0
}

/** The first `length` characters of the scratch. */
export function scratchText(length: number): string {
  if (length > SHORT_MAX) return scratch.toString('latin1', 0, length)
  let hash = length
  for (let index = 0; index < length; index++) hash = (Math.imul(hash, 31) + scratch[index]!) | 0
  const slot = (hash ^ (hash >>> 15)) & (KNOWN_MAX - 1)
  const found = known[slot]
  if (found !== undefined && found.length === length && isInScratch(found)) return found
  const text = scratch.toString('latin1', 0, length)
  known[slot] = text
  return text
}

function isInScratch(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) !== scratch[index]) return false
  }
  return true
}
