import { expect, test } from 'bun:test'
import { beforeValue, findPlaceholder, placeholderNames } from './placeholder.ts'

const raw = String.raw

test.each([
  ['%a%', ['a']],
  ['x%a%y%b%', ['a', 'b']],
  [raw`\%a%`, ['a']],
  [raw`\\%a%`, ['a']],
  [raw`C:\Users\%user%\x`, ['user']],
  [raw`C:\Users\\%user%\x`, ['user']],
  [raw`%a\b%name%`, ['name']],
  ['%a*b%name%', ['name']],
  ['%%a%', ['a']],
  [raw`\%a\%`, []],
  ['100%', []],
  ['%%', []],
] as [string, string[]][])('placeholders of %p are %p', (text, names) => {
  expect(placeholderNames(text)).toEqual(names)
  expect(findPlaceholder(text)?.[1]).toBe(names[0])
})

test.each([
  ['a', 'a'],
  [raw`C:\ `.trim(), raw`C:\\ `.trim()],
  [raw`C:\\ `.trim(), raw`C:\\ `.trim()],
  ['', ''],
])('%p before a value is %p: its last backslash is no escape', (text, expected) => {
  expect(beforeValue(text)).toBe(expected)
})
