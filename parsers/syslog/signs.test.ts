import { expect, test } from 'bun:test'
import {
  ARROW,
  BLOCK,
  CONNECT,
  FROM,
  IPV4,
  LOGIN,
  LOGIN_UNITS_MAX,
  PAIRS,
  PROTOCOL,
  SOURCE,
  signsOf,
  TELLING,
} from './signs.ts'

test.each([
  ['', 0],
  ['nothing to see', 0],
  ['a=1 b=2', 0],
  ['a=1 b="2" c=3', PAIRS],
  ['a=1 b= ==', 0],
  ['x->y', ARROW],
  ['192.0.2.9', IPV4],
  ['1.2 3.4 5.6', IPV4],
  ['1.2 .. 3.4', 0],
  ['TCP', PROTOCOL],
  ['Icmp', PROTOCOL],
  ['udp', PROTOCOL],
  ['LOG', TELLING | LOGIN],
  ['Auth', TELLING | LOGIN],
  ['Passw', TELLING | LOGIN],
  ['PASSW', LOGIN],
  ['Connect', TELLING | CONNECT],
  ['CONNECT', CONNECT],
  ['User', TELLING],
  ['USER', 0],
  ['Block', BLOCK],
  ['BAN', BLOCK],
  ['attack', BLOCK],
  ['from', 0],
  ['from ', FROM],
  ['From ', 0],
  ['Source', SOURCE],
  ['SOURCE', 0],
  ['au\u{17f}er lo\u{1d2}g', 0],
])('signs of %j', (message, signs) => {
  expect(signsOf(message)).toBe(signs)
})

test('a login counts near the start only, addresses everywhere', () => {
  const near = 'x'.repeat(LOGIN_UNITS_MAX - 4)
  expect(signsOf(`${near}user`)).toBe(TELLING)
  expect(signsOf(`${near} user`)).toBe(0)
  expect(signsOf(`${near} 192.0.2.9`)).toBe(IPV4)
})
