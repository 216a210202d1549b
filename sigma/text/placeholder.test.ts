import { expect, test } from 'bun:test'
import { findPlaceholder, placeholderNames, unescapePercents } from './placeholder.ts'

const raw = String.raw

test.each([
  ['%a%', ['a']],
  ['x%a%y%b%', ['a', 'b']],
  [raw`\%a%`, []],
  [raw`\%plain%name%`, ['name']],
  [raw`\\%a%`, ['a']],
  [raw`\\\%a%`, []],
  [raw`C:\Users\\%user%\x`, ['user']],
  ['100%', []],
  ['%%', []],
] as [string, string[]][])('placeholders of %p are %p', (text, names) => {
  expect(placeholderNames(text)).toEqual(names)
  expect(findPlaceholder(text)?.[1]).toBe(names[0])
})

test.each([
  [raw`100\%`, '100%'],
  [raw`\\%`, raw`\\%`],
  [raw`\\\%`, raw`\\%`],
  [raw`\%a\%`, '%a%'],
])('%p without escapes of percent signs is %p', (text, plain) => {
  expect(unescapePercents(text)).toBe(plain)
})
