import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { evaluate } from '../../sigma/eval/evaluate.ts'
import type { FieldValue, SigmaEvent } from '../../sigma/event.ts'
import { loadRules } from '../../sigma/load.ts'
import type { Criteria } from '../stores/state/suppressions.ts'
import { criteriaExpr, filterIdsOf, filterText, readFilter } from './mute-filter.ts'

const RULE_ID = '6cfe5d00-ce9f-497d-ad6c-d62fbde40b4b'
const facts = (criteria: Criteria, ruleId: string | undefined = RULE_ID) => ({
  ...{ id: '0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111', title: 'F', description: 'x', author: 'ana' },
  ...{ date: '2026-11-21', ruleId, logsource: { product: 'linux' }, criteria },
  exception: { id: 'S', owner: 'ana', reason: 'x', expires: '2027-01-01' },
})
const event = (fields: Record<string, FieldValue>, host = 'web-1'): SigmaEvent => ({
  ...{ time: 0, source: 'nginx', message: '', raw: '', fields, pivots: { host } },
  logsource: { product: 'linux', category: [], service: [], closed: false },
})

const NAMES = ['a', 'a b', 'a.b', '@host', '@source', '@timestamp', 'Ä', '__proto__x', "it's: #"]
const LETTERS = [
  'a',
  'A',
  '*',
  '?',
  '\\',
  "'",
  '"',
  ':',
  '#',
  ' ',
  '\n',
  '0',
  '-',
  'é',
  '\u2028',
  '%',
]
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 6 }),
  fc.constantFrom('', 'null', 'true', '~', '007', '1e3', '2026-11-21', '0x1F', 'yes', '@a', '|x'),
  fc.constantFrom(0, 1, -1, 1.5, 4624, 1e21),
  fc.boolean(),
)
const criteria = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })),
  { minKeys: 1, maxKeys: 4 },
)

describe('a mute as a filter', () => {
  test('means what its criteria say, whatever is in them', () => {
    fc.assert(
      fc.property(criteria, fc.array(value, { maxLength: 4 }), (asked, others) => {
        const text = writable(asked)
        if (text === undefined) return
        const { expr, hides } = readFilter(text)
        expect(expr).toEqual(criteriaExpr(asked))
        const pool = [...Object.values(asked).flat(), ...others]
        for (const [n, one] of pool.entries()) {
          const given = Object.keys(asked).map((name, k) => [
            name,
            pool[(n + k) % pool.length] ?? one,
          ])
          const seen = event(Object.fromEntries(given), String(one))
          expect(hides(seen)).toBe(evaluate(criteriaExpr(asked), seen))
        }
      }),
      { numRuns: 500 },
    )
  })

  test.each<[Criteria, SigmaEvent, boolean]>([
    [{ User: 'backup' }, event({ User: 'BACKUP' }), true],
    [{ User: 'backup' }, event({ User: 'backup2' }), false],
    [{ User: 'a*' }, event({ User: 'abc' }), false],
    [{ User: 'a*' }, event({ User: 'a*' }), true],
    [{ User: ['a', 'b'] }, event({ User: 'b' }), true],
    [{ User: 'a', Image: 'sh' }, event({ User: 'a' }), false],
    [{ '@host': 'web-1' }, event({}), true],
    [{ '@host': 'web-1' }, event({ host: 'web-1' }, 'db-1'), false],
    [{ Id: 7 }, event({ Id: '7' }), true],
    [{ Id: '7' }, event({ Id: 7 }), true],
    [{ 'a.b': 'x' }, event({ a: [{ b: 'y' }, { b: 'x' }] }), true],
  ])('%j', (asked, seen, hidden) => {
    expect(readFilter(filterText(facts(asked))).hides(seen)).toBe(hidden)
  })

  test.each<[Criteria, string]>([
    [{}, 'at least one field'],
    [{ 'a|contains': 'x' }, 'cannot be the name'],
    [{ a: [] }, 'at least one value'],
    [{ a: 1e21 }, 'loses digits'],
    [{ a: 'x'.repeat(2_001) }, 'at most 2000 characters'],
    [{ a: Array.from({ length: 101 }, (_, n) => n) }, 'at most 100 values'],
    [Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`f${n}`, n])), 'at most 20 fields'],
  ])('criteria %# are refused: %s', (asked, message) => {
    expect(() => filterText(facts(asked))).toThrow(message)
  })

  test('applies where the loader applies it', () => {
    const rule = (id: string, product: string) =>
      `title: R\n${id}logsource: {product: ${product}}\ndetection: {s: {a: b}, condition: s}\n`
    for (const ruleId of [RULE_ID, undefined]) {
      const text = filterText(facts({ a: 'b' }, ruleId))
      for (const one of [
        rule(`id: ${RULE_ID}\n`, 'linux'),
        rule(`id: ${RULE_ID}\n`, 'windows'),
        rule('id: 00000000-0000-4000-8000-000000000001\n', 'linux'),
        rule('', 'linux'),
      ]) {
        const { filters } = loadRules([
          { path: 'r.yml', text: one },
          { path: 'f.yml', text },
        ])
        expect(readFilter(text).appliesTo(one)).toBe((filters[0]?.applied.length ?? 0) > 0)
      }
    }
  })

  test('ids of the filters among files', () => {
    const files = [
      { path: 'f.yml', text: filterText(facts({ a: 'b' })) },
      { path: 'list.txt', text: 'filter: no' },
      { path: 'p.yml', text: 'name: pipeline' },
    ]
    expect(filterIdsOf(files)).toEqual(['0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111'])
  })

  test.each(['', 'title: x', '{', 'title: T\nlogsource: {product: a}\nfilter: {rules: any}'])(
    '%j is no filter',
    (text) => {
      expect(() => readFilter(text)).toThrow('not a filter')
    },
  )
})

/** Undefined where a filter cannot say it, which is refused and never approximated. */
function writable(asked: Criteria): string | undefined {
  try {
    return filterText(facts(asked))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'invalid') return undefined
    throw error
  }
}
