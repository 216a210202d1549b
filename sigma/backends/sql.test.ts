import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { expr as anyExpr, text } from '../eval/arbitraries.ts'
import { evaluate } from '../eval/evaluate.ts'
import type { FieldValue, SigmaEvent } from '../event.ts'
import type { Expr, Test } from '../ir/expr.ts'
import { openClickhouse } from './clickhouse-engine.ts'
import type { SqlTable } from './dialect.ts'
import { type SqlTarget, sqlCondition, sqlOfRule } from './sql.ts'

const clickhouse = await openClickhouse()
afterAll(() => clickhouse?.close())

const NAMES = ['a', 'b', 'a.b', 'a.b.c', 'b.a', 'x y', '__proto__', "o'k"]
const special = fc.constantFrom(
  "'",
  '"',
  '\\',
  '%',
  '_',
  '%a_',
  '[a]',
  '*',
  '\u{1F600}',
  '\n',
  'é\u0301',
)
const scalar: fc.Arbitrary<FieldValue> = fc.oneof(
  text,
  special,
  fc.tuple(text, special, text).map((parts) => parts.join('')),
  fc.constantFrom(0, 1, -1, 10, 1.5, 4624),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('true', 'FALSE', '1.50', '1e1', '.5', '5.', '1e', '+', '10.0.0.1', '::1'),
)
const flat = fc
  .array(
    fc.tuple(fc.constantFrom(...NAMES), fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))),
    {
      maxLength: 4,
    },
  )
  .map((entries) => Object.fromEntries(entries) as Record<string, FieldValue>)

const eventOf = fc
  .record({ fields: flat, message: text, raw: fc.oneof(text, fc.constant('{"a":"b"}')) })
  .map(
    (own): SigmaEvent => ({
      ...{ time: 0, source: '', pivots: {}, ...own },
      logsource: { category: [], service: [], closed: false },
    }),
  )

/** Literals with what SQL gives a meaning to. */
const quoted: fc.Arbitrary<Expr> = fc
  .record({
    name: fc.constantFrom(...NAMES),
    kind: fc.constantFrom('equals', 'startswith', 'endswith', 'contains'),
    value: fc.oneof(
      special,
      fc.tuple(text, special).map((parts) => parts.join('')),
    ),
    cased: fc.boolean(),
  })
  .map(({ name, ...rest }) => ({
    kind: 'match',
    target: { scope: 'field', name },
    test: rest as Test,
  }))
const exprOf = fc.oneof({ weight: 3, arbitrary: anyExpr }, quoted)

const ROWS = 25
const EXPRS = 12

type Answers = boolean[][]

function sqliteAnswers(events: readonly SigmaEvent[], conditions: readonly string[]): Answers {
  const db = new Database(':memory:')
  db.run(
    'CREATE TABLE events (id INTEGER, time INTEGER, fields TEXT, message TEXT, raw TEXT, user TEXT, service TEXT)',
  )
  const insert = db.query('INSERT INTO events VALUES (?, 0, ?, ?, ?, NULL, NULL)')
  for (const [n, { fields, message, raw }] of events.entries()) {
    insert.run(n, JSON.stringify(fields), message, raw)
  }
  const answers = conditions.map((condition) => {
    const rows = db.query(`SELECT id FROM events WHERE ${condition}`).values() as [number][]
    const ids = new Set(rows.map(([id]) => id))
    return events.map((_, n) => ids.has(n))
  })
  db.close()
  return answers
}

async function clickhouseAnswers(
  events: readonly SigmaEvent[],
  conditions: readonly string[],
): Promise<Answers> {
  await clickhouse!.query('CREATE DATABASE IF NOT EXISTS t; DROP TABLE IF EXISTS t.events')
  await clickhouse!.query(
    'CREATE TABLE t.events (id UInt32, time Int64, fields String, message String, raw String, user Nullable(String), service Nullable(String)) ENGINE = Memory',
  )
  const rows = events.map(({ fields, message, raw }, id) =>
    JSON.stringify({ id, time: 0, fields: JSON.stringify(fields), message, raw }),
  )
  await clickhouse!.query(`INSERT INTO t.events FORMAT JSONEachRow ${rows.join('\n')}`)
  const answers: Answers = []
  for (const condition of conditions) {
    const answer = await clickhouse!.query(`SELECT id FROM t.events WHERE ${condition}`, 'TSV')
    const ids = new Set(answer.split('\n').filter(Boolean).map(Number))
    answers.push(events.map((_, n) => ids.has(n)))
  }
  return answers
}

async function differential(
  target: SqlTarget,
  answersOf: (
    events: readonly SigmaEvent[],
    conditions: readonly string[],
  ) => Answers | Promise<Answers>,
  runs: number,
): Promise<void> {
  let said = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(eventOf, { minLength: 1, maxLength: ROWS }),
      fc.array(exprOf, { minLength: 1, maxLength: EXPRS }),
      async (events, exprs) => {
        const able = exprs.flatMap((expr) => {
          const made = sqlCondition(expr, target)
          return 'sql' in made ? [{ expr, sql: made.sql }] : []
        })
        said += able.length
        const answers = await answersOf(
          events,
          able.map(({ sql }) => sql),
        )
        for (const [n, { expr }] of able.entries()) {
          expect(answers[n]).toEqual(events.map((event) => evaluate(expr, event)))
        }
      },
    ),
    { numRuns: runs },
  )
  expect(said).toBeGreaterThan(runs)
}

describe('SQL means what the evaluator means', () => {
  test('SQLite', () => differential('sqlite', sqliteAnswers, 300), 60_000)
  test.skipIf(clickhouse === undefined)(
    'ClickHouse',
    () => differential('clickhouse', clickhouseAnswers, 40),
    120_000,
  )
})

const match = (test: Test): Expr => ({ kind: 'match', target: { scope: 'field', name: 'a' }, test })

describe('what a dialect cannot say is refused by name', () => {
  test.each([
    ['sqlite', match({ kind: 'regex', pattern: '.{9000}', flags: '' }), 'sql-regex-too-large'],
    ['sqlite', match({ kind: 'words', words: ['a'] }), 'sql-words-unsupported'],
    [
      'clickhouse',
      match({ kind: 'timepart', part: 'hour', op: 'eq', value: 1 }),
      'sql-timepart-unsupported',
    ],
    [
      'clickhouse',
      match({ kind: 'fieldref', name: 'b', op: 'equals', cased: false }),
      'sql-fieldref-unsupported',
    ],
  ] as const)('%s %j', (target, expr, code) => {
    expect(sqlOfRule(expr, target)).toMatchObject({ code })
  })

  test('keywords need one JSON column', () => {
    const expr: Expr = {
      kind: 'match',
      target: { scope: 'keyword' },
      test: { kind: 'contains', value: 'a', cased: false },
    }
    const columns: SqlTable = {
      table: 't',
      layout: 'columns',
      fields: '',
      message: 'm',
      raw: 'r',
      time: 't',
      id: 'i',
    } as const
    expect(sqlOfRule(expr, 'sqlite', columns)).toMatchObject({ code: 'sql-keywords-need-json' })
  })
})

describe('a long list of values', () => {
  const anyOf = (values: number): Expr => ({
    kind: 'or',
    args: Array.from({ length: values }, (_, n) =>
      match({ kind: 'contains', value: `sha256=${n}skin`, cased: false }),
    ),
  })

  test.skipIf(clickhouse === undefined)('is read by ClickHouse as it comes', async () => {
    const made = sqlOfRule(anyOf(2_000), 'clickhouse')
    if (!('sql' in made)) throw new Error(made.message)
    await clickhouse!.query('CREATE DATABASE IF NOT EXISTS t; DROP TABLE IF EXISTS t.long')
    await clickhouse!.query(
      'CREATE TABLE t.long (id UInt32, fields String, message String, raw String) ENGINE = Memory',
    )
    await clickhouse!.query(
      `INSERT INTO t.long VALUES (1, '{"a":"x SHA256=1999ſ\u212Ain"}', '', ''), (2, '{"a":"sha256=2000skin"}', '', '')`,
    )
    const sql = made.sql.replace('*', 'id').replace('`events`', 't.long')
    expect((await clickhouse!.query(sql, 'TSV')).trim()).toBe('1')
  })

  test('that no statement can hold is refused by name', () => {
    expect(sqlOfRule(anyOf(20_000), 'clickhouse')).toMatchObject({ code: 'sql-too-large' })
    expect(sqlOfRule(anyOf(20_000), 'sqlite')).toHaveProperty('sql')
  })
})

const octet = fc.oneof(
  fc.constantFrom('0', '1', '10', '255', '256', '01', ''),
  fc.nat(300).map(String),
)
const group = fc.constantFrom('0', '1', 'ffff', 'FFFF', 'fe80', '0a00', '00001', 'g', '', '::', ':')
const dotted = fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.'))
const address = fc.oneof(
  dotted,
  fc.constantFrom('10.0.0.1', '10.255.0.1', '::ffff:10.0.0.1', '::FFFF:a00:1', 'fe80::1%eth0'),
  fc.constantFrom('::', '::1', '1::', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '1:2:3:4:5:6:1.2.3.4'),
  fc.constantFrom(
    '::1%é:\u{1F600}',
    '10.0.0.1%a',
    '10.0.0.1\0',
    '::1\0%a',
    '::1%\0',
    ':::',
    '1::2::3',
  ),
  fc.array(group, { minLength: 1, maxLength: 9 }).map((groups) => groups.join(':')),
  fc
    .tuple(fc.array(group, { maxLength: 7 }), dotted)
    .map(([groups, end]) => [...groups, end].join(':')),
)
const network = fc.oneof(
  fc.nat(32).map((bits) => `10.128.3.200/${bits}`),
  fc.nat(128).map((bits) => `fe80:0:0:ab::1/${bits}`),
  fc.constantFrom('0.0.0.0/0', '::/0', '::1/128', '10.0.0.0/8', '::ffff:10.0.0.0/20', '::/96'),
)

test('SQLite takes the same texts for addresses within a network', () => {
  let held = 0
  fc.assert(
    fc.property(fc.array(address, { minLength: 1, maxLength: 20 }), network, (texts, net) => {
      const expr = match({ kind: 'cidr', network: net })
      const made = sqlCondition(expr, 'sqlite')
      if (!('sql' in made)) return expect(net).toContain('ffff:10')
      const events = texts.map(
        (a): SigmaEvent => ({
          ...{ time: 0, source: '', pivots: {}, message: '', raw: '', fields: { a } },
          logsource: { category: [], service: [], closed: false },
        }),
      )
      const own = events.map((event) => evaluate(expr, event))
      held += own.filter(Boolean).length
      expect(sqliteAnswers(events, [made.sql])[0]).toEqual(own)
    }),
    { numRuns: 500 },
  )
  expect(held).toBeGreaterThan(100)
}, 60_000)

describe('a column a field', () => {
  test.each(['sqlite', 'clickhouse'] as const)('%s reads it by its name, quoted', (target) => {
    const columns: SqlTable = {
      ...{ table: 'my"events`', layout: 'columns' as const, fields: '' },
      ...{ message: 'm', raw: 'r' },
      ...{ time: 't', id: 'i' },
    }
    const expr: Expr = {
      kind: 'match',
      target: { scope: 'field', name: 'Weird "name`' },
      test: { kind: 'contains', value: "it's", cased: false },
    }
    const made = sqlOfRule(expr, target, columns)
    const quote = target === 'sqlite' ? '`Weird "name```' : '`Weird "name\\``'
    expect('sql' in made && made.sql).toContain(quote)
    if (target !== 'sqlite' || !('sql' in made)) return
    const db = new Database(':memory:')
    db.run('CREATE TABLE "my""events`" ("Weird ""name`")')
    db.run(`INSERT INTO "my""events\`" VALUES ('x IT''S'), ('its'), (NULL)`)
    expect(db.query(made.sql).values()).toEqual([["x IT'S"]])
  })
})
