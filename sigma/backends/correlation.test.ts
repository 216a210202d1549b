import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { createCorrelator } from '../correlate/engine.ts'
import { correlationText } from '../correlate/text.ts'
import { evaluate } from '../eval/evaluate.ts'
import type { SigmaEvent } from '../event.ts'
import { loadRules } from '../load.ts'
import type { LoadedRules } from '../rule.ts'
import { openClickhouse } from './clickhouse-engine.ts'
import { sqlOfCorrelation } from './correlation.ts'
import type { SqlTarget } from './sql.ts'

setDefaultTimeout(60_000)

const clickhouse = await openClickhouse()
afterAll(() => clickhouse?.close())

const rule = (id: string) => `---
title: ${id}
id: ${id}
logsource: {product: p}
detection: {s: {kind: '${id}*'}, condition: s}
`
const load = (body: string): LoadedRules =>
  loadRules([
    {
      path: 'c.yml',
      text: `title: c\nid: c\ncorrelation: {timespan: 1s, ${body}}\n${rule('a')}${rule('b')}${rule('d')}${BELOW}`,
    },
  ])

const rows = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 700 }),
      kind: fc.constantFrom('a', 'b', 'ab', 'c', 'd'),
      user: fc.constantFrom(undefined, '', 'x', 'X', "o'k"),
      host: fc.constantFrom('x', 'X'),
      n: fc.constantFrom(undefined, 1, 2, '3', 'no', 2.5),
      m: fc.constantFrom(undefined, 1, 2),
    }),
    { maxLength: 30 },
  )
  .map((steps) => {
    let time = 1_000_000
    return steps.map(({ step, ...fields }): SigmaEvent => {
      time += step
      const own = Object.entries(fields).filter(([, value]) => value !== undefined)
      return {
        ...{ time, source: 's', pivots: {}, message: '', raw: '' },
        fields: Object.fromEntries(own) as SigmaEvent['fields'],
        logsource: { category: [], service: [], closed: false },
      }
    })
  })

function engineAnswers(
  { rules, correlations }: LoadedRules,
  events: readonly SigmaEvent[],
): number[] {
  const engine = createCorrelator<SigmaEvent>(correlations, { read: correlationText })
  const found = new Set<number>()
  for (const [ref, event] of events.entries()) {
    const matches = rules.flatMap(({ id, expr }) => {
      const input = engine.input(id)
      return input === undefined || !evaluate(expr, event) ? [] : [{ input, event }]
    })
    for (const firing of engine.pushEvent(matches, event.time, 's', ref))
      if (firing.id === 'c') found.add(Number(firing.ref))
  }
  return [...found].sort((a, b) => a - b)
}

/** What answers a query over events again and again: the query is planned once. */
interface Engine {
  answers(events: readonly SigmaEvent[]): number[] | Promise<number[]>
  close(): unknown
}

function openSqlite(sql: string): Engine {
  const db = new Database(':memory:')
  db.run('CREATE TABLE events (id INTEGER, time INTEGER, fields TEXT, message TEXT, raw TEXT)')
  const insert = db.query("INSERT INTO events VALUES (?, ?, ?, '', '')")
  const select = db.query(sql)
  return {
    answers: (events) => {
      db.run('DELETE FROM events')
      for (const [id, { time, fields }] of events.entries())
        insert.run(id, time, JSON.stringify(fields))
      return (select.values() as [number][]).map(([id]) => id).sort((a, b) => a - b)
    },
    close: () => db.close(),
  }
}

async function openTable(sql: string): Promise<Engine> {
  await clickhouse!.query('CREATE DATABASE IF NOT EXISTS c; DROP TABLE IF EXISTS c.events')
  await clickhouse!.query(
    'CREATE TABLE c.events (id UInt32, time Int64, fields String, message String, raw String) ENGINE = Memory',
  )
  return {
    answers: async (events) => {
      await clickhouse!.query('TRUNCATE TABLE c.events')
      const lines = events.map(({ time, fields }, id) =>
        JSON.stringify({ id, time, fields: JSON.stringify(fields), message: '', raw: '' }),
      )
      if (lines.length > 0)
        await clickhouse!.query(`INSERT INTO c.events FORMAT JSONEachRow ${lines.join('\n')}`)
      const answer = await clickhouse!.query(sql.replaceAll('`events`', 'c.events'), 'TSV')
      return answer
        .split('\n')
        .filter(Boolean)
        .map((line) => Number(line.split('\t')[0]))
        .sort((a, b) => a - b)
    },
    close: () => clickhouse!.query('DROP TABLE c.events'),
  }
}

const CASES = [
  ['event_count', 'type: event_count, rules: [a], group-by: [user], condition: {gte: 2}'],
  [
    'event_count of two rules, no group',
    'type: event_count, rules: [a, b], condition: {gt: 2, lte: 4}',
  ],
  [
    'value_count',
    'type: value_count, rules: [a, b], group-by: [user], condition: {field: n, gte: 2}',
  ],
  ['value_sum', 'type: value_sum, rules: [a, b], group-by: [user], condition: {field: n, gte: 4}'],
  ['value_avg', 'type: value_avg, rules: [a, b], condition: {field: n, lt: 2}'],
  ['value_median', 'type: value_median, rules: [a, b], condition: {field: n, gte: 2}'],
  [
    'value_percentile',
    'type: value_percentile, rules: [a], condition: {field: n, percentile: 90, gte: 2}',
  ],
  ['temporal', 'type: temporal, rules: [a, b], group-by: [user]'],
  ['temporal_ordered', 'type: temporal_ordered, rules: [b, a], group-by: [user]'],
  ['at most one rule', 'type: temporal, rules: [a, b], condition: {lte: 1}'],
  [
    'groups by aliases',
    'type: temporal, rules: [a, b], group-by: [who, host], aliases: {who: {a: user, b: host}}',
  ],
  [
    'a count in groups by aliases',
    'type: event_count, rules: [a, b], group-by: [who], aliases: {who: {a: user, b: host}}, condition: {gte: 3}',
  ],
  [
    'a median in groups by aliases',
    'type: value_median, rules: [a, b], group-by: [who], aliases: {who: {a: user, b: host}}, condition: {field: n, gt: 1}',
  ],
  [
    'values by aliases',
    'type: value_sum, rules: [a, b], aliases: {v: {a: n, b: m}}, condition: {field: v, gte: 4}',
  ],
  ['three in order, no group', 'type: temporal_ordered, rules: [b, d, a]'],
  ['two of three in order', 'type: temporal_ordered, rules: [a, d, b], condition: {eq: 2}'],
  ['one of two in order', 'type: temporal_ordered, rules: [a, b], condition: {lt: 2}'],
  ['one and not the other', 'type: temporal, group-by: [user], condition: a and not b'],
  ['two of three', 'type: temporal, rules: [a, b, d], condition: 2 of them'],
  ['median below', 'type: value_median, rules: [a, b], condition: {field: n, lte: 2}'],
  [
    'percentile of a group',
    'type: value_percentile, rules: [a, b], group-by: [user], condition: {field: n, percentile: 33.5, gt: 1, lt: 2.4}',
  ],
  ['the share of a value', 'type: value_percentile, rules: [a], condition: {field: n, gte: 50}'],
] as const

/** Below others: `low` counts, `pair` sees two rules, `mid` is over `low`. */
const BELOW = `---
title: low
id: low
correlation: {type: event_count, rules: [a], group-by: [user], timespan: 1s, condition: {gte: 2}}
---
title: pair
id: pair
correlation: {type: temporal, rules: [b, d], timespan: 700ms}
---
title: mid
id: mid
correlation: {type: event_count, rules: [low], group-by: [user], timespan: 2s, condition: {gte: 2}}
---
title: amount
id: amount
correlation: {type: value_sum, rules: [low, b], group-by: [user], timespan: 2s, condition: {field: m, gte: 2}}
`.replace('700ms', '1s')

const CHAINS = [
  ['a count of firings', 'type: event_count, rules: [low], group-by: [user], condition: {gte: 2}'],
  ['a count of all firings', 'type: event_count, rules: [low], condition: {gte: 3}'],
  ['firings and events', 'type: event_count, rules: [low, b], condition: {gte: 3}'],
  ['firings of two', 'type: event_count, rules: [low, pair], condition: {gte: 2}'],
  ['a firing and a rule', 'type: temporal, rules: [low, d], group-by: [user]'],
  ['a firing, then a rule', 'type: temporal_ordered, rules: [low, d], group-by: [user]'],
  ['a rule, then a firing', 'type: temporal_ordered, rules: [d, low]'],
  ['a firing and not a rule', 'type: temporal, rules: [low, b], condition: low and not b'],
  ['different groups', 'type: value_count, rules: [low], condition: {field: user, gte: 2}'],
  ['a carried number', 'type: value_sum, rules: [low], condition: {field: n, gte: 3}'],
  ['a carried text', 'type: value_count, rules: [pair], condition: {field: user, gte: 2}'],
  ['a carried group', 'type: event_count, rules: [pair], group-by: [n], condition: {gte: 2}'],
  ['a median of carried', 'type: value_median, rules: [low, b], condition: {field: n, gte: 2}'],
  ['three levels', 'type: event_count, rules: [mid], group-by: [user], condition: {gte: 2}'],
  ['three levels, mixed', 'type: temporal, rules: [mid, pair]'],
  [
    'three levels and a carried number',
    'type: value_avg, rules: [mid], condition: {field: n, lt: 3}',
  ],
  [
    'a sum, and another field carried past it',
    'type: value_count, rules: [amount], condition: {field: n, gte: 2}',
  ],
  [
    'an alias for a group below',
    'type: temporal, rules: [low, b], group-by: [who], aliases: {who: {low: user, b: user}}',
  ],
] as const

async function compare(target: SqlTarget, body: string, runs: number): Promise<void> {
  const loaded = load(body)
  const top = loaded.correlations.find(({ id }) => id === 'c')!
  const made = sqlOfCorrelation(top, loaded, target)
  if (!('sql' in made)) throw new Error(made.message)
  const { sql } = made
  const { answers, close } = target === 'sqlite' ? openSqlite(sql) : await openTable(sql)
  await fc.assert(
    fc.asyncProperty(rows, async (events) => {
      expect(await answers(events)).toEqual(engineAnswers(loaded, events))
    }),
    { numRuns: runs },
  )
  await close()
}

describe('correlations in SQL find what the engine finds', () => {
  test.each(CASES)('SQLite: %s', (_, body) => compare('sqlite', body, 150))
  test.each(CHAINS)('SQLite, over correlations: %s', (_, body) => compare('sqlite', body, 150))
  test.skipIf(clickhouse === undefined).each([...CASES, ...CHAINS])(
    'ClickHouse: %s',
    (_, body) => compare('clickhouse', body, 15),
    60_000,
  )
})

test('what a correlation reads must be there', () => {
  const loaded = load('type: event_count, rules: [low], condition: {gte: 2}')
  const top = loaded.correlations.find(({ id }) => id === 'c')!
  const without = { rules: loaded.rules, correlations: [top] }
  expect(sqlOfCorrelation(top, without, 'sqlite')).toMatchObject({ code: 'sql-input-missing' })
  const low = loaded.correlations.find(({ id }) => id === 'low')!
  const noRules = { rules: [], correlations: loaded.correlations }
  expect(sqlOfCorrelation(low, noRules, 'sqlite')).toMatchObject({ code: 'sql-input-missing' })
})
