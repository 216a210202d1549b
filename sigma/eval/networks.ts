// All networks that rules ask about for one field: an address is parsed once and looked up by prefix length.
import { contains, type Network, parseAddress } from '../cidr.ts'
import { addHit, type Hits } from './hits.ts'

export interface NetworkAtom {
  readonly network: Network
  readonly atom: number
}

export interface NetworkIndex {
  /** IPv4 networks by mask, then by masked address. */
  readonly v4: readonly {
    readonly mask: number
    readonly atoms: ReadonlyMap<number, readonly number[]>
  }[]
  readonly v6: readonly NetworkAtom[]
}

/** Compiles networks. */
export function buildNetworkIndex(networks: readonly NetworkAtom[]): NetworkIndex {
  const byMask = new Map<number, Map<number, number[]>>()
  for (const { network, atom } of networks) {
    if (network.version !== 4) continue
    const mask = maskOf(network.prefix_bits)
    const address = masked(numberOfBytes(network.bytes), mask)
    const addresses = byMask.get(mask) ?? new Map<number, number[]>()
    byMask.set(mask, addresses)
    addresses.set(address, [...(addresses.get(address) ?? []), atom])
  }
  return {
    v4: [...byMask].map(([mask, atoms]) => ({ mask, atoms })),
    v6: networks.filter(({ network }) => network.version === 6),
  }
}

/** Adds the atom of every network that the text, where it is an address, lies in. */
export function findNetworks(index: NetworkIndex, text: string, hits: Hits): void {
  const address = parseAddress(text)
  if (address === undefined) return
  if (address.length !== 4) {
    for (const { network, atom } of index.v6) if (contains(network, address)) addHit(hits, atom)
    return
  }
  const number = numberOfBytes(address)
  for (const { mask, atoms } of index.v4) {
    const found = atoms.get(masked(number, mask))
    if (found !== undefined) for (const atom of found) addHit(hits, atom)
  }
}

function maskOf(prefix_bits: number): number {
  return prefix_bits === 0 ? 0 : (-1 << (32 - prefix_bits)) >>> 0
}

function masked(number: number, mask: number): number {
  return (number & mask) >>> 0
}

function numberOfBytes(bytes: readonly number[]): number {
  return ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0
}
