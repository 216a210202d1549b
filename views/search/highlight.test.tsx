/** @jsxImportSource hono/jsx */
import { expect, test } from 'bun:test'
import { Marked, stretches } from './highlight.tsx'

test('stretches mark every occurrence without regard to case, the longest at a place', () => {
  expect(stretches('a CERTUTIL.exe b', ['certutil', 'certutil.exe'])).toEqual([
    { text: 'a ', marked: false },
    { text: 'CERTUTIL.exe', marked: true },
    { text: ' b', marked: false },
  ])
})

test('words are marked whole and together, not wherever their characters stand', () => {
  const marked = (text: string) =>
    stretches(text, [['203', '0', '113', '9']])
      .filter((part) => part.marked)
      .map((part) => part.text)
  expect(marked('from 203.0.113.9 at 2026-01-02')).toEqual(['203.0.113.9'])
  expect(marked('203.0.113.90, 1203.0.113.9, 203.0.113')).toEqual([])
  expect(marked('203.0.113.90 203.0.113.9')).toEqual(['203.0.113.9'])
})

test('nothing to mark gives the text back', () => {
  expect(stretches('abc', ['', ' '])).toEqual([{ text: 'abc', marked: false }])
})

test('text whose folding changes length is left unmarked instead of marked wrongly', () => {
  expect(stretches('İx error', ['error'])).toEqual([{ text: 'İx error', marked: false }])
})

test('log text is escaped and its control characters are shown', () => {
  const html = String(
    <Marked text={'<b>\u001b[0m root'} marks={[{ field: undefined, text: 'root' }]} />,
  )
  expect(html).toBe('&lt;b&gt;\\x1b[0m <mark>root</mark>')
})

test('a mark of another field does not apply', () => {
  const marks = [{ field: '@host', text: 'web' }]
  expect(String(<Marked text="web" marks={marks} field="user" />)).toBe('web')
  expect(String(<Marked text="web" marks={marks} field="host" />)).toBe('<mark>web</mark>')
})

test('a short literal of a field is not marked in the message', () => {
  const marks = [
    { field: 'status', text: 'x' },
    { field: 'host', text: 'web' },
  ]
  expect(String(<Marked text="unix web" marks={marks} />)).toBe('unix <mark>web</mark>')
})
