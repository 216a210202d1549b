// Lines of JSON for property tests: of every kind of value, also damaged.
import fc from 'fast-check'

const NAMES = [
  ...[
    'a',
    'b',
    'a.b',
    'a.b.c',
    'b.a',
    'c',
    '__proto__',
    'x y',
    '',
    'product',
    'category',
    'service',
  ],
  ...['message', 'log', 'source', 'UtcTime', 'time', 'EventID', 'Channel', 'fields', 'logsource'],
]
const TEXTS = [
  ...['', 'a', 'ab', 'bA', 'aab b', '10', '4624', 'true', 'C:\\a\\b', 'a"b', 'b\\', 'tab\there'],
  ...['windows', 'linux', 'process_creation', 'sysmon', 'security', '10.0.0.1', 'é', '\u212A'],
  ...[
    'aÉb',
    '\u017fab',
    '\ufeffab',
    'İ',
    'é\\b"',
    '10.0.0.１',
    '\u{10400}b',
    'é2036-07-28 11:45:48',
  ],
  ...['2026-07-28 11:45:48', '2036-07-28 11:45:48', '1e1', '-0', 'a'.repeat(130), 'a\u0001b'],
]
const scalar = fc.constantFrom<string>(
  ...TEXTS.map((text) => JSON.stringify(text)),
  ...['0', '1', '-1', '10', '1.5', '1.50', '0.5', '0.05', '4624', '1e1', '1e21', '-0', '01', '007'],
  ...[
    '123456789012345678',
    '999999999999999',
    'true',
    'false',
    'null',
    'nul',
    '"\\u0041"',
    '"\\x"',
  ],
  ...['"a\\/b"', '[]', '["a","b"]', '[{"a":"b"}]', '{}', '"un', '1779300000', '99999999999'],
  ...['["a"]', '[ "aab b" ]', '["a\\\\b"]', '["a\\"b"]', '["10"]', '["10.0.0.1"]', '[""]'],
  ...['["\\x"]', '["true"]', '["4624"]', '["1.5"]', '["windows"]', '["linux"]', '["nginx"]'],
  ...[
    '["process_creation"]',
    '["2036-07-28 11:45:48"]',
    '["K"]',
    '["\\u0041"]',
    '["é"]',
    '["aÉb"]',
  ],
  ...['[10]', '[null]', '[true]', '[["a"]]', '["a",]', '["a"', '["a"]]'],
)
const { object } = fc.letrec<{ object: string }>((tie) => ({
  object: fc
    .array(
      fc.tuple(
        fc.constantFrom(...NAMES),
        fc.oneof(
          { maxDepth: 3, withCrossShrink: true },
          { weight: 8, arbitrary: scalar },
          tie('object'),
        ),
        fc.constantFrom('', '', '', ' ', '\t'),
      ),
      { maxLength: 6 },
    )
    .map((members) => {
      const texts = members.map(
        ([name, value, gap]) => `${gap}${JSON.stringify(name)}:${gap}${value}`,
      )
      return `{${texts.join(',')}}`
    }),
}))

/** A line, or a line with one character put in, taken out or changed. */
export const line = fc.oneof(
  { weight: 4, arbitrary: object },
  fc
    .tuple(
      object,
      fc.nat(200),
      fc.constantFrom('', '"', '\\', ',', ':', '{', '}', 'a', ' ', 'é'),
      fc.nat(1),
    )
    .map(([text, at, put, cut]) => text.slice(0, at) + put + text.slice(at + cut)),
)
