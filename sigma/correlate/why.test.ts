import { describe, expect, test } from 'bun:test'
import type { SigmaEvent } from '../event.ts'
import { loadRules } from '../load.ts'
import { whyCorrelation } from './why.ts'

const rule = (id: string) => `---
title: rule ${id}
id: ${id}
logsource: {product: p}
detection: {s: {kind: '${id}'}, condition: s}
`
const SECOND_MS = 1000

function event(second: number, fields: Readonly<Record<string, string | number>>): SigmaEvent {
  return {
    ...{ time: 1_000_000_000 + second * SECOND_MS, source: 's', pivots: {}, message: '', raw: '' },
    fields,
    logsource: { category: [], service: [], closed: false },
  }
}

/** `rows`: second, kind, user and more; the event asked for is the one at `at`. */
function explain(body: string, rows: readonly (readonly [number, string, object?])[], at: number) {
  const text = `title: c\nid: c\ncorrelation: {timespan: 10s, ${body}}\n${['a', 'b', 'd'].map(rule).join('')}`
  return explainTexts(text, rows, at)
}

function explainTexts(
  text: string,
  rows: readonly (readonly [number, string, object?])[],
  at: number,
) {
  const loaded = loadRules([{ path: 'c.yml', text }])
  const top = loaded.correlations.find(({ id }) => id === 'c')!
  const named = rows.map(([second, kind, more], ref) => ({
    ref,
    event: event(second, { kind, user: 'ana', ...more }),
  }))
  return whyCorrelation(top, loaded, named[at]!, named)
}

describe('a correlation that did not hold says what is missing', () => {
  const COUNT = 'type: event_count, rules: [a], group-by: [user], condition: {gte: 5}'
  test.each<[string, string, [number, string, object?][], number, string, string[]]>([
    [
      'events of its group, in its window',
      COUNT,
      [
        [0, 'a'],
        [1, 'a'],
        [2, 'a'],
        [3, 'a', { user: 'bob' }],
        [30, 'a'],
      ],
      1,
      '3 events, at least 5 asked',
      ['2 more events'],
    ],
    [
      'different values',
      'type: value_count, rules: [a], group-by: [user], condition: {field: host, gte: 3}',
      [
        [0, 'a', { host: 'x' }],
        [1, 'a', { host: 'y' }],
        [2, 'a', { host: 'x' }],
      ],
      0,
      '2 different values of host, at least 3 asked',
      ['1 more different value of host'],
    ],
    [
      'a rule of a temporal correlation',
      'type: temporal, rules: [a, b, d], group-by: [user]',
      [
        [0, 'a'],
        [1, 'd'],
      ],
      0,
      '2 of the rules matched, at least 3 asked',
      ['rule b has not matched'],
    ],
    [
      'the order',
      'type: temporal_ordered, rules: [a, b], group-by: [user]',
      [
        [0, 'b'],
        [1, 'a'],
      ],
      1,
      '1 of the rules matched in their order, at least 2 asked',
      ['all matched, but not in this order: rule a, rule b'],
    ],
    [
      'a sum',
      'type: value_sum, rules: [a], condition: {field: n, gt: 10}',
      [
        [0, 'a', { n: 4 }],
        [1, 'a', { n: 3 }],
      ],
      0,
      '7 is the sum of n, more than 10 asked',
      ['7 is the sum of n, more than 10 asked'],
    ],
  ])('%s', (_, body, rows, at, said, missing) => {
    const why = explain(body, rows, at)
    expect(why.fires).toBe(false)
    expect(why.windows).toMatchObject([{ fires: false, said, missing }])
  })

  test('an event without a value to group by is in no group', () => {
    const why = explain(COUNT, [[0, 'a', { user: '' }]], 0)
    expect(why.windows).toMatchObject([
      { fires: false, missing: ['the event has no user, so it is in no group'] },
    ])
  })

  test('an event that none of its rules matches is shown its group around that time', () => {
    const why = explain(
      COUNT,
      [
        [0, 'a'],
        [1, 'other'],
        [2, 'a'],
      ],
      1,
    )
    expect(why.inputs).toMatchObject([{ id: 'a', events: 2, matched: false }])
    expect(why.windows).toMatchObject([{ key: [{ name: 'user', value: 'ana' }], value: 2 }])
  })
})

describe('a correlation that held lists the window and its events', () => {
  test('also for an event before the one that completed it', () => {
    const rows = [0, 1, 2].map((second): [number, string] => [second, 'a'])
    const why = explain('type: event_count, rules: [a], condition: {gte: 3}', rows, 0)
    expect(why).toMatchObject({ fires: true, asked: 'at least 3 events' })
    const [window] = why.windows
    expect(window).toMatchObject({ fires: true, value: 3, missing: [], key: [] })
    expect(window!.events).toEqual([0, 1, 2].map((ref) => ({ ref, rules: ['a'] })))
    expect(window!.to - window!.from).toBe(2 * SECOND_MS)
  })

  test('not for an event whose windows do not reach it', () => {
    const rows: [number, string][] = [
      [0, 'a'],
      [20, 'a'],
      [21, 'a'],
      [22, 'a'],
    ]
    const body = 'type: event_count, rules: [a], condition: {gte: 3}'
    expect(explain(body, rows, 0).fires).toBe(false)
    expect(explain(body, rows, 1).fires).toBe(true)
  })

  test('through an alias, for either rule', () => {
    const body =
      'type: temporal, rules: [a, b], group-by: [who], aliases: {who: {a: user, b: target}}'
    const rows: [number, string, object?][] = [
      [0, 'a'],
      [1, 'b', { user: 'x', target: 'ana' }],
    ]
    expect(explain(body, rows, 0).fires).toBe(true)
    expect(explain(body, rows, 1).windows).toMatchObject([
      { fires: true, key: [{ name: 'who', value: 'ana' }], seen: ['a', 'b'] },
    ])
  })
})

test('a chain says of each correlation below how it stands', () => {
  const text = `title: c
id: c
correlation: {type: temporal_ordered, rules: [many, b], group-by: [user], timespan: 1m}
---
title: many
id: many
correlation: {type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: {gte: 2}}
${['a', 'b'].map(rule).join('')}`
  const rows: [number, string][] = [
    [0, 'a'],
    [1, 'a'],
    [20, 'b'],
    [21, 'b'],
  ]
  expect(explainTexts(text, rows, 0)).toMatchObject({ fires: true, below: [{ fires: true }] })
  const alone = explainTexts(
    text,
    [
      [0, 'a'],
      [20, 'b'],
    ],
    1,
  )
  expect(alone).toMatchObject({ fires: false, windows: [{ missing: ['many has not matched'] }] })
  const first = explainTexts(
    text,
    [
      [0, 'a'],
      [20, 'b'],
    ],
    0,
  )
  expect(first.below).toMatchObject([
    { id: 'many', fires: false, windows: [{ said: '1 event, at least 2 asked' }] },
  ])
})
