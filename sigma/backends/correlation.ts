// Correlations as SQL: for each event its window, by time within its group. Events of one time count together, where the
// engine goes by arrival; of a list, the first value counts. What cannot be said exactly is refused by name.
import type { Diagnostic } from '../diagnostic.ts'
import type { Expr } from '../ir/expr.ts'
import type { LoadedCorrelation } from '../rule.ts'
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
    const make = target === 'sqlite' ? joined : windowed
    return { sql: `WITH m AS (${matches}) ${make(correlation, keys)}` }
  })
}

/** The matches: id, time, group values, and what is counted or told apart. */
function matchesOf(
  { inputs, groupBy, valueFields, type, expression, percentile }: LoadedCorrelation,
  exprOf: (ruleId: string) => Expr | undefined,
  dialect: Dialect,
  table: SqlTable,
): string {
  if (expression !== undefined) {
    throw new SqlRefusal(
      'sql-expression-unsupported',
      'a boolean condition over rules has no SQL here',
    )
  }
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

/** SQLite: every match joined with those of its window. */
function joined(correlation: LoadedCorrelation, keys: readonly string[]): string {
  const { timespan_ms, type } = correlation
  const same = keys.map((key) => `a.${key} IS b.${key}`)
  const on = [...same, `b.time BETWEEN a.time - ${timespan_ms} AND a.time`].join(' AND ')
  const shown = ['a.id AS id', 'a.time AS time', ...keys.map((key) => `a.${key} AS ${key}`)].join(
    ', ',
  )
  if (type === 'temporal_ordered') return ordered(correlation, keys, shown)
  const worth = sqliteWorth(correlation)
  return `SELECT ${shown}, ${worth} AS worth FROM m a JOIN m b ON ${on} GROUP BY a.id HAVING ${having(correlation, worth)} ORDER BY a.time, a.id`
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

/** All inputs in their order: from the last back to the first, never later. */
function ordered(
  { inputs, ops, timespan_ms }: LoadedCorrelation,
  keys: readonly string[],
  shown: string,
): string {
  const [only] = ops
  if (ops.length !== 1 || only?.op !== 'gte' || only.value !== inputs.length) {
    throw new SqlRefusal(
      'sql-temporal-ordered-unsupported',
      'only all rules in order have SQL here',
    )
  }
  let chain = ''
  for (let stage = 0; stage < inputs.length - 1; stage++) {
    const after = stage === inputs.length - 2 ? 'a' : `s${stage + 1}`
    const own = `s${stage}`
    const same = keys.map((key) => `${own}.${key} IS a.${key}`)
    const first = stage === 0 ? [`${own}.time >= a.time - ${timespan_ms}`] : []
    const where = [`${own}.stage = ${stage}`, ...same, `${own}.time <= ${after}.time`, ...first]
    chain = `EXISTS (SELECT 1 FROM m ${own} WHERE ${[...where, ...(chain === '' ? [] : [chain])].join(' AND ')})`
  }
  const last = `a.stage = ${inputs.length - 1}`
  const condition = chain === '' ? last : `${last} AND ${chain}`
  return `SELECT ${shown}, ${inputs.length} AS worth FROM m a WHERE ${condition} ORDER BY a.time, a.id`
}

/** ClickHouse: aggregates over a window of time. */
function windowed(correlation: LoadedCorrelation, keys: readonly string[]): string {
  const partition = keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')} `
  const over = `OVER (${partition}ORDER BY time RANGE BETWEEN ${correlation.timespan_ms} PRECEDING AND CURRENT ROW)`
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
      throw new SqlRefusal(
        'sql-value-percentile-unsupported',
        'the share of a value has no SQL here',
      )
    case 'temporal_ordered':
      throw new SqlRefusal(
        'sql-temporal-ordered-unsupported',
        'ClickHouse cannot look back in order',
      )
  }
}
