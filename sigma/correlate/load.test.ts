import { describe, expect, test } from 'bun:test'
import { loadRules } from '../load.ts'

const rule = (id: string, name = '') => `title: ${id}
id: ${id}
${name === '' ? '' : `name: ${name}\n`}logsource: {product: linux}
detection: {s: {a: b}, condition: s}
`
const correlation = (id: string, body: string) => `title: ${id}
id: ${id}
name: n-${id}
correlation: {timespan: 5m, ${body}}
`
const load = (...texts: string[]) => loadRules([{ path: 'c.yml', text: texts.join('---\n') }])
const count = 'type: event_count, condition: {gte: 2}'

describe('loadRules of correlations', () => {
  test('finds rules by id and by name, in any order, and correlations too', () => {
    const { correlations, refused, rules } = load(
      correlation('top', 'type: temporal_ordered, rules: [n-low, two]'),
      correlation('low', `${count}, rules: [first], group-by: [user]`),
      rule('one', 'first'),
      rule('two'),
    )
    expect(refused).toEqual([])
    expect(correlations.map(({ id, inputs }) => [id, inputs.map((input) => input.id)])).toEqual([
      ['top', ['low', 'two']],
      ['low', ['one']],
    ])
    expect(rules.map(({ id, feedsOnly }) => [id, feedsOnly])).toEqual([
      ['one', true],
      ['two', true],
    ])
    expect(correlations.map(({ feedsOnly }) => feedsOnly)).toEqual([false, true])
  })

  test('with generate the rules count on their own, too', () => {
    const { rules } = load(
      correlation('c', `${count}, rules: [one], generate: true`),
      correlation('d', `${count}, rules: [one, two]`),
      rule('one'),
      rule('two'),
    )
    expect(rules.map(({ feedsOnly }) => feedsOnly)).toEqual([false, true])
  })

  test('aliases go by id or name', () => {
    const { correlations } = load(
      correlation(
        'c',
        'type: temporal, rules: [first, two], group-by: [ip], aliases: {ip: {first: src, two: dst}}',
      ),
      rule('one', 'first'),
      rule('two'),
    )
    expect(correlations[0]!.inputs.map(({ aliases }) => aliases)).toEqual([
      { ip: 'src' },
      { ip: 'dst' },
    ])
  })

  test('a boolean condition names rules, and may be the only place that does', () => {
    const { correlations, refused } = load(
      correlation('c', 'type: temporal, condition: first and not two'),
      correlation('d', 'type: temporal_ordered, condition: two and first'),
      rule('one', 'first'),
      rule('two'),
    )
    expect(refused).toEqual([])
    expect(correlations.map(({ inputs }) => inputs.map(({ id }) => id))).toEqual([
      ['one', 'two'],
      ['two', 'one'],
    ])
    expect(correlations.map(({ expression }) => expression?.kind)).toEqual(['and', undefined])
  })

  test('a rule with a schedule is refused by name, and so is a schedule of its own', () => {
    const scheduled = `${rule('one')}trapline: {schedule: 15m}\n`
    const reading = load(correlation('c', `${count}, rules: [one]`), scheduled)
    expect(reading.refused).toMatchObject([{ id: 'c', reason: 'correlation-rule-scheduled' }])
    expect(reading.rules.map(({ id, feedsOnly }) => [id, feedsOnly])).toEqual([['one', false]])
    const own = load(
      `${correlation('c', `${count}, rules: [one]`)}trapline: {schedule: 15m}\n`,
      rule('one'),
    )
    expect(own.refused).toMatchObject([{ id: 'c', reason: 'correlation-scheduled' }])
  })

  const two = [rule('one'), rule('two')]
  test.each([
    ['an unknown rule', `${count}, rules: [on]`, 'correlation-rule-unknown'],
    ['a rule twice', `${count}, rules: [one, one]`, 'correlation-rule-repeated'],
    ['itself', `${count}, rules: [c]`, 'correlation-cycle'],
    ['an empty type', 'type: , condition: {gte: 2}, rules: [one]', 'correlation-invalid'],
    ['no field', 'type: value_count, condition: {gte: 2}, rules: [one]', 'correlation-invalid'],
    [
      'a field for nothing',
      'type: event_count, condition: {gte: 2, field: a}, rules: [one]',
      'correlation-invalid',
    ],
    [
      'a list where one field is summed',
      'type: value_sum, condition: {gte: 2, field: [a, b]}, rules: [one]',
      'correlation-invalid',
    ],
    [
      'a percentile over 100',
      'type: value_percentile, condition: {gte: 2, field: a, percentile: 101}, rules: [one]',
      'correlation-invalid',
    ],
    [
      'an alias of a foreign rule',
      `${count}, rules: [one], aliases: {x: {three: y}}`,
      'correlation-alias-unknown-rule',
    ],
    [
      'an order of alternatives',
      'type: temporal_ordered, condition: one or two',
      'correlation-condition-unsupported',
    ],
    ['text where a number is compared', 'type: event_count, condition: one', 'correlation-invalid'],
  ])('refuses %s', (_, body, code) => {
    const { refused } = load(correlation('c', body), ...two)
    expect(refused.map(({ reason }) => reason)).toEqual([code])
  })

  test.each([
    ['condition: {gte: 2}, generate: yes', 'generate', true],
    ['condition: {gte: 2}, generate: off', 'generate', false],
    ["condition: {gte: '3'}", 'ops', [{ op: 'gte', value: 3 }]],
  ])('reads %s as it is meant', (written, key, value) => {
    const body = `type: event_count, rules: [one], ${written}`
    const { correlations } = load(correlation('c', body), ...two)
    expect(correlations[0]).toMatchObject({ [key]: value })
  })

  test.each([
    `type: event_count, condition: {gte: 2}, rules: [one], generate: perhaps`,
    `type: value_percentile, rules: [one], condition: {gte: 2, field: x, percentile: most}`,
  ])('refuses %s', (body) => {
    const { refused } = load(correlation('c', body), ...two)
    expect(refused.map(({ reason }) => reason)).toEqual(['correlation-invalid'])
  })

  test('takes an alias of a rule that it does not read, and says so', () => {
    const body =
      'type: event_count, rules: [one], group-by: [x], condition: {gte: 2}, aliases: {x: {one: a, two: b}}'
    const { refused, diagnostics } = load(correlation('c', body), ...two)
    expect(refused).toEqual([])
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toContainEqual([
      'correlation-alias-unknown-rule',
      'warning',
    ])
  })

  test('refuses what reads a refused correlation, and a ring', () => {
    const { refused, correlations } = load(
      correlation('a', `${count}, rules: [b]`),
      correlation('b', `${count}, rules: [none]`),
      correlation('x', `${count}, rules: [y]`),
      correlation('y', `${count}, rules: [x]`),
      correlation('ok', `${count}, rules: [one]`),
      rule('one'),
    )
    expect(correlations.map(({ id }) => id)).toEqual(['ok'])
    expect(refused.map(({ id, reason }) => [id, reason])).toEqual([
      ['a', 'correlation-rule-refused'],
      ['b', 'correlation-rule-unknown'],
      ['x', 'correlation-cycle'],
      ['y', 'correlation-cycle'],
    ])
  })

  test('two rules of one name are told apart by id only', () => {
    const { refused } = load(
      correlation('c', `${count}, rules: [same]`),
      rule('one', 'same'),
      rule('two', 'same'),
    )
    expect(refused[0]?.reason).toBe('correlation-rule-ambiguous')
  })

  test('says that a rule of another file raises nothing itself any more', () => {
    const codes = (generate: string) =>
      loadRules([
        { path: 'a.yml', text: rule('one') },
        { path: 'b.yml', text: correlation('c', `${count}, rules: [one]${generate}`) },
      ]).diagnostics.map(({ code, severity }) => [code, severity])
    expect(codes('')).toEqual([['correlation-silences-rule', 'info']])
    expect(codes(', generate: true')).toEqual([])
  })
})
