import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { SigmaCorrelation, SigmaDocument, SigmaFilter, SigmaRule } from '../rule.ts'
import { parseRules } from './rules.ts'

const RULE = `title: Shell from a web server
id: 6f3e2c1a-0b7d-4d55-9c55-9d1d2d6f7a10
status: test
level: high
date: 2026-01-05
author: someone
tags: [attack.execution, attack.t1059]
logsource:
  product: linux
  category: process_creation
detection:
  selection:
    ParentImage|endswith: ['/nginx', '/httpd']
    Image|endswith: /sh
  keywords:
    - evil
    - 5
  mixed:
    - a: 1
      b: null
    - plain
  filter:
    User: ''
  condition: selection and not filter or 1 of keywords* or mixed
falsepositives: [none]
custom: {x: 1}
`

const parse = (text: string) => parseRules(text, { path: 'r.yml' })
const value = (text: string) => parse(text).documents[0]?.value as SigmaDocument
const findings = (text: string) =>
  parse(text).diagnostics.map((d) => `${d.line}:${d.column} ${d.severity} ${d.code} ${d.message}`)
const codes = (text: string) => parse(text).diagnostics.map((d) => d.code)

describe('a rule', () => {
  const rule = value(RULE) as SigmaRule

  test('has its metadata as written', () => {
    expect(findings(RULE)).toEqual([])
    expect(rule).toMatchObject({
      kind: 'rule',
      title: 'Shell from a web server',
      status: 'test',
      level: 'high',
      date: '2026-01-05',
      tags: ['attack.execution', 'attack.t1059'],
      logsource: { product: 'linux', category: 'process_creation' },
      text: RULE,
      line: 1,
    })
    expect([...rule.other.keys()]).toEqual(['custom'])
  })

  test('has its selections as trees with places', () => {
    const { selections } = rule.detection
    expect([...selections.keys()]).toEqual(['selection', 'keywords', 'mixed', 'filter'])
    expect(selections.get('selection')).toMatchObject({
      kind: 'map',
      items: [
        { field: 'ParentImage', modifiers: ['endswith'], line: 13, column: 5 },
        { field: 'Image', modifiers: ['endswith'], values: [{ kind: 'string', text: '/sh' }] },
      ],
    })
    expect(selections.get('keywords')).toMatchObject({
      kind: 'keywords',
      item: { field: undefined, values: [{ text: 'evil' }, { kind: 'number', text: '5' }] },
    })
    expect(selections.get('mixed')).toMatchObject({
      kind: 'list',
      nodes: [{ kind: 'map' }, { kind: 'keywords' }],
    })
  })

  test('field names may hold spaces, dots, dashes and colons', () => {
    const text = RULE.replace('Image|endswith: /sh', '"a b.c-d:e|contains": x')
    const node = (value(text) as SigmaRule).detection.selections.get('selection')
    expect(node).toMatchObject({ items: [{}, { field: 'a b.c-d:e', modifiers: ['contains'] }] })
  })

  test("'|all' is a modifier of keywords", () => {
    const text = RULE.replace('    - evil\n    - 5\n', "    '|all': [a, b]\n")
    const node = (value(text) as SigmaRule).detection.selections.get('keywords')
    expect(node).toMatchObject({ items: [{ field: undefined, modifiers: ['all'] }] })
  })

  test('conditions of a list are ORed', () => {
    const text = RULE.replace(
      /condition: .*/,
      'condition: [selection and not filter, 1 of keywords*, mixed]',
    )
    expect((value(text) as SigmaRule).detection.condition).toMatchObject({
      kind: 'or',
      args: [{ kind: 'and' }, { kind: 'of' }, { kind: 'selection' }],
    })
  })
})

describe('findings', () => {
  const change = (from: string | RegExp, to: string) => RULE.replace(from, to)
  test.each([
    ['title-missing', change(/title: .*\n/, '')],
    ['logsource-missing', change(/logsource:\n.*\n.*\n/, '')],
    ['logsource-empty', change(/product: linux\n {2}category: .*/, 'definition: x')],
    ['logsource-unknown-key', change('product:', 'produkt:')],
    ['detection-missing', change(/detection:/, 'detections:')],
    ['condition-missing', change(/ {2}condition: .*\n/, '')],
    ['unknown-selection', change(/condition: .*/, 'condition: selektion')],
    ['unused-selection', change(/condition: .*/, 'condition: selection')],
    ['unknown-level', change('level: high', 'level: hihg')],
    ['word-case', change('level: high', 'level: HIGH')],
    ['unknown-status', change('status: test', 'status: testing')],
    ['expected-list', change(/tags: .*/, 'tags: attack.execution')],
    ['invalid-type', change(/title: .*/, 'title: {a: 1}')],
    ['metadata-type', change(/tags: .*/, 'tags: {a: 1}')],
    ['invalid-value', change('Image|endswith: /sh', 'Image: {a: 1}')],
    ['invalid-value', change('Image|endswith: /sh', 'Image: [[a]]')],
    ['empty-list', change('Image|endswith: /sh', 'Image: []')],
    ['selection-empty', change("User: ''", '')],
    ['duplicate-key', change('level: high', 'level: high\nlevel: low')],
    ['aggregation-unsupported', change(/condition: .*/, 'condition: selection | count() > 5')],
    ['document-not-map', '- a\n- b\n'],
    ['file-empty', '# nothing\n'],
    ['file-empty', ''],
    ['trapline-unknown-key', `${RULE}trapline: {ownr: me}\n`],
    ['trapline-invalid', `${RULE}trapline: {schedule: often}\n`],
    ['trapline-invalid', `${RULE}trapline: {rollout: {share: 0.5}}\n`],
    ['trapline-invalid', `${RULE}trapline: {rollout: {stage: canary, share: 5}}\n`],
    ['trapline-invalid', `${RULE}trapline: {rollout: {stage: canary}}\n`],
    ['trapline-invalid', `${RULE}trapline: {exceptions: [{id: a}]}\n`],
    ['unknown-severity', `${RULE}trapline: {severity: bad}\n`],
  ])('%s', (code, text) => {
    expect(codes(text)).toContain(code)
  })

  test('say where and what was perhaps meant', () => {
    expect(findings(change('level: high', 'level: hihg'))).toEqual([
      '4:8 error unknown-level rule "Shell from a web server": level: unknown value "hihg", did you mean high?',
    ])
    expect(findings(`${RULE}trapline: {ownr: me}\n`)).toEqual([
      '27:12 error trapline-unknown-key rule "Shell from a web server": trapline: unknown key ownr, did you mean owner?',
    ])
    expect(findings(change(/condition: .*/, 'condition: mixed and selektion'))[0]).toStartWith(
      '24:24 error unknown-selection',
    )
  })
})

describe('what a newcomer wrote is answered with what is meant', () => {
  const change = (from: string | RegExp, to: string) => RULE.replace(from, to)
  const correlation = (body: string) =>
    `title: Many\ncorrelation:\n  type: event_count\n  rules: [a]\n${body}`
  test.each([
    ['detections:', change(/detection:/, 'detections:'), 'detections is called detection'],
    ['log_source:', change(/logsource:/, 'log_source:'), 'log_source is called logsource'],
    [
      'a condition outside',
      `${change(/ {2}condition: .*\n/, '')}condition: selection\n`,
      'the one in line 26 stands outside: indent it',
    ],
    ['&&', change(/condition: .*/, 'condition: selection && filter'), 'found "&&", write and'],
    ['||', change(/condition: .*/, 'condition: selection || filter'), 'found "||", write or'],
    [
      '!',
      change(/condition: .*/, 'condition: selection and !filter'),
      'write not before a selection',
    ],
    [
      'a modifier as a map',
      change('Image|endswith: /sh', 'Image: {endswith: /sh}'),
      'not a map; modifiers stand behind the field: Image|endswith',
    ],
    [
      'timeframe',
      correlation('  timeframe: 5m\n  condition: {gte: 3}\n'),
      'did you mean timespan?',
    ],
    ['window', correlation('  window: 5m\n  condition: {gte: 3}\n'), 'did you mean timespan?'],
    [
      'minutes',
      correlation('  timespan: 5 min\n  condition: {gte: 3}\n'),
      '"5 min" is none like 5m or 1h',
    ],
  ])('%s', (_, text, hint) => {
    const errors = findings(text).filter((finding) => finding.includes(' error '))
    expect(errors.join('\n')).toContain(hint)
  })
})

test('a selection that cannot be read is there: the condition is not blamed for it', () => {
  const text = RULE.replace("    User: ''", '    User: {a: 1}')
  expect(codes(text)).toEqual(['invalid-value'])
  const only = text
    .replace(/ {2}selection:\n(?: {3,}.*\n)*/, '')
    .replace(/ {2}(?:keywords|mixed):\n(?: {3,}.*\n)*/g, '')
  expect(codes(only.replace(/condition: .*/, 'condition: filter'))).toEqual(['invalid-value'])
})

test('what stands around the detection in another type than it should does not keep the rule from running', () => {
  const odd = {
    falsepositives: '[fixes, {Scanners of node: all}]',
    references: '{a: b}',
    author: '[one, two]',
    status: '[test]',
    related: 'none',
    date: '{year: 2026}',
  }
  for (const [key, text] of Object.entries(odd)) {
    const changed = RULE.replace(new RegExp(`^${key}:.*\n(?:[ -].*\n)*`, 'm'), '')
    const read = findings(`${changed}${key}: ${text}\n`)
    expect(read.filter((finding) => finding.includes(' error '))).toEqual([])
    expect(read.join()).toContain('warning metadata-type')
  }
  expect(value(`${RULE}author: [one, two]\n`.replace(/^author: (?!\[).*\n/m, '')).author).toBe(
    'one, two',
  )
})

test('the trapline key is read into its settings', () => {
  const settings = `trapline:
  owner: blue
  schedule: 15m
  rollout: {stage: canary, share: 0.1, min_days: 7}
  title: 'Shell on {host}'
  severity: critical
  dedup: [host, user]
  dedup_window_minutes: 30
  auto_create_case: true
  exceptions: [{id: e1, owner: me, reason: tests, expires: 2026-12-31}]
`
  expect(findings(RULE + settings)).toEqual([])
  expect(value(RULE + settings).trapline).toEqual({
    owner: 'blue',
    schedule: '15m',
    rollout: { stage: 'canary', share: 0.1, min_days: 7 },
    title: 'Shell on {host}',
    severity: 'critical',
    dedup: ['host', 'user'],
    dedup_window_minutes: 30,
    auto_create_case: true,
    exceptions: [{ id: 'e1', owner: 'me', reason: 'tests', expires: '2026-12-31' }],
  })
})

describe('other documents', () => {
  const CORRELATION = `title: Many failures
correlation:
  type: event_count
  rules: [failed]
  group-by: [user]
  timespan: 5m
  condition: {gte: 10}
  aliases: {who: {failed: user}}
`
  test('a correlation', () => {
    expect(findings(CORRELATION)).toEqual([])
    const correlation = value(CORRELATION) as SigmaCorrelation
    expect(correlation).toMatchObject({
      kind: 'correlation',
      type: 'event_count',
      rules: ['failed'],
      groupBy: ['user'],
      timespan_ms: 300_000,
      condition: { ops: [{ op: 'gte', value: 10 }] },
      generate: false,
    })
    expect(correlation.aliases.get('who')?.get('failed')).toBe('user')
  })

  test.each([
    ['type: event_count', 'type: event_cuont'],
    ['timespan: 5m', 'timespan: 5 minutes'],
    ['{gte: 10}', '{gte: many}'],
    ['{gte: 10}', '{}'],
    ['rules: [failed]', 'rules: []'],
    ['group-by', 'groupby'],
  ])('a correlation with %s as %s is an error', (from, to) => {
    expect(parse(CORRELATION.replace(from, to)).diagnostics.map((d) => d.severity)).toContain(
      'error',
    )
  })

  test('a filter', () => {
    const filter = value(`title: Ignore backups
logsource: {product: linux}
filter:
  rules: [a, b]
  selection: {User: backup}
  condition: not selection
`) as SigmaFilter
    expect(filter).toMatchObject({ kind: 'filter', rules: ['a', 'b'] })
    expect([...filter.detection.selections.keys()]).toEqual(['selection'])
  })

  test('several documents in one file, the sound ones are read beside the broken', () => {
    const { documents } = parse(`${RULE}---\ntitle: x\n---\n${CORRELATION}`)
    expect(documents.map((d) => d.value?.kind)).toEqual(['rule', undefined, 'correlation'])
    expect(documents.map((d) => d.diagnostics.length)).toEqual([0, 2, 0])
    expect(documents[0]?.value?.text).toBe(RULE)
  })

  test('action global, repeat and reset share keys', () => {
    const { documents, diagnostics } = parse(`action: global
title: Shared
logsource: {product: windows}
detection:
  condition: selection
---
detection:
  selection: {EventID: 1}
---
action: repeat
logsource: {service: system}
---
action: reset
---
title: Alone
`)
    const rules = documents.map((d) => d.value as SigmaRule | undefined)
    expect(rules.map((r) => r?.logsource)).toEqual([
      { product: 'windows' },
      { product: 'windows', service: 'system' },
      undefined,
    ])
    expect(rules[0]?.text).toContain('action: global')
    expect(diagnostics.every((d) => d.message.startsWith('rule "Alone"'))).toBe(true)
  })
})

test('never throws for damaged rules', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ':',
      '- ',
      '\n',
      '  ',
      '|',
      "'",
      '"',
      '{',
      '[',
      '}',
      ']',
      '&a ',
      '*a',
      '\t',
      '---\n',
      '\0',
      '%',
      '!',
      '? ',
      '>',
      '#',
    ),
    fc.string({ maxLength: 4 }),
  )
  const edit = fc.tuple(fc.nat(RULE.length), fc.nat(6), piece)
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      let text = RULE
      for (const [at, cut, put] of edits) text = text.slice(0, at) + put + text.slice(at + cut)
      const { documents, diagnostics } = parse(text)
      for (const diagnostic of diagnostics) expect(diagnostic.line).toBeGreaterThan(0)
      if (documents.every((d) => d.value === undefined))
        expect(diagnostics.length).toBeGreaterThan(0)
    }),
    { numRuns: 1500 },
  )
}, 60_000)
