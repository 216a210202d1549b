import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { sameNumber, withQuotedDigits } from './json-digits.ts'

const LONG = '12345678901234567890'

test.each([
  [`{"a":${LONG}}`, `{"a":"${LONG}"}`],
  [`[ ${LONG} , -${LONG}\n]`, `[ "${LONG}" , "-${LONG}"\n]`],
  [LONG, `"${LONG}"`],
  ['{"a":1e999}', '{"a":"1e999"}'],
])('%s is quoted', (text, expected) => {
  expect(withQuotedDigits(text)).toBe(expected)
})

test.each([
  `{"a":"${LONG}","b\\":${LONG.slice(0, 15)},"c":"\\\\"}`,
  '{"a":1.50000000000000000,"b":1e3}',
  `{"a":"x: ${LONG}`,
])('%s stays', (text) => {
  expect(withQuotedDigits(text)).toBe(text)
})

test.each([
  `{${LONG}:1}`,
  `{"a":1,${LONG}:2}`,
  `{"a":1,${LONG}}`,
  `{"a":${LONG}x}`,
  '{"a":1.2.3.4.5.6.7.8.9.10}',
  `{"a":0${LONG}}`,
  `{"a" ${LONG}}`,
  `"${LONG}`,
])('%s is no JSON before and after', (text) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(() => JSON.parse(withQuotedDigits(text))).toThrow()
})

test('what it gives is what a reviver that looks at each number gives', () => {
  const keep = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && !sameNumber(context.source, value)
      ? context.source
      : value
  const digits = fc.stringMatching(/^-?[1-9]\d{0,24}(\.\d{1,20})?([eE][+-]?\d{1,3})?$/)
  const leaf = fc.oneof(
    digits,
    fc.string().map((text) => JSON.stringify(text)),
    fc.constant(` "${LONG}\\"" `),
  )
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('value')).map((items) => `[${items.join(', ')}]`),
      fc
        .array(fc.tuple(fc.string(), tie('value')))
        .map((pairs) => `{${pairs.map(([k, v]) => `${JSON.stringify(k)}: ${v}`).join(',')}}`),
    ),
  }))
  fc.assert(
    fc.property(value, (text) => {
      expect(JSON.parse(withQuotedDigits(text))).toEqual(JSON.parse(text, keep))
    }),
    { numRuns: 2000 },
  )
})
