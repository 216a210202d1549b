// Networks and addresses, IPv4 and IPv6. An address is exact text (`010.1.2.3` and `10.1` are none);
// IPv4 inside IPv6 (`::ffff:10.0.0.1`) counts as the IPv4 address it holds.

/** A network: the address as 16 bytes in network order and how many leading bits count. */
export interface Network {
  readonly version: 4 | 6
  readonly bytes: readonly number[]
  readonly prefix_bits: number
}

/** Longer texts, but for the zone, are no addresses. */
const ADDRESS_CHARACTERS_MAX = 64

/** Bytes of an address (4 or 16), or undefined when the text is none. A zone (`%eth0`) is dropped. */
export function parseAddress(text: string): readonly number[] | undefined {
  const zone = text.indexOf('%')
  const plain = zone < 0 ? text : text.slice(0, zone)
  if (plain.length > ADDRESS_CHARACTERS_MAX) return undefined
  if (!text.includes(':')) return parseIpv4(text)
  const bytes = parseIpv6(plain)
  if (bytes === undefined) return undefined
  const isMapped =
    bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  return isMapped ? bytes.slice(12) : bytes
}

function parseIpv4(text: string): number[] | undefined {
  const bytes: number[] = []
  let value = -1
  for (let n = 0; n <= text.length; n++) {
    const code = n === text.length ? 46 : text.charCodeAt(n)
    if (code === 46) {
      if (value < 0 || bytes.length === 4) return undefined
      bytes.push(value)
      value = -1
    } else if (code >= 48 && code <= 57) {
      if (value === 0) return undefined
      value = Math.max(value, 0) * 10 + code - 48
      if (value > 255) return undefined
    } else return undefined
  }
  return bytes.length === 4 ? bytes : undefined
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0]!, halves.length === 1)
  const tail = halves.length === 2 ? groupsOf(halves[1]!, true) : []
  if (head === undefined || tail === undefined) return undefined
  const gap = 16 - head.length - tail.length
  if (halves.length === 1 ? gap !== 0 : gap < 2) return undefined
  return [...head, ...new Array<number>(gap).fill(0), ...tail]
}

/** Bytes of colon-separated groups; the last may be an IPv4 address where `isLast`. */
function groupsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const bytes: number[] = []
  for (const [n, group] of groups.entries()) {
    if (isLast && n === groups.length - 1 && group.includes('.')) {
      const ipv4 = parseIpv4(group)
      if (ipv4 === undefined) return undefined
      bytes.push(...ipv4)
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(group)) return undefined
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 255)
    }
  }
  return bytes
}

/** A network from `10.0.0.0/8` or `fe80::/10`; undefined when it is none. Host bits may be set. An address alone
 * is a network of one; IPv4 takes masks (`/255.0.0.0`, `/0.255.255.255`) as well. */
export function parseCidr(text: string): Network | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  const bytes = parseAddress(address)
  if (bytes === undefined) return undefined
  const version = bytes.length === 4 ? 4 : 6
  const digits = text.slice(slash + 1)
  if (slash < 0) return { version, bytes, prefix_bits: bytes.length * 8 }
  if (version === 4 && digits.includes('.')) {
    const prefix_bits = maskBits(digits)
    return prefix_bits === undefined ? undefined : { version, bytes, prefix_bits }
  }
  if (!/^\d{1,3}$/.test(digits)) return undefined
  // IPv4 inside IPv6: the first 96 bits are always the same.
  const prefix_bits = Number(digits) - (version === 4 && address.includes(':') ? 96 : 0)
  if (prefix_bits < 0 || prefix_bits > bytes.length * 8) return undefined
  return { version, bytes, prefix_bits }
}

/** How many bits a mask leaves to the network: those that are set first, or else those that are not set first. */
function maskBits(text: string): number | undefined {
  const bits = parseIpv4(text)
    ?.map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
  if (bits === undefined) return undefined
  if (/^1*0*$/.test(bits)) return bits.indexOf('0') < 0 ? 32 : bits.indexOf('0')
  return /^0*1*$/.test(bits) ? bits.indexOf('1') : undefined
}

/** The network as `ADDRESS/BITS`, whichever way it is written; undefined when the text is none. */
export function canonicalCidr(text: string): string | undefined {
  const network = parseCidr(text)
  if (network === undefined) return undefined
  const { version, bytes, prefix_bits } = network
  const isPlain = version === 4 ? /^[\d.]+\/\d+$/.test(text) : text.includes('/')
  if (isPlain) return text
  return version === 4 ? `${bytes.join('.')}/${prefix_bits}` : `${text}/${prefix_bits}`
}

/** Whether `address` (bytes of `parseAddress`) lies in the network; versions never mix. */
export function contains(network: Network, address: readonly number[]): boolean {
  if (address.length !== network.bytes.length) return false
  let left = network.prefix_bits
  for (let n = 0; left > 0; n++, left -= 8) {
    const mask = left >= 8 ? 255 : (255 << (8 - left)) & 255
    if (((address[n]! ^ network.bytes[n]!) & mask) !== 0) return false
  }
  return true
}
