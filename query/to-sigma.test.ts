import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import type { Event } from '../parsers/event.ts'
import { evaluate } from '../sigma/eval/evaluate.ts'
import { compileMatcher } from '../sigma/eval/matcher.ts'
import { loadRules } from '../sigma/load.ts'
import { makeEvents } from '../test/search/events.ts'
import { QUERIES } from '../test/search/queries.ts'
import { parseQuery } from './query.ts'
import { isRefusal, queryToSigma } from './to-sigma.ts'

setDefaultTimeout(60_000)

const RUNS = Number(process.env.PROPERTY_RUNS ?? 100)
const HEAD = 'title: T\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {product: any}\n'
const EVENTS = makeEvents(500, Date.UTC(2026, 10, 21, 12), 11)

function detection(query: string): string {
  const outcome = queryToSigma(query)
  if (isRefusal(outcome)) throw new Error(`${outcome.code}: ${outcome.message}`)
  return outcome.yaml
}

const idsOf = (events: readonly Event[]) => events.map(({ raw, time }) => `${time} ${raw}`)

describe('a rule matches the events of its search', () => {
  const convertible = QUERIES.filter((query) => !isRefusal(queryToSigma(query)))

  test('nearly all queries of the search tests have one', () => {
    expect(convertible.length).toBeGreaterThan(QUERIES.length - 15)
  })

  const rules = convertible.map((query) => {
    const loaded = loadRules([{ path: 'r.yml', text: HEAD + detection(query) }]).rules
    return { query, rule: loaded[0]! }
  })

  test.each(rules.map(({ query, rule }) => [query, rule] as const))('%s', (query, rule) => {
    const { expr } = parseQuery(query)
    const searched = EVENTS.filter((event) => evaluate(expr!, event))
    expect(idsOf(EVENTS.filter((event) => evaluate(rule.expr, event)))).toEqual(idsOf(searched))
  })

  test('and so says the matcher that detects', () => {
    const matcher = compileMatcher(
      rules.map(({ rule }) => rule),
      { routing: false },
    )
    for (const event of EVENTS.slice(0, 120)) {
      const wanted = rules.flatMap(({ query }, at) =>
        evaluate(parseQuery(query).expr!, event) ? [String(at)] : [],
      )
      expect(matcher.match(event).map(String)).toEqual(wanted)
    }
  })
})

test('so do combinations of searches, however they are nested', () => {
  const leaf = fc.constantFrom(...QUERIES.filter((query) => query !== ''))
  const { query } = fc.letrec<{ query: string }>((tie) => ({
    query: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a}) and (${b})`),
      fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a}) or (${b})`),
      tie('query').map((inner) => `not (${inner})`),
    ),
  }))
  fc.assert(
    fc.property(query, (text) => {
      const outcome = queryToSigma(text)
      if (isRefusal(outcome)) return outcome.code !== 'not-equal' && outcome.code !== 'rule-refused'
      const { rules } = loadRules([{ path: 'r.yml', text: HEAD + outcome.yaml }])
      const { expr } = parseQuery(text)
      for (const event of EVENTS.slice(0, 60))
        expect(evaluate(rules[0]!.expr, event)).toBe(evaluate(expr!, event))
      return true
    }),
    { numRuns: RUNS },
  )
})

describe('a search is written as someone would write the rule', () => {
  test.each([
    [
      'Image:*\\cmd.exe CommandLine:*whoami* CommandLine:*/all* and not User:(SYSTEM or "LOCAL SERVICE")',
      String.raw`detection:
    selection:
        Image|endswith: '\cmd.exe'
        CommandLine|contains|all:
            - whoami
            - /all
    filter:
        User:
            - SYSTEM
            - LOCAL SERVICE
    condition: selection and not filter
`,
    ],
    [
      'host:web-1',
      `detection:
    selection:
        - host: web-1
        - host: null
          '@host': web-1
    condition: selection
`,
    ],
    [
      'EventID:(4624 or 4625) and @src_ip:10.0.0.0/8',
      `detection:
    selection:
        EventID:
            - 4624
            - 4625
        '@src_ip|cidr': '10.0.0.0/8'
    condition: selection
`,
    ],
    [
      'a:1 (b:2 or (c:3 and not d:4))',
      `detection:
    selection:
        a: 1
    selection_2:
        b: 2
    selection_3:
        c: 3
    filter:
        d: 4
    condition: selection and (selection_2 or (selection_3 and not filter))
`,
    ],
  ])('%s', (query, yaml) => {
    expect(detection(query)).toBe(yaml)
  })

  test('columns are named, for other engines have none', () => {
    expect(queryToSigma('Image:a host:b')).toMatchObject({ columns: ['@host'] })
    expect(queryToSigma('Image:a')).toMatchObject({ columns: [] })
  })
})

test.each([
  ['', 'matches-everything'],
  ['*', 'matches-everything'],
  ['a or *', 'matches-everything'],
  ['user:>=b', 'text-order'],
  ['10.0.0.0/8', 'network-without-field'],
  ['severity:<informational', 'never-matches'],
  ['"a|b":c', 'field-name'],
  ['(a', 'unclosed-parenthesis'],
])('%p is refused as %s', (query, code) => {
  expect(queryToSigma(query)).toMatchObject({ code })
})

test('texts come back as they are, whatever YAML would make of them', () => {
  const texts = [
    'yes',
    '5',
    '0x10',
    ' a',
    "it's",
    'a: b',
    '# no',
    '- x',
    'tab\there',
    'nul\0',
    '日本',
  ]
  for (const text of [...texts, 'x\\', '\\\\srv\\c$', 'a\\*b', '~', '2026-11-21', '%TEMP%', '"']) {
    const query = `f:"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
    const { rules } = loadRules([{ path: 'r.yml', text: HEAD + detection(query) }])
    expect(rules[0]!.expr).toEqual({
      kind: 'match',
      target: { scope: 'field', name: 'f' },
      test: { kind: 'equals', value: text, cased: false },
    })
  }
})
