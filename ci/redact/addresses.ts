// Pseudonyms of addresses: of the same kind (private stays private, v6 stays v6), public ones from the ranges
// that are set aside for documentation (RFC 5737, RFC 3849, RFC 7042), the overflow from RFC 2544.
import ipaddr from 'ipaddr.js'

/** How many of each block are given away. */
export type AddressCounters = Map<string, number>

export function newAddressCounters(): AddressCounters {
  return new Map()
}

/** Blocks that name no machine of anybody's, or always the same one. */
const COMMON_RANGES = new Set(['loopback', 'unspecified', 'broadcast', 'multicast', 'reserved'])
/** Cloud metadata services: what asks for them matters, and they are the same everywhere. */
const COMMON_ADDRESSES = new Set(['169.254.169.254', 'fd00:ec2::254'])
const DOCUMENTATION = ['192.0.2', '198.51.100', '203.0.113'] as const
const HOSTS_OF_24 = 254

/** Whether an address says nothing about whose system it is. */
export function isCommonAddress(text: string): boolean {
  const address = parse(text)
  if (address === undefined || COMMON_ADDRESSES.has(text.toLowerCase())) return true
  return COMMON_RANGES.has(address.range())
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return ipaddr.isValid(text) ? ipaddr.parse(text) : undefined
}

/** A new pseudonym for an address or a MAC address. */
export function addressPseudonym(
  text: string,
  counters: AddressCounters,
  isTaken: (text: string) => boolean,
): string {
  const address = parse(text)
  const block = address === undefined ? macBlock(text) : blockOf(address)
  for (;;) {
    const n = (counters.get(block.name) ?? 0) + 1
    counters.set(block.name, n)
    const made = block.make(n)
    if (!isTaken(made)) return made
  }
}

interface Block {
  readonly name: string
  make(n: number): string
}

function blockOf(address: ipaddr.IPv4 | ipaddr.IPv6): Block {
  if (address.kind() === 'ipv4') return v4Block(address as ipaddr.IPv4)
  const v6 = address as ipaddr.IPv6
  const range = v6.range()
  if (range === 'uniqueLocal') return { name: 'fd', make: (n) => `fd00::${n.toString(16)}` }
  if (range === 'linkLocal') return { name: 'fe80', make: (n) => `fe80::${n.toString(16)}` }
  return { name: 'v6', make: (n) => `2001:db8::${n.toString(16)}` }
}

function v4Block(address: ipaddr.IPv4): Block {
  const [a = 0] = address.octets
  const range = address.range()
  if (range === 'private') {
    const start = a === 10 ? '10.0' : a === 172 ? '172.16' : '192.168'
    return { name: start, make: (n) => within(start, n) }
  }
  if (range === 'linkLocal') return { name: '169.254', make: (n) => within('169.254', n) }
  if (range === 'carrierGradeNat') return { name: '100.64', make: (n) => within('100.64', n) }
  return { name: 'public', make: publicAddress }
}

function within(start: string, n: number): string {
  return `${start}.${Math.floor((n - 1) / HOSTS_OF_24) % 256}.${((n - 1) % HOSTS_OF_24) + 1}`
}

function publicAddress(n: number): string {
  const block = DOCUMENTATION[Math.floor((n - 1) / HOSTS_OF_24)]
  if (block !== undefined) return `${block}.${((n - 1) % HOSTS_OF_24) + 1}`
  return within('198.18', n - DOCUMENTATION.length * HOSTS_OF_24)
}

function macBlock(text: string): Block {
  const separator = text[2] ?? ':'
  return {
    name: 'mac',
    make: (n) => {
      const [high, middle, low] = [n >> 16, n >> 8, n].map(byte)
      const bytes =
        n < 256 ? ['00', '00', '5e', '00', '53', low] : ['02', '00', '00', high, middle, low]
      return bytes.join(separator)
    },
  }
}

function byte(n: number): string {
  return (n & 0xff).toString(16).padStart(2, '0')
}
