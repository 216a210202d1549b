import { describe, expect, test } from 'bun:test'
import { loadRules } from '../load.ts'
import { createCorrelator } from './engine.ts'
import type { FieldText } from './types.ts'

type Fields = Readonly<Record<string, FieldText>>

const rule = (id: string) => `---
title: ${id}
id: ${id}
name: n-${id}
logsource: {product: p}
detection: {s: {f: v}, condition: s}
`

/** Runs matches `[rule, second, fields]` and gives what held: id, second, listed events. */
function run(
  documents: string,
  matches: readonly (readonly [rule: string, second: number, fields: Fields])[],
) {
  const loaded = loadRules([{ path: 'c.yml', text: documents }])
  expect(loaded.refused).toEqual([])
  const engine = createCorrelator<Fields>(loaded.correlations, {
    read: (fields, name) => fields[name],
  })
  return matches.flatMap(([id, second, fields], ref) =>
    engine.push(engine.input(id)!, fields, second * 1000, 's', ref).map((firing) => ({
      id: firing.id,
      at: firing.time / 1000,
      key: firing.key,
      events: firing.events,
    })),
  )
}

const correlation = (id: string, body: string) =>
  `title: ${id}\nid: ${id}\nname: n-${id}\ncorrelation: {timespan: 1m, ${body}}\n`

describe('correlations over correlations', () => {
  const chain = [
    correlation('top', 'type: temporal_ordered, rules: [many, ok], group-by: [user]'),
    correlation('many', 'type: event_count, rules: [failed], group-by: [ip], condition: {gte: 2}'),
  ].join('---\n')
  const documents = chain + rule('failed') + rule('ok')

  test('group by their own fields, carried from the event that ended the window below', () => {
    const firings = run(documents, [
      ['failed', 1, { ip: '1', user: 'eve' }],
      ['failed', 2, { ip: '1', user: 'bob' }],
      ['ok', 3, { ip: '2', user: 'bob' }],
      ['ok', 4, { ip: '1', user: 'eve' }],
    ])
    expect(firings).toEqual([
      { id: 'many', at: 2, key: ['1'], events: [0, 1] },
      { id: 'top', at: 3, key: ['bob'], events: [0, 1, 2] },
    ])
  })

  test('see every time that the one below holds, so that a long attack is still seen', () => {
    const attack = Array.from(
      { length: 100 },
      (_, n) => ['failed', n * 2, { ip: '1', user: 'bob' }] as const,
    )
    const firings = run(documents, [...attack, ['ok', 201, { user: 'bob' }]])
    expect(firings.filter(({ id }) => id === 'top').map(({ at }) => at)).toEqual([201])
  })
})

test('aliases bring different fields of different rules together', () => {
  const documents =
    correlation(
      'c',
      'type: temporal, rules: [n-a, b], group-by: [host], aliases: {host: {n-a: src, b: dst}}',
    ) +
    rule('a') +
    rule('b')
  const firings = run(documents, [
    ['a', 1, { src: 'x', dst: 'y' }],
    ['b', 2, { src: 'x', dst: 'y' }],
    ['b', 3, { src: 'z', dst: 'x' }],
  ])
  expect(firings).toEqual([{ id: 'c', at: 3, key: ['x'], events: [0, 2] }])
})

test('boolean conditions look at what the window holds', () => {
  const documents =
    correlation('c', 'type: temporal, group-by: [u], condition: (a or b) and not d') +
    rule('a') +
    rule('b') +
    rule('d')
  const firings = run(documents, [
    ['a', 1, { u: 'x' }],
    ['d', 2, { u: 'x' }],
    ['a', 3, { u: 'x' }],
    ['b', 63, { u: 'x' }],
  ])
  expect(firings.map(({ at }) => at)).toEqual([1, 63])
})

test('a list of fields counts combinations, and wants them all', () => {
  const documents =
    correlation('c', 'type: value_count, rules: [a], condition: {field: [u, ip], gte: 3}') +
    rule('a')
  const firings = run(documents, [
    ['a', 1, { u: 'x', ip: '1' }],
    ['a', 2, { u: 'x', ip: '2' }],
    ['a', 3, { u: 'x', ip: '1' }],
    ['a', 4, { u: 'y' }],
    ['a', 5, { u: 'x1', ip: '' }],
    ['a', 6, { u: '', ip: 'x1' }],
  ])
  expect(firings.map(({ at }) => at)).toEqual([5, 6])
})

test('an ordered chain may take part of the rules, when the condition says how many', () => {
  const documents =
    correlation('c', 'type: temporal_ordered, rules: [a, b, d], condition: {gte: 2}') +
    rule('a') +
    rule('b') +
    rule('d')
  const firings = run(documents, [
    ['b', 1, {}],
    ['a', 2, {}],
    ['d', 3, {}],
  ])
  expect(firings.map(({ at }) => at)).toEqual([3])
})

test('an event that two rules match counts once, though a correlation holds in between', () => {
  const documents = [
    correlation('top', 'type: event_count, rules: [a, low, b], condition: {gte: 3}'),
    correlation('low', 'type: event_count, rules: [a], condition: {gte: 1}'),
  ].join('---\n')
  const firings = run(documents + rule('a') + rule('b'), [['a', 1, {}]])
  expect(firings.map(({ id }) => id)).toEqual(['low'])
  const loaded = loadRules([{ path: 'c.yml', text: documents + rule('a') + rule('b') }])
  const engine = createCorrelator<Fields>(loaded.correlations, { read: () => undefined })
  const found = ['a', 'b'].flatMap((id) => engine.push(engine.input(id)!, {}, 1, 's', 'one event'))
  expect(found.map(({ id }) => id)).toEqual(['low'])
})

test('a late event with several values is weighed with all of them', () => {
  const documents = correlation(
    'c',
    'type: value_percentile, rules: [a], condition: {field: n, gte: 50, lt: 100}',
  )
  const firings = run(documents + rule('a'), [
    ['a', 10, { n: 'x' }],
    ['a', 9, { n: ['1', '2', '3'] }],
  ])
  expect(firings).toEqual([])
})

describe('all that one event brings counts together', () => {
  const pushed = (documents: string, ids: readonly string[], fields: Fields = {}) => {
    const text = documents + ['a', 'b', 'd'].map(rule).join('')
    const loaded = loadRules([{ path: 'c.yml', text }])
    expect(loaded.refused).toEqual([])
    const engine = createCorrelator<Fields>(loaded.correlations, {
      read: (event, name) => event[name],
    })
    const matches = ids.map((id) => ({ input: engine.input(id)!, event: fields }))
    return engine.pushEvent(matches, 1000, 's', 1).map(({ id, events }) => ({ id, events }))
  }

  test('a rule that is negated, and matches too', () => {
    const documents = correlation('c', 'type: temporal, condition: a and not b')
    expect(pushed(documents, ['a'])).toEqual([{ id: 'c', events: [1] }])
    expect(pushed(documents, ['a', 'b'])).toEqual([])
    expect(pushed(documents, ['b', 'a'])).toEqual([])
  })

  test('a correlation that is negated, and holds with it', () => {
    const low = correlation('low', 'type: event_count, rules: [b], condition: {gte: 1}')
    const documents = [
      correlation('c', 'type: temporal, condition: a and not lows'),
      low.replace('name: n-low', 'name: lows'),
    ].join('---\n')
    expect(pushed(documents, ['a', 'b'])).toEqual([{ id: 'low', events: [1] }])
    expect(pushed(documents, ['a'])).toEqual([{ id: 'c', events: [1] }])
  })

  test('an upper bound on the number of rules', () => {
    const documents = correlation('c', 'type: temporal, rules: [a, b, d], condition: {lte: 1}')
    expect(pushed(documents, ['a', 'b'])).toEqual([])
    expect(pushed(documents, ['d'])).toEqual([{ id: 'c', events: [1] }])
  })

  test('the chain of ordered rules; the event is listed once', () => {
    const documents = correlation('c', 'type: temporal_ordered, rules: [a, b]')
    expect(pushed(documents, ['b', 'a'])).toEqual([{ id: 'c', events: [1] }])
    expect(pushed(documents.replace('[a, b]', '[a, b], condition: {eq: 1}'), ['a', 'b'])).toEqual(
      [],
    )
  })

  test('the values that aliases give it', () => {
    const body =
      'type: value_count, rules: [a, b], aliases: {v: {a: x, b: y}}, condition: {field: v, gte: 2}'
    expect(pushed(correlation('c', body), ['a', 'b'], { x: '1', y: '2' })).toHaveLength(1)
    expect(pushed(correlation('c', body), ['a', 'b'], { x: '1', y: '1' })).toEqual([])
  })
})

test('ordered rules: an event that comes in before another one of its time is seen by it', () => {
  const documents = correlation('c', 'type: temporal_ordered, rules: [b, a]')
  const loaded = loadRules([{ path: 'c.yml', text: documents + rule('a') + rule('b') }])
  const engine = createCorrelator<Fields>(loaded.correlations, { read: () => undefined })
  const match = (id: string) => ({ input: engine.input(id)!, event: {} })
  expect(engine.pushEvent([match('a')], 1000, 's', 1)).toEqual([])
  const found = engine.pushEvent([match('a'), match('b')], 1000, 's', 2)
  expect(found.map(({ ref }) => ref)).toEqual([1, 2])
})
