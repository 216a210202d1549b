// The hash of a column's value. Equal texts share it, whatever their case. Of an address its upper half is that
// of the network around it (IPv4: /24, IPv6: /64), so that a network finds its addresses.
import { parseAddress, parseCidr } from '../../../../sigma/cidr.ts'
import { fold } from '../../../../sigma/text/fold.ts'
import { bucketHash } from './layout.ts'

/** Bits of an address's hash that its network decides. */
export const NETWORK_BITS = 16
/** Bytes of an address that stand for its network. */
const NETWORK_BYTES = { 4: 3, 16: 8 } as const
/** A larger network is not looked up. */
const NETWORKS_MAX = 4096

const QUOTE = 0x22
const BACKSLASH = 0x5c
const DOT = 0x2e
const COLON = 0x3a
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const LETTER_A = 0x61
const LETTER_F = 0x66
/** Integers of at most so many digits are their own text. */
const PLAIN_DIGITS_MAX = 15
/** No longer text is an address, with a zone of any characters. */
const ADDRESS_BYTES_MAX = 192

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte,
)
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const scratch = new Uint8Array(1 << 10)
const network = new Uint8Array(NETWORK_BYTES[16])

/** Hash that equal texts share, whatever their case. */
export function valueHash(text: string): number {
  const bytes = encoder.encode(fold(text))
  return hashOf(bytes, bytes.length)
}

/** `valueHash` of the text of a JSON value. */
export function hashOfJson(bytes: Uint8Array, start: number, end: number): number {
  const isText = bytes[start] === QUOTE
  const from = isText ? start + 1 : start
  const to = isText ? end - 1 : end
  const length = to - from
  if (length <= scratch.length && (isText || length <= PLAIN_DIGITS_MAX)) {
    let i = from
    for (; i < to; i++) {
      const byte = bytes[i]!
      if (isText ? byte >= 0x80 || byte === BACKSLASH : byte < DIGIT_0 || byte > DIGIT_9) break
      scratch[i - from] = LOWER[byte]!
    }
    if (i === to) return hashOf(scratch, length)
  }
  return valueHash(String(JSON.parse(decoder.decode(bytes.subarray(start, end)))))
}

/** Upper halves of the hashes that addresses of a network may have; undefined where they are too many. */
export function networkHashes(cidr: string): readonly number[] | undefined {
  const wanted = parseCidr(cidr)
  if (wanted === undefined) return []
  const length = wanted.version === 4 ? NETWORK_BYTES[4] : NETWORK_BYTES[16]
  const open = Math.max(0, length * 8 - wanted.prefix_bits)
  if (2 ** open > NETWORKS_MAX) return undefined
  const bytes = wanted.bytes.map((byte, at) => (at < length ? byte : 0))
  const found = new Set<number>()
  for (let n = 0; n < 2 ** open; n++) {
    for (let bit = 0; bit < open; bit++) {
      const at = length - 1 - (bit >>> 3)
      const mask = 1 << (bit & 7)
      bytes[at] = ((n >>> bit) & 1) === 1 ? bytes[at]! | mask : bytes[at]! & ~mask
    }
    found.add(networkHash(bytes) >>> NETWORK_BITS)
  }
  return [...found]
}

function hashOf(folded: Uint8Array, length: number): number {
  const whole = bucketHash(folded, 0, length)
  const around = networkOf(folded, length)
  return around === undefined ? whole : (around | (whole & 0xffff)) >>> 0
}

/** The hash of the network around an address, in its upper half; undefined for other texts. */
function networkOf(folded: Uint8Array, length: number): number | undefined {
  if (length > ADDRESS_BYTES_MAX || !mayBeAddress(folded, length)) return undefined
  if (plainNetwork(folded, length)) return bucketHash(network, 0, NETWORK_BYTES[4]) & 0xffff0000
  const address = parseAddress(decoder.decode(folded.subarray(0, length)))
  return address === undefined ? undefined : networkHash(address)
}

function networkHash(address: readonly number[]): number {
  const length = address.length === 4 ? NETWORK_BYTES[4] : NETWORK_BYTES[16]
  for (let i = 0; i < length; i++) network[i] = address[i]!
  return bucketHash(network, 0, length) & 0xffff0000
}

/** False for most texts that are no address: one has only digits and dots, or a colon. */
function mayBeAddress(folded: Uint8Array, length: number): boolean {
  const first = folded[0]!
  const isDigit = first >= DIGIT_0 && first <= DIGIT_9
  if (!isDigit && first !== COLON && (first < LETTER_A || first > LETTER_F)) return false
  for (let i = 1; i < length; i++) {
    const byte = folded[i]!
    if (byte === COLON || (byte === DOT && isDigit)) return true
  }
  return first === COLON
}

/** Reads the first three bytes of a dotted IPv4 address into `network`; false when it is not plainly one. */
function plainNetwork(folded: Uint8Array, length: number): boolean {
  let dots = 0
  let value = 0
  let digits = 0
  for (let i = 0; i < length; i++) {
    const byte = folded[i]!
    if (byte === DOT) {
      if (digits === 0 || dots === 3) return false
      network[dots++] = value
      value = 0
      digits = 0
      continue
    }
    if (byte < DIGIT_0 || byte > DIGIT_9 || (digits > 0 && value === 0)) return false
    value = value * 10 + byte - DIGIT_0
    digits++
    if (value > 255) return false
  }
  return dots === 3 && digits > 0
}
