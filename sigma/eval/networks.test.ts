import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { contains, parseAddress } from '../cidr.ts'
import { createHits } from './hits.ts'
import { buildNetworkIndex, findNetworks } from './networks.ts'
import { networkOf } from './operands.ts'

function found(networks: readonly string[], text: string): string[] {
  const index = buildNetworkIndex(
    networks.map((cidr, atom) => ({ network: networkOf(cidr), atom })),
  )
  const hits = createHits()
  findNetworks(index, text, hits)
  return [...hits.atoms.subarray(0, hits.count)]
    .sort((a, b) => a - b)
    .map((atom) => networks[atom]!)
}

test('finds every network that an address lies in', () => {
  const networks = [
    '10.0.0.0/8',
    '10.1.0.0/16',
    '0.0.0.0/0',
    '10.1.2.3/32',
    '192.168.0.0/16',
    '::/0',
  ]
  expect(found(networks, '10.1.2.3')).toEqual(networks.slice(0, 4))
  expect(found(networks, '::ffff:192.168.1.1')).toEqual(['0.0.0.0/0', '192.168.0.0/16'])
  expect(found(networks, 'fe80::1')).toEqual(['::/0'])
  expect(found(networks, '10.1.2')).toEqual([])
})

test('agrees with asking each network', () => {
  const byte = fc.constantFrom(0, 1, 10, 127, 128, 255)
  const address = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'))
  const cidr = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map((parts) => parts.join('/'))
  fc.assert(
    fc.property(fc.uniqueArray(cidr, { maxLength: 8 }), address, (networks, text) => {
      const bytes = parseAddress(text)!
      expect(found(networks, text)).toEqual(networks.filter((n) => contains(networkOf(n), bytes)))
    }),
  )
})
