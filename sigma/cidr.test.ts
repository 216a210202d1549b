import { describe, expect, test } from 'bun:test'
import { canonicalCidr, contains, parseAddress, parseCidr } from './cidr.ts'

describe('parseAddress', () => {
  test.each([
    ['10.1.2.3', [10, 1, 2, 3]],
    ['0.0.0.0', [0, 0, 0, 0]],
    ['::ffff:10.0.0.1', [10, 0, 0, 1]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['fe80::1%eth0', [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  ])('%s is an address', (text, bytes) => {
    expect(parseAddress(text)).toEqual(bytes)
  })

  test.each([
    '010.1.2.3',
    '10.1',
    '256.1.1.1',
    '1.2.3.4.5',
    '',
    '1.2.3.',
    ':::',
    '1::2::3',
    '12345::',
    'fe80',
  ])('%p is none', (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })
})

describe('contains', () => {
  test.each([
    ['10.0.0.0/8', '10.255.1.2', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['192.168.4.0/22', '192.168.7.255', true],
    ['192.168.4.0/22', '192.168.8.0', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '::1', false],
    ['10.0.0.0/8', '::ffff:10.9.9.9', true],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::/0', '2001:db8::1', true],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['::1', '::1', true],
    ['10.0.0.0/255.0.0.0', '10.9.9.9', true],
    ['10.0.0.0/255.0.0.0', '11.0.0.0', false],
    ['10.0.0.0/0.255.255.255', '10.9.9.9', true],
    ['10.0.0.0/255.255.255.255', '10.0.0.1', false],
    ['10.0.0.0/0.0.0.0', '8.8.8.8', true],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['::ffff:10.0.0.0/104', '11.0.0.0', false],
  ])('%s holds %s: %p', (network, address, expected) => {
    expect(contains(parseCidr(network)!, parseAddress(address)!)).toBe(expected)
  })

  test.each([
    '10.0.0.0/33',
    '10.0.0',
    '10.0.0.0/255.0.255.0',
    '::ffff:10.0.0.0/8',
    '10.0.0.0/',
    'x/8',
    '::/129',
    '10.0.0.0/-1',
    '10.0.0.0/8x',
  ])('%p is no network', (text) => {
    expect(parseCidr(text)).toBeUndefined()
  })
})

test.each([
  ['10.1.2.3/8', '10.1.2.3/8'],
  ['10.1.2.3', '10.1.2.3/32'],
  ['10.0.0.0/255.0.0.0', '10.0.0.0/8'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
  ['::1', '::1/128'],
  ['fe80::/10', 'fe80::/10'],
  ['x', undefined],
])('%s is written %p', (text, expected) => {
  expect(canonicalCidr(text)).toBe(expected)
})
