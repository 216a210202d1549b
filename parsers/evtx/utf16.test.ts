import { expect, test } from 'bun:test'
import { utf16Text } from './utf16.ts'

const LENGTHS = [0, 1, 2, 3, 4, 5, 95, 96, 97, 200]

test.each(['é', 'ÿ', 'Ā', '→', '\u{1f600}'])('%s is read wherever it stands in a text', (char) => {
  for (const length of LENGTHS) {
    for (let at = 0; at <= Math.min(length, 6); at++) {
      const text = `${'a'.repeat(at)}${char}${'b'.repeat(length - at)}`
      for (const odd of ['', '?']) {
        const bytes = Buffer.concat([Buffer.from(`${odd}${odd}`), Buffer.from(text, 'utf16le')])
        expect(utf16Text(bytes, odd.length * 2, bytes.length)).toBe(text)
      }
    }
  }
})

test('texts at odd offsets and with an odd last byte are read', () => {
  const bytes = Buffer.concat([Buffer.from('?'), Buffer.from('host', 'utf16le'), Buffer.from('!')])
  expect(utf16Text(bytes, 1, bytes.length)).toBe('host')
  expect(utf16Text(bytes, 1, 1)).toBe('')
})
