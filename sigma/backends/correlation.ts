// Correlations as SQL: for each event its window, by time within its group. Events of one time count together, where the
// engine goes by arrival; of a list, the first value counts. What cannot be said exactly is refused by name.
import type { Diagnostic } from '../diagnostic.ts'
import type { Expr } from '../ir/expr.ts'
import type { Condition, LoadedCorrelation } from '../rule.ts'
import { type Dialect, SQL_TABLE_DEFAULT, SqlRefusal, type SqlTable } from './dialect.ts'
import { attempt, conditionOf, dialectOf, type SqlTarget } from './sql.ts'

const OPS = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', neq: '<>' } as const

/** The statement that selects the events whose window satisfies the correlation, with its worth. `exprOf` gives
 * the expression of a rule by id. */
export function sqlOfCorrelation(
  correlation: LoadedCorrelation,
  exprOf: (ruleId: string) => Expr | undefined,
  target: SqlTarget,
  table: SqlTable = SQL_TABLE_DEFAULT,
): { readonly sql: string } | Diagnostic {
  const dialect = dialectOf(target)
  return attempt(() => {
    const matches = matchesOf(correlation, exprOf, dialect, table)
    const keys = correlation.groupBy.map((_, n) => `g${n}`)
    return { sql: `WITH m AS (${matches}) ${worthOf(correlation, keys, target)}` }
  })
}

/** The matches: id, time, group values, and what is counted or told apart. */
function matchesOf(
  { inputs, groupBy, valueFields, type, percentile }: LoadedCorrelation,
  exprOf: (ruleId: string) => Expr | undefined,
  dialect: Dialect,
  table: SqlTable,
): string {
  if (valueFields.length > 1) {
    throw new SqlRefusal('sql-value-fields-unsupported', 'combinations of fields have no SQL here')
  }
  const staged = type.startsWith('temporal')
  const isText = type === 'value_count' || (type === 'value_percentile' && percentile === undefined)
  const selects = inputs.map((input, stage) => {
    const expr = input.kind === 'rule' ? exprOf(input.id) : undefined
    if (expr === undefined) {
      throw new SqlRefusal('sql-chain-unsupported', `"${input.name}" is a correlation`)
    }
    const fieldOf = (name: string) => input.aliases[name] ?? name
    const groups = groupBy.map((name, n) => `${dialect.groupText(table, fieldOf(name))} AS g${n}`)
    const value = valueFields.map((name) => {
      const field = fieldOf(name)
      return `${isText ? dialect.groupText(table, field) : dialect.groupNumber(table, field)} AS v`
    })
    const columns = [
      `${dialect.quoteName(table.id)} AS id`,
      `${dialect.quoteName(table.time)} AS time`,
      ...(staged ? [`${stage} AS stage`] : []),
      ...groups,
      ...value,
    ]
    const condition = conditionOf(expr, dialect, table, 0)
    return `SELECT ${columns.join(', ')} FROM ${dialect.quoteName(table.table)} WHERE ${condition}`
  })
  const union = selects.join(dialect.name === 'sqlite' ? ' UNION ' : ' UNION DISTINCT ')
  return valueFields.length === 0 ? union : `SELECT * FROM (${union}) AS u WHERE v IS NOT NULL`
}

function having({ ops }: LoadedCorrelation, worth: string): string {
  return ops.map(({ op, value }) => `${worth} ${OPS[op]} ${value}`).join(' AND ')
}

function worthOf(
  correlation: LoadedCorrelation,
  keys: readonly string[],
  target: SqlTarget,
): string {
  if (correlation.expression !== undefined) return byExpression(correlation, keys)
  if (correlation.type === 'temporal_ordered') return ordered(correlation, keys)
  return target === 'sqlite' ? joined(correlation, keys) : windowed(correlation, keys)
}

/** SQLite: every match joined with those of its window. */
function joined(correlation: LoadedCorrelation, keys: readonly string[]): string {
  const percent = percentOf(correlation)
  if (percent !== undefined) return ranked(correlation, keys, percent)
  const shown = ['a.id AS id', 'a.time AS time', ...keys.map((key) => `a.${key} AS ${key}`)]
  const worth = sqliteWorth(correlation)
  return `SELECT ${shown.join(', ')}, ${worth} AS worth FROM m a JOIN m b ON ${windowJoin(correlation, keys)} GROUP BY a.id HAVING ${having(correlation, worth)} ORDER BY a.time, a.id`
}

function percentOf({ type, percentile }: LoadedCorrelation): number | undefined {
  if (type === 'value_median') return 50
  return type === 'value_percentile' ? percentile : undefined
}

function sqliteWorth({ type }: LoadedCorrelation): string {
  switch (type) {
    case 'event_count':
      return 'count(DISTINCT b.id)'
    case 'value_count':
      return 'count(DISTINCT b.v)'
    case 'value_sum':
      return 'sum(b.v)'
    case 'value_avg':
      return 'avg(b.v)'
    case 'temporal':
      return 'count(DISTINCT b.stage)'
    default:
      throw new SqlRefusal(`sql-${type.replaceAll('_', '-')}-unsupported`, `SQLite has no ${type}`)
  }
}

/** Rows of a percentile: each match with the values of its window, ranked. */
function ranked(correlation: LoadedCorrelation, keys: readonly string[], percent: number): string {
  const shown = keys.map((key) => `a.${key} AS ${key}`)
  const rank = 'row_number() OVER (PARTITION BY a.id ORDER BY b.v) - 1'
  const place = `((count(*) OVER (PARTITION BY a.id) - 1) * ${percent}) / 100.0`
  const columns = ['a.id AS id', 'a.time AS time', ...shown, 'b.v AS v', `${rank} AS r`]
  const ranks = `SELECT ${columns.join(', ')}, ${place} AS place FROM m a JOIN m b ON ${windowJoin(correlation, keys)}`
  const below = 'max(CASE WHEN r = CAST(place AS INTEGER) THEN v END)'
  // The last value has none after it.
  const above = `coalesce(max(CASE WHEN r = CAST(place AS INTEGER) + 1 THEN v END), ${below})`
  const worth = `${below} + (${above} - ${below}) * (max(place) - CAST(max(place) AS INTEGER))`
  const own = ['id', 'time', ...keys].join(', ')
  return `SELECT ${own}, ${worth} AS worth FROM (${ranks}) GROUP BY id HAVING ${having(correlation, worth)} ORDER BY time, id`
}

/** The window's matches `b` of a match `a`. */
function windowJoin({ timespan_ms }: LoadedCorrelation, keys: readonly string[]): string {
  const same = keys.map((key) => `a.${key} IS b.${key}`)
  return [...same, `b.time BETWEEN a.time - ${timespan_ms} AND a.time`].join(' AND ')
}

function partition(keys: readonly string[]): string {
  return keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')} `
}

/** Inputs in their order: the length of the longest chain that ends with a match, by the latest time at which
 * chains of each length begin. */
function ordered(correlation: LoadedCorrelation, keys: readonly string[]): string {
  const { inputs, timespan_ms } = correlation
  const over = `OVER (${partition(keys)}ORDER BY time RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  const last = inputs.length - 1
  let rows = 'SELECT *, time AS s0 FROM m'
  for (let length = 1; length <= last; length++) {
    const stages = Array.from({ length: last }, (_, n) => n + 1)
    const starts = stages.map(
      (stage) =>
        `WHEN ${stage} THEN max(CASE WHEN stage < ${stage} THEN s${length - 1} END) ${over}`,
    )
    rows = `SELECT *, CASE stage ${starts.join(' ')} END AS s${length} FROM (${rows}) AS c${length}`
  }
  const lengths = Array.from({ length: last }, (_, n) => last - n)
  const begins = lengths.map((n) => `WHEN s${n} >= time - ${timespan_ms} THEN ${n + 1}`)
  const worth = last === 0 ? '1' : `CASE ${begins.join(' ')} ELSE 1 END`
  return distinctRows(correlation, keys, `SELECT *, ${worth} AS worth FROM (${rows}) AS c`)
}

/** A boolean condition over what the window holds of each input. */
function byExpression(
  { expression, inputs, timespan_ms }: LoadedCorrelation,
  keys: readonly string[],
): string {
  const over = `OVER (${partition(keys)}ORDER BY time RANGE BETWEEN ${timespan_ms} PRECEDING AND CURRENT ROW)`
  const seen = inputs.map(
    (_, n) => `max(CASE WHEN stage = ${n} THEN 1 ELSE 0 END) ${over} AS n${n}`,
  )
  const names = new Map(inputs.map(({ name }, n) => [name, `n${n}`]))
  const worth = inputs.map((_, n) => `n${n}`).join(' + ')
  const shown = ['id', 'time', ...keys].join(', ')
  const rows = `SELECT *, ${seen.join(', ')} FROM m`
  return `SELECT DISTINCT ${shown}, ${worth} AS worth FROM (${rows}) AS c WHERE ${seenSql(expression!, names)} ORDER BY time, id`
}

function seenSql(condition: Condition, names: ReadonlyMap<string, string>): string {
  const inner = (one: Condition) => seenSql(one, names)
  switch (condition.kind) {
    case 'selection':
      return `${names.get(condition.name)} = 1`
    case 'not':
      return `NOT (${inner(condition.arg)})`
    case 'and':
    case 'or':
      return `(${condition.args.map(inner).join(condition.kind === 'and' ? ' AND ' : ' OR ')})`
    case 'of': {
      const { quantity } = condition
      const count = condition.names.map((name) => names.get(name)).join(' + ')
      return `(${count}) >= ${quantity === 'all' ? condition.names.length : quantity}`
    }
  }
}

/** Those of `rows` whose worth satisfies the condition. */
function distinctRows(
  correlation: LoadedCorrelation,
  keys: readonly string[],
  rows: string,
): string {
  const shown = ['id', 'time', ...keys, 'worth'].join(', ')
  return `SELECT DISTINCT ${shown} FROM (${rows}) AS w WHERE ${having(correlation, 'worth')} ORDER BY time, id`
}

/** ClickHouse: aggregates over a window of time. */
function windowed(correlation: LoadedCorrelation, keys: readonly string[]): string {
  const over = `OVER (${partition(keys)}ORDER BY time RANGE BETWEEN ${correlation.timespan_ms} PRECEDING AND CURRENT ROW)`
  const worth = `${clickhouseWorth(correlation)} ${over}`
  const shown = ['id', 'time', ...keys].join(', ')
  const inner = `SELECT ${shown}, ${worth} AS worth FROM m`
  return `SELECT DISTINCT * FROM (${inner}) WHERE ${having(correlation, 'worth')} ORDER BY time, id`
}

function clickhouseWorth({ type, percentile }: LoadedCorrelation): string {
  switch (type) {
    case 'event_count':
      return 'uniqExact(id)'
    case 'value_count':
      return 'uniqExact(v)'
    case 'value_sum':
      return 'sum(v)'
    case 'value_avg':
      return 'avg(v)'
    case 'value_median':
      return 'quantileExactInclusive(0.5)(v)'
    case 'temporal':
      return 'uniqExact(stage)'
    case 'value_percentile':
      if (percentile !== undefined) return `quantileExactInclusive(${percentile / 100})(v)`
      break
    case 'temporal_ordered':
  }
  throw new SqlRefusal('sql-value-percentile-unsupported', 'the share of a value has no SQL here')
}
