import { describe, expect, test } from 'bun:test'
import { loadRules } from './load.ts'

const rule = (id: string, selection = '{a: b}') => `title: ${id || 'nameless'}
${id === '' ? '' : `id: ${id}\n`}level: low
logsource: {product: linux}
detection:
  selection: ${selection}
  condition: selection
`
const load = (...texts: string[]) =>
  loadRules(texts.map((text, i) => ({ path: `rules/${i}.yml`, text })))

describe('loadRules', () => {
  test('gives what runs with all that alerts need', () => {
    const { rules, refused, diagnostics } = load(rule('one'))
    expect(refused).toEqual([])
    expect(diagnostics).toEqual([])
    expect(rules).toMatchObject([
      {
        id: 'one',
        title: 'one',
        level: 'low',
        logsource: { product: 'linux' },
        path: 'rules/0.yml',
        line: 1,
        text: rule('one'),
        conditionText: 'selection',
        condition: { kind: 'selection', name: 'selection' },
        expr: { kind: 'match' },
      },
    ])
    expect(rules[0]?.selections.get('selection')).toBe(rules[0]!.expr)
  })

  test('each document is either loaded or refused by name', () => {
    const { rules, refused } = load(
      `${rule('one')}---\n${rule('two', '{a|expand: "%x%"}')}---\n${rule('three')}`,
      'title: c\ncorrelation: {type: event_count, rules: [four], timespan: 5m, condition: {gte: 2}}',
      'title: f\nlogsource: {product: p}\nfilter: {rules: any, s: {a|re: "("}, condition: s}',
      'broken: [',
      '',
    )
    expect(rules.map((r) => r.id)).toEqual(['one', 'three'])
    expect(refused.map((r) => [r.reason, r.kind, r.path, r.line])).toEqual([
      ['placeholder-unsupported', 'rule', 'rules/0.yml', 9],
      ['correlation-rule-unknown', 'correlation', 'rules/1.yml', 1],
      ['regex-syntax', 'filter', 'rules/2.yml', 1],
      ['yaml-syntax', 'unknown', 'rules/3.yml', 1],
      ['file-empty', 'unknown', 'rules/4.yml', 1],
    ])
    for (const r of refused) expect(r.message).not.toBe('')
  })

  test('a rule without an id goes by its path, with a warning', () => {
    const { rules, diagnostics } = load(`${rule('')}---\n${rule('')}`)
    expect(rules.map((r) => r.id)).toEqual(['path:rules/0.yml', 'path:rules/0.yml:8'])
    expect(diagnostics.map((d) => [d.code, d.severity])).toEqual([
      ['id-missing', 'warning'],
      ['id-missing', 'warning'],
    ])
  })

  test('a second rule of one id is refused, naming the first', () => {
    const { rules, refused } = load(rule('one'), rule('one'))
    expect(rules.map((r) => r.path)).toEqual(['rules/0.yml'])
    expect(refused).toMatchObject([{ reason: 'id-duplicate', path: 'rules/1.yml' }])
    expect(refused[0]?.message).toContain('rules/0.yml')
  })
})
