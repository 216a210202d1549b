// Generated events and expressions for property tests: few names and letters, so that things meet.
import fc from 'fast-check'
import type { FieldValue, SigmaEvent } from '../event.ts'
import type { Expr, Target, Test } from '../ir/expr.ts'

const NAMES = ['a', 'b', 'a.b', 'a.b.c', 'b.a', '__proto__', 'constructor', 'toString', 'x y']
const LETTERS = [
  'a',
  'B',
  'b',
  '\\',
  '.',
  ' ',
  '1',
  '0',
  '-',
  'σ',
  'Σ',
  'ς',
  'ß',
  'É',
  '\u212A',
  'k',
  '\u{10400}',
  '\u{10428}',
]

const name = fc.constantFrom(...NAMES)
/** Short texts over letters with awkward foldings. */
export const text = fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 6 })
const number = fc.constantFrom(0, 1, -1, 10, 1.5, 4624, 1e21)

const { value } = fc.letrec<{ value: FieldValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    text,
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('true', 'FALSE', '1.50', '1e1', '10.0.0.1', '::1', '2026-07-28 11:45:48'),
    fc.array(tie('value'), { maxLength: 3 }),
    fieldsOf(tie('value')),
  ),
}))

/** `__proto__` as an own property, as JSON.parse makes it. */
function fieldsOf(values: fc.Arbitrary<FieldValue>): fc.Arbitrary<Record<string, FieldValue>> {
  return fc
    .array(fc.tuple(name, values), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries))
}

const some = (...values: readonly string[]) => fc.subarray([...values], { maxLength: 2 })

export const event: fc.Arbitrary<SigmaEvent> = fc.record({
  time: fc.constant(0),
  source: text,
  logsource: fc.record(
    {
      product: fc.constantFrom('windows', 'LINUX', 'other'),
      category: some('process_creation', 'file_event', 'odd'),
      service: some('sysmon', 'security', 'odd'),
      closed: fc.boolean(),
    },
    { requiredKeys: ['category', 'service', 'closed'] },
  ),
  pivots: fc.record({ user: text, src_port: number }, { requiredKeys: [] }),
  message: text,
  fields: fieldsOf(value),
  raw: fc.oneof(text, fc.constant('{"a":"b"}')),
})

const target: fc.Arbitrary<Target> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ scope: fc.constant('field' as const), name }) },
  { weight: 2, arbitrary: fc.constant({ scope: 'keyword' as const }) },
  fc.constant({ scope: 'any' as const }),
  fc.constantFrom({ scope: 'message' as const }, { scope: 'raw' as const }),
  fc.constantFrom(
    { scope: 'column' as const, name: 'user' as const },
    { scope: 'column' as const, name: 'service' as const },
    { scope: 'auto' as const, name: 'user' },
    { scope: 'auto' as const, name: 'a' },
  ),
)

const op = fc.constantFrom('lt' as const, 'lte' as const, 'gt' as const, 'gte' as const)
const literalKind = fc.constantFrom(
  'equals' as const,
  'startswith' as const,
  'endswith' as const,
  'contains' as const,
)
const literal: fc.Arbitrary<Test> = fc.record({
  kind: literalKind,
  value: text,
  cased: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
})
const wildcardPart = fc.oneof(
  fc.record({ literal: text.filter((t) => t !== '') }),
  fc.constantFrom('*' as const, '?' as const),
)

const test: fc.Arbitrary<Test> = fc.oneof(
  { weight: 8, arbitrary: literal },
  fc.record({
    kind: fc.constant('wildcard' as const),
    parts: fc.array(wildcardPart, { maxLength: 4 }),
    cased: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('words' as const),
    words: fc.array(fc.constantFrom('a', 'b', 'ab', 'σ', '10'), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('regex' as const),
    pattern: fc.constantFrom('ab', '^a', 'b$', '(a|1)0', '[0-9]+', 'a.*b', 'σ', ''),
    flags: fc.constantFrom('', 'i'),
  }),
  number.map((n): Test => ({ kind: 'number', value: n, text: String(n) })),
  fc.constant<Test>({ kind: 'number', value: 1.5, text: '1.50' }),
  fc.record({ kind: fc.constant('compare' as const), op, value: number }),
  fc.record({ kind: fc.constant('textcompare' as const), op, value: text }),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.constantFrom<Test>(
    { kind: 'cidr', network: '10.0.0.0/8' },
    { kind: 'cidr', network: '::/64' },
    { kind: 'any' },
    { kind: 'null' },
    { kind: 'exists', value: true },
    { kind: 'exists', value: false },
    { kind: 'timepart', part: 'hour', op: 'eq', value: 11 },
    { kind: 'timepart', part: 'year', op: 'lt', value: 2000 },
  ),
  fc.record({ kind: fc.constant('fieldref' as const), name, op: literalKind, cased: fc.boolean() }),
)

export const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.record({ kind: fc.constant('match' as const), target, test }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      args: fc.array(tie('expr'), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), arg: tie('expr') }),
    fc.record({ kind: fc.constant('const' as const), value: fc.boolean() }),
  ),
}))

export const logsource = fc.record(
  {
    product: fc.constantFrom('windows', 'linux'),
    category: fc.constantFrom('process_creation', 'file_event'),
    service: fc.constantFrom('sysmon', 'security'),
  },
  { requiredKeys: [] },
)
