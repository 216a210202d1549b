import { expect, test } from 'bun:test'
import { paintQuery } from './paint.ts'

const brief = (q: string) =>
  paintQuery(q)
    .filter((one) => one.kind !== 'plain')
    .map((one) => `${one.kind[0]}:${one.text}`)

test.each([
  ['host:ws-0042 or dst_ip:203.0.113.0/24', ['f:host', 'w:or', 'f:dst_ip']],
  ['not user:"CORP\\\\bob and x:y"', ['w:not', 'f:user', 't:"CORP\\\\bob and x:y"']],
  ['-a.b:1 and (x:2)', ['w:-', 'f:a.b', 'w:and', 'f:x']],
  ['url:/\\.php\\?c=/i @host:a', ['f:url', 't:/\\.php\\?c=/i', 'f:@host']],
  ['dst_port:[1024 to 2048]', ['f:dst_port', 'w:to']],
  ['order android sandbox', []],
  ['"open', ['t:"open']],
  ['', []],
])('%s is painted', (q, expected) => {
  expect(brief(q)).toEqual(expected)
})

test('no character of a query is lost', () => {
  for (const q of ['a:b "c', 'x\\:y:z', '((a', '/a/b', 'é:ü and', '  and  '])
    expect(
      paintQuery(q)
        .map((one) => one.text)
        .join(''),
    ).toBe(q)
})
