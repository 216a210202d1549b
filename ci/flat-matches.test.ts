// A line matched where it stands gives what its event gives: on generated lines, on damaged ones, on corpora.
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { normalise } from '../parsers/normalise.ts'
import { expr as anyExpr, logsource as anyLogSource } from '../sigma/eval/arbitraries.ts'
import { compileMatcher, type MatcherOptions, type MatcherRule } from '../sigma/eval/matcher.ts'
import type { Test } from '../sigma/ir/expr.ts'
import { corpusFolder } from '../test/corpus/corpus.ts'
import { createFlatMatcher } from './flat-matches.ts'
import { line } from './line-arbitraries.ts'
import { readRuleFolder } from './rule-files.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 600)
const NOW = Date.UTC(2026, 10, 21)
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC', classify: false }

/** Matches lines both ways; how many were matched where they stand. */
function compare(rules: readonly MatcherRule[], lines: readonly string[], times = 1): number {
  let taken = 0
  for (const options of [{}, { memo: false }, { routing: false }]) {
    const matcher = compileMatcher(rules, options)
    const flat = createFlatMatcher(matcher, OPTIONS)
    const plain = compileMatcher(rules, options)
    for (let i = 0; i < times; i++) {
      for (const line of lines) {
        const bytes = Buffer.from(` ${line}\n`)
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
        const found = flat.match(bytes, view, 1, bytes.length - 1)
        if (found === undefined) continue
        taken++
        const event = normalise(line, OPTIONS)
        expect({ line, found }).toEqual({ line, found: plain.match(event) as number[] })
        expect(flat.event()).toEqual(event)
      }
    }
  }
  return taken
}

/** Matches a body of lines in runs; by line its rules, undefined where it was left to its event. */
function matchBody(
  rules: readonly MatcherRule[],
  lines: readonly string[],
  options: MatcherOptions = {},
  before = '',
) {
  const { matchLines, event } = createFlatMatcher(compileMatcher(rules, options), OPTIONS)
  const bytes = Buffer.from(`${before}${lines.map((line) => `${line}\n`).join('')}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found: (readonly number[] | undefined)[] = []
  let start = before.length
  while (found.length < lines.length) {
    const first = found.length
    const seen = new Map<number, readonly number[]>()
    const taken = matchLines(bytes, view, start, bytes.length, (matched, index) => {
      expect(index).toBeGreaterThanOrEqual(seen.size)
      seen.set(index, [...matched])
      if (index % 97 === 0)
        expect(event()).toEqual(normalise(trimmed(lines[first + index]!), OPTIONS))
    })
    for (let i = 0; i < taken.lines; i++) found.push(seen.get(i) ?? [])
    if (found.length === lines.length) break
    found.push(undefined)
    start = bytes.indexOf(0x0a, taken.next) + 1
  }
  return found
}

function trimmed(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

/** More events than a log source's rules are laid out anew after. */
const LEARNT_EVENTS = 1_100

/** Compares bodies that repeat the lines with their events; how many lines were not left to them. */
function compareBodies(rules: readonly MatcherRule[], lines: readonly string[]): number {
  const times = Math.ceil(LEARNT_EVENTS / Math.max(1, lines.length)) + 2
  const body = Array.from({ length: times }, () => lines).flat()
  let taken = 0
  for (const options of [{}, { memo: false }]) {
    const plain = compileMatcher(rules, options)
    const expected = lines.map((line) => plain.match(normalise(trimmed(line), OPTIONS)))
    for (const [i, found] of matchBody(rules, body, options).entries()) {
      if (found === undefined) continue
      taken++
      const line = lines[i % lines.length]
      expect({ line, found }).toEqual({ line, found: [...expected[i % lines.length]!] })
    }
  }
  return taken / times
}

describe('a line matched where it stands', () => {
  test('gives the matches of its event, generated and damaged', () => {
    let taken = 0
    const rules = fc.array(
      fc.record({ id: fc.constant('r'), logsource: anyLogSource, expr: anyExpr }),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(rules, fc.array(line, { minLength: 1, maxLength: 8 }), (set, lines) => {
        taken += compare(set, lines, 2)
      }),
      { numRuns: RUNS },
    )
    expect(taken).toBeGreaterThan(RUNS)
  }, 120_000)

  test('gives them in runs, too', () => {
    let taken = 0
    const runs = Math.ceil(RUNS / 6)
    const rules = fc.array(
      fc.record({ id: fc.constant('r'), logsource: anyLogSource, expr: anyExpr }),
      { minLength: 1, maxLength: 6 },
    )
    const lines = fc.array(
      fc.tuple(line, fc.constantFrom('', '', '\r')).map(([text, end]) => text + end),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(rules, lines, (set, some) => {
        taken += compareBodies(
          set,
          some.filter((one) => !one.includes('\n')),
        )
      }),
      { numRuns: runs },
    )
    expect(taken).toBeGreaterThan(runs)
  }, 120_000)

  test.each([
    ['a flat line', '{"a":"b","product":"windows","category":"process_creation"}', true],
    ['numbers, booleans, null', '{"a":1,"b":-2.5,"c":true,"d":null}', true],
    ['a nested object', '{"a":{"b":"c","d":{}},"e":{}}', true],
    ['escapes', '{"a":"C:\\\\x\\"\\n"}', true],
    ['a list of one string', '{"a":["b"],"c":[ "10" ]}', true],
    ['a list of one string with escapes', '{"a":["\\"b"]}', true],
    ['a nested list of one string', '{"a":{"b":["b"]}}', true],
    ['a list for a time', '{"UtcTime":["2036-01-01T00:00:00Z"]}', true],
    [
      'a list for a product',
      '{"a":"b","product":["windows"],"category":"process_creation"}',
      false,
    ],
    ['a list for a label', '{"a":"b","source":["x"]}', false],
    ['a list for records', '{"Records":["b"]}', false],
    ['a list with an unknown escape', '{"a":["\\x"]}', false],
    ['an empty list', '{"a":[]}', false],
    ['a list of several', '{"a":["b","c"]}', false],
    ['a list of a number', '{"a":[1]}', false],
    ['a list in a list', '{"a":[["b"]]}', false],
    ['a name twice', '{"a":1,"a":2}', false],
    ['a path twice', '{"a":{"b":1},"a.b":2}', false],
    ['an unknown escape', '{"a":"\\x"}', false],
    ['a number that loses digits', '{"a":12345678901234567}', false],
    ['a number that is written otherwise', '{"a":1.50}', false],
    ['values beyond ASCII', '{"a":"éb","c":["\u{1f600}"]}', true],
    ['values beyond ASCII with escapes', '{"a":"é\\\\b\\""}', true],
    ['values beyond ASCII with an escape by number', '{"a":"éb\\u0041"}', false],
    ['names beyond ASCII', '{"é":"b"}', false],
    ['a control character', '{"a":"b\u0001"}', false],
    ['a label of its own', '{"a":"b","source":"nginx"}', false],
    ['a carried line', '{"message":"sshd[1]: x","host":"h"}', false],
    ['what a parser may claim', '{"EventID":1,"Channel":"Security"}', false],
    ['what says itself what it is', '{"EventID":1,"product":"windows","service":"sysmon"}', true],
    [
      'gzip in Base64',
      '{"data":"H4sIAAAAAAAAA6tWSlSyUkotS81R0lFKUrIyrAUAVAvwRxEAAAA=","b":1}',
      false,
    ],
    ['gzip below kinesis', '{"b":1,"message":{"data":"H4sIAAAA"}}', false],
    ['other data', '{"Data":"b","b":1}', true],
    ['no object', '[1]', false],
    ['half an object', '{"a":1', false],
    ['more than an object', '{"a":1}{"b":1}', false],
    ['a comma too many', '{"a":1,}', false],
  ])('%s', (_, text, isTaken) => {
    const rules = [
      {
        id: 'r',
        logsource: {},
        expr: {
          kind: 'match' as const,
          target: { scope: 'keyword' as const },
          test: { kind: 'contains' as const, value: 'b', cased: false },
        },
      },
    ]
    expect(compare(rules, [text]) > 0).toBe(isTaken)
  })

  test('a time far ahead is left to the event, whose field for it a rule may read', () => {
    const rules = [
      {
        id: 'r',
        logsource: {},
        expr: {
          kind: 'match' as const,
          target: { scope: 'field' as const, name: 'trapline.original_time' },
          test: { kind: 'exists' as const, value: true },
        },
      },
    ]
    expect(compare(rules, ['{"UtcTime":"2036-01-01T00:00:00Z"}'])).toBe(0)
    expect(compare(rules, ['{"UtcTime":"2026-01-01T00:00:00Z"}', '{"a":"b"}'])).toBe(6)
    expect(compare(rules, ['{"UtcTime":["2036-01-01T00:00:00Z"]}'])).toBe(3)
  })
})

const lanes = await corpusFolder('lanes')
const sigmahq = await corpusFolder('sigmahq')

describe.skipIf(lanes === undefined || sigmahq === undefined)('lines of the lanes', () => {
  test('match as their events do, nearly all where they stand', async () => {
    const { rules } = await readRuleFolder([`${sigmahq}/rules`])
    let count = 0
    const lines: string[] = []
    for await (const file of new Bun.Glob('*.ndjson.gz').scan({ cwd: lanes! })) {
      const text = Bun.gunzipSync(await Bun.file(`${lanes}/${file}`).bytes())
      for (const one of new TextDecoder().decode(text).split('\n')) {
        if (one !== '' && count++ % 40 === 0) lines.push(one)
      }
    }
    expect(compare(rules, lines, 2)).toBeGreaterThan(lines.length * 5.5)
    expect(compareBodies(rules, lines)).toBeGreaterThan(lines.length * 1.8)
  }, 120_000)
})

const beats = await corpusFolder('elastic-beats')
const panther = await corpusFolder('panther-events')
const LINES_OF_A_FILE = 200

describe.skipIf(beats === undefined || panther === undefined || sigmahq === undefined)(
  'lines of other corpora',
  () => {
    test('match as their events do, where a parser leaves them generic', async () => {
      const { rules } = await readRuleFolder([`${sigmahq}/rules`])
      const lines: string[] = []
      for (const folder of [beats!, panther!]) {
        for await (const file of new Bun.Glob('**/*.{json,ndjson,log}').scan({ cwd: folder })) {
          const text = await Bun.file(`${folder}/${file}`).text()
          const found = text.split('\n').filter((one) => one.startsWith('{') && one.endsWith('}'))
          lines.push(...found.slice(0, LINES_OF_A_FILE))
        }
      }
      expect(lines.length).toBeGreaterThan(500)
      compare(rules, lines)
    }, 120_000)
  },
)

describe('lines whose values set the same atoms', () => {
  const field = (name: string) => ({ scope: 'field', name }) as const
  const tests: { readonly [name: string]: Test } = {
    substring: { kind: 'contains', value: 'ab', cased: false },
    regex: { kind: 'regex', pattern: 'a.b', flags: '' },
    'equal field': { kind: 'fieldref', name: 'b', op: 'equals', cased: false },
    'equal field, cased': { kind: 'fieldref', name: 'b', op: 'equals', cased: true },
    'field as start': { kind: 'fieldref', name: 'b', op: 'startswith', cased: false },
    null: { kind: 'null' },
    presence: { kind: 'exists', value: true },
    number: { kind: 'number', value: 1, text: '1' },
  }
  const rulesOf = (names: readonly string[]): readonly MatcherRule[] =>
    names.map((id) => ({
      id,
      logsource: {},
      expr: { kind: 'match', target: field('a'), test: tests[id]! },
    }))
  const values = [
    '"ab"',
    '"AB"',
    '"a\\\\b"',
    '"xab\\/"',
    '"x"',
    '""',
    'null',
    '1',
    '"\\tab"',
    '"1"',
    '["ab"]',
    '["a\\\\b"]',
    '["1"]',
  ]
  const lines = Array.from({ length: 12_000 }, (_, i) => {
    const at = Math.imul(i, 0x9e3779b1) >>> 0
    const [a, b] = [values[at % values.length], values[(at >>> 8) % values.length]]
    return `{"a":${a},"b":${b},"n":${i}}`
  })

  test.each([
    ...Object.keys(tests),
    'substring + regex + equal field + equal field, cased + null + number',
  ])('match what each would match alone: %s', (names) => {
    expect(compare(rulesOf(names.split(' + ')), lines)).toBe(lines.length * 3)
  })

  test('are still told apart when the memo is emptied between them', () => {
    const rules = rulesOf(['substring', 'equal field', 'null'])
    const matcher = compileMatcher(rules)
    const plain = compileMatcher(rules)
    const flat = createFlatMatcher(matcher, OPTIONS)
    for (const [i, line] of lines.entries()) {
      if (i % 1_000 === 0) matcher.emptyMemo()
      const bytes = Buffer.from(line)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      const found = flat.match(bytes, view, 0, bytes.length)
      expect(found).toEqual(plain.match(normalise(line, OPTIONS)) as number[])
    }
  })
})
