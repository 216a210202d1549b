import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createHits, type Hits } from './hits.ts'
import { buildSingles, scanSingles } from './singles.ts'

const CHARACTERS = [' ', '\\', '0', 'i', 'z', '~', '\u0000']
const singles = buildSingles(CHARACTERS.map((text, atom) => ({ text, atom })))

function found(scan: (hits: Hits) => void): string[] {
  const hits = createHits()
  scan(hits)
  return [...hits.atoms.subarray(0, hits.count)].sort().map((atom) => CHARACTERS[atom]!)
}

test('each character of any case is found once', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...CHARACTERS, 'I', 'Z', 'é', 'x') }), (text) => {
      const expected = CHARACTERS.filter((one) => text.toLowerCase().includes(one))
      expect(found((hits) => scanSingles(singles, text, hits))).toEqual(expected)
    }),
  )
})

test('more characters than bits of one mask are found, each under its own atom', () => {
  const all = Array.from({ length: 64 }, (_, i) => String.fromCharCode(0x21 + i).toLowerCase())
  const literals = [...new Set(all)].map((text, atom) => ({ text, atom }))
  const many = buildSingles(literals)
  for (const { text, atom } of literals) {
    const hits = createHits()
    scanSingles(many, ` ${text.toUpperCase()} `, hits)
    expect([...hits.atoms.subarray(0, hits.count)]).toEqual([atom])
  }
})
