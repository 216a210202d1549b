import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { scanBytes } from './byte-scan.ts'
import { createHits } from './hits.ts'
import { buildTextIndex, type LiteralKind, scanText } from './text-index.ts'

const letters = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', '\\', '.', ' ', '1'),
  maxLength: 12,
})
const long = fc.tuple(letters, fc.nat(200), letters).map(([a, n, b]) => a + 'ab1.'.repeat(n) + b)
const kind = fc.constantFrom<LiteralKind>('equals', 'startswith', 'endswith', 'contains')

test('bytes set the literals that their text sets', () => {
  const literals = fc.uniqueArray(
    fc.tuple(
      kind,
      letters.filter((text) => text !== '').map((text) => text.toLowerCase()),
    ),
    { minLength: 1, maxLength: 12, selector: ([one, text]) => `${one} ${text}` },
  )
  fc.assert(
    fc.property(literals, fc.oneof(letters, long), (some, text) => {
      const index = buildTextIndex(
        some.map(([of, literal], atom) => ({ kind: of, text: literal, atom })),
      )
      const ofText = createHits()
      scanText(index, text, ofText)
      const ofBytes = createHits()
      const bytes = new TextEncoder().encode(`.${text}a`)
      scanBytes(index, bytes, 1, bytes.length - 1, ofBytes)
      const atoms = ({ atoms, count }: typeof ofText) =>
        [...new Set(atoms.subarray(0, count))].sort()
      expect(atoms(ofBytes)).toEqual(atoms(ofText))
    }),
    { numRuns: 1_000 },
  )
})
