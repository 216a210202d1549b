import { expect, test } from 'bun:test'
import { loadRules } from '../load.ts'
import { blame, fieldsOf, needsOf, satisfies } from './needs.ts'

function needs(detection: string) {
  const text = `title: T\nid: 11111111-1111-1111-1111-111111111111\nlogsource: { product: windows }\ndetection:\n${detection}\n`
  const { rules, refused } = loadRules([{ path: 't.yml', text }])
  if (rules[0] === undefined) throw new Error(JSON.stringify(refused))
  return needsOf(rules[0].expr)
}

test.each([
  ['one field', "  s: { Image|endswith: ['a', 'b'] }\n  condition: s", 'Image'],
  ['both', '  s: { Image: a, User: b }\n  condition: s', { all: ['Image', 'User'] }],
  [
    'either',
    '  a: { Image: a }\n  b: { User: b }\n  condition: 1 of them',
    { any: ['Image', 'User'] },
  ],
  [
    'a filter asks for nothing',
    '  s: { Image: a }\n  f: { User: b }\n  condition: s and not f',
    'Image',
  ],
  ['keywords', "  s: ['mimikatz']\n  condition: s", true],
  ['null', '  s: { Image: a, User: null }\n  condition: s', 'Image'],
  [
    'not null',
    '  s: { Image: a }\n  f: { User: null }\n  condition: s and not f',
    { all: ['Image', 'User'] },
  ],
  ['absent', '  s: { User|exists: false }\n  condition: s', true],
  ['present', '  s: { User|exists: true }\n  condition: s', 'User'],
  ['compared fields', '  s: { User|fieldref: Owner }\n  condition: s', { all: ['User', 'Owner'] }],
])('%s', (_, detection, expected) => {
  expect<unknown>(needs(detection)).toEqual(expected)
})

test('what is needed is had, or blamed', () => {
  const need = { all: ['Image', { any: ['User', 'LogonId'] }] } as const
  const having =
    (...names: string[]) =>
    (field: string) =>
      names.includes(field)
  expect(satisfies(need, having('Image', 'LogonId'))).toBe(true)
  expect(satisfies(need, having('Image'))).toBe(false)
  expect(blame(need, having('Image', 'User'))).toEqual([])
  expect(blame(need, having('User'))).toEqual(['Image'])
  expect(blame(need, having('Image'))).toEqual(['User', 'LogonId'])
  expect(fieldsOf(need)).toEqual(['Image', 'User', 'LogonId'])
})
