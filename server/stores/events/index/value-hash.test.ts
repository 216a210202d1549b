import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { contains, parseAddress, parseCidr } from '../../../../sigma/cidr.ts'
import { hashOfJson, NETWORK_BITS, networkHashes, valueHash } from './value-hash.ts'

const encoder = new TextEncoder()
const hashOf = (value: unknown) => {
  const json = encoder.encode(JSON.stringify(value))
  return hashOfJson(json, 0, json.length)
}
const ipv4 = fc.ipV4()
const address = fc.oneof(
  ipv4,
  fc.ipV6(),
  ipv4.map((text) => `::ffff:${text}`),
  fc.ipV6().map((text) => `${text}%eth0`),
)

describe('the hash of a value', () => {
  test.each([
    ['WS-1', 'ws-1'],
    ['FE80::1', 'fe80::1'],
    ['Ünïcode', 'üNÏCODE'],
    ['a\\b', 'A\\B'],
    [4711, '4711'],
    [1e21, '1e+21'],
  ])('is the same for %j and %j', (one, other) => {
    expect(hashOf(one)).toBe(valueHash(String(other)))
    expect(hashOf(other)).toBe(hashOf(one))
  })

  test('as JSON is that of its text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), address), (text) => {
        expect(hashOf(text)).toBe(valueHash(text))
      }),
    )
  })

  test('differs for most addresses of one network', () => {
    const hashes = new Set(Array.from({ length: 256 }, (_, n) => valueHash(`10.7.7.${n}`)))
    expect(hashes.size).toBeGreaterThan(250)
  })
})

describe('networks', () => {
  test('are found by every address in them', () => {
    fc.assert(
      fc.property(address, fc.nat({ max: 128 }), (text, n) => {
        const bytes = parseAddress(text)!
        const shown = text.includes('%') ? text.slice(0, text.indexOf('%')) : text
        const mapped_bits = bytes.length === 4 && shown.includes(':') ? 96 : 0
        const cidr = `${shown}/${mapped_bits + Math.min(n, bytes.length * 8)}`
        expect(contains(parseCidr(cidr)!, bytes)).toBe(true)
        const hashes = networkHashes(cidr)
        if (hashes === undefined) return
        expect(hashes).toContain(valueHash(text) >>> NETWORK_BITS)
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['10.7.7.0/24', 1],
    ['10.7.7.128/25', 1],
    ['10.7.7.7/32', 1],
    ['10.7.0.0/16', 256],
    ['10.0.0.0/12', 4096],
    ['10.0.0.0/8', undefined],
    ['2001:db8::/64', 1],
    ['2001:db8::1/128', 1],
    ['2001:db8::/56', 256],
    ['2001:db8::/32', undefined],
    ['no network', 0],
  ])('%s are %p hashes at most', (cidr, count) => {
    const hashes = networkHashes(cidr)
    if (count === undefined) expect(hashes).toBeUndefined()
    else if (count > 1) expect(hashes!.length).toBeGreaterThan(count * 0.95)
    else expect(hashes!.length).toBe(count)
  })
})
