import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { mayLoseDigits, sameNumber, withQuotedDigits } from './json-digits.ts'

const LONG = '12345678901234567890'

test.each([
  [`{"a":${LONG}}`, `{"a":"${LONG}"}`],
  [`[ ${LONG} , -${LONG}\n]`, `[ "${LONG}" , "-${LONG}"\n]`],
  [LONG, `"${LONG}"`],
  ['{"a":1e999}', '{"a":"1e999"}'],
])('%s is quoted', (text, expected) => {
  expect(withQuotedDigits(text)).toBe(expected)
})

test.each(['1e100', '1e+100', '1E-100', '1e1000', '-2e308', '1.5e0100'])(
  'an exponent as in %s is seen, whatever stands behind it',
  (number) => {
    for (const end of ['}', ' }', '\n}', ',"b":1}']) {
      expect(mayLoseDigits(`{"a":${number}${end}`)).toBe(true)
    }
    expect(mayLoseDigits(`{"a":"${number}"}`)).toBe(false)
  },
)

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

test('a number that would change is found wherever it stands, and no text without one is rewritten', () => {
  const digits = fc.stringMatching(/^(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,4})?$/)
  const number = fc.tuple(fc.constantFrom('', '-'), digits).map((parts) => parts.join(''))
  const space = fc.constantFrom('', ' ', '\n', ' '.repeat(17))
  const element = fc.oneof(
    number,
    number.map((text) => `"${text}"`),
    number.map((text) => `":${text},"`),
  )
  const member = fc.tuple(space, element, space).map((parts) => parts.join(''))
  const lists = fc.array(member).map((members) => `[${members.join(',')}]`)
  fc.assert(
    fc.property(fc.array(fc.oneof(member, lists)), (members) => {
      const text = `{${members.map((value, index) => `"k${index}":${value}`).join(',')}}`
      if (withQuotedDigits(text) !== text) expect(mayLoseDigits(text)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  '{"a":"12345678901234567890","b":"1e400"}',
  '{"a":1700000000.123456,"b":123456789012345.0}',
  '{"a":"7a1e400-12345678901234567890"}',
])('%s loses nothing', (text) => {
  expect(mayLoseDigits(text)).toBe(false)
})
