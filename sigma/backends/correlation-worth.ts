// What a correlation compares, for the window of every match: statements over the matches of a level.
import type { Condition, LoadedCorrelation } from '../rule.ts'
import type { Level } from './correlation-levels.ts'
import type { SqlTarget } from './sql.ts'

const OPS = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', neq: '<>' } as const

/** The statement that selects the matches of a level whose window satisfies its condition: `id`, `time`, group and
 * carried columns, `worth`. */
export function firingsSql(level: Level, target: SqlTarget): string {
  const { correlation } = level
  if (correlation.expression !== undefined) return byExpression(level, correlation.expression)
  if (correlation.type === 'temporal_ordered') return ordered(level)
  return target === 'sqlite' ? joined(level) : windowed(level)
}

function having({ ops }: LoadedCorrelation, worth: string): string {
  return ops.map(({ op, value }) => `${worth} ${OPS[op]} ${value}`).join(' AND ')
}

function shownOf({ keys, carried }: Level): readonly string[] {
  return ['id', 'time', ...keys, ...carried]
}

/** SQLite: every match joined with those of its window. */
function joined(level: Level): string {
  const { correlation, matches, identity, keys } = level
  const percent = percentOf(correlation)
  if (percent !== undefined) return ranked(level, percent)
  const shown = shownOf(level).map((name) => `a.${name} AS ${name}`)
  const worth = sqliteWorth(level)
  const own = [...identity, ...keys].map((name) => `a.${name}`).join(', ')
  const ends = correlation.type === 'value_percentile' ? matches : endsOf(level)
  return `SELECT DISTINCT ${shown.join(', ')}, ${worth} AS worth FROM ${ends} a JOIN ${matches} b ON ${windowJoin(level)} GROUP BY ${own} HAVING ${having(correlation, worth)}`
}

function percentOf({ type, percentile }: LoadedCorrelation): number | undefined {
  if (type === 'value_median') return 50
  return type === 'value_percentile' ? percentile : undefined
}

function sqliteWorth({ correlation, identity }: Level): string {
  switch (correlation.type) {
    case 'value_count':
      return 'count(DISTINCT b.v)'
    case 'value_sum':
      return 'sum(b.v)'
    case 'value_avg':
      return 'avg(b.v)'
    case 'temporal':
      return 'count(DISTINCT b.stage)'
    case 'value_percentile':
      return '100.0 * sum(b.v = a.v) / count(*)'
    default:
      return `count(DISTINCT ${identity.map((name) => `b.${name}`).join(" || ':' || ")})`
  }
}

/** Rows of a percentile: each match with the values of its window, ranked. */
function ranked(level: Level, percent: number): string {
  const { correlation, matches, identity, keys } = level
  const own = [...identity, ...keys].map((name) => `a.${name}`).join(', ')
  const shown = shownOf(level)
  const rank = `row_number() OVER (PARTITION BY ${own} ORDER BY b.v) - 1`
  const place = `((count(*) OVER (PARTITION BY ${own}) - 1) * ${percent}) / 100.0`
  const told = identity.filter((name) => name !== 'id').map((name) => `a.${name} AS ${name}`)
  const columns = [...shown.map((name) => `a.${name} AS ${name}`), ...told, 'b.v AS v']
  const ranks = `SELECT ${columns.join(', ')}, ${rank} AS r, ${place} AS place FROM ${endsOf(level)} a JOIN ${matches} b ON ${windowJoin(level)}`
  const below = 'max(CASE WHEN r = CAST(place AS INTEGER) THEN v END)'
  // The last value has none after it.
  const above = `coalesce(max(CASE WHEN r = CAST(place AS INTEGER) + 1 THEN v END), ${below})`
  const worth = `${below} + (${above} - ${below}) * (max(place) - CAST(max(place) AS INTEGER))`
  return `SELECT DISTINCT ${shown.join(', ')}, ${worth} AS worth FROM (${ranks}) GROUP BY ${[...identity, ...keys].join(', ')} HAVING ${having(correlation, worth)}`
}

/** The events that end windows, each once in a group though it has several values there. */
function endsOf(level: Level): string {
  const columns = [...new Set([...shownOf(level), ...level.identity])]
  return `(SELECT DISTINCT ${columns.join(', ')} FROM ${level.matches})`
}

/** The window's matches `b` of a match `a`. */
function windowJoin({ correlation, keys }: Level): string {
  const same = keys.map((key) => `a.${key} = b.${key}`)
  const { timespan_ms } = correlation
  return [...same, `b.time BETWEEN a.time - ${timespan_ms} AND a.time`].join(' AND ')
}

/** The window of a match among those of its group. */
function over({ keys, correlation }: Level): string {
  const partition = keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')} `
  return `OVER (${partition}ORDER BY time RANGE BETWEEN ${correlation.timespan_ms} PRECEDING AND CURRENT ROW)`
}

/** Inputs in their order: the length of the longest chain that ends with a match, by the latest time at which
 * chains of each length begin. */
function ordered(level: Level): string {
  const { correlation, keys, matches } = level
  const { inputs, timespan_ms } = correlation
  const partition = keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')} `
  const before = `OVER (${partition}ORDER BY time RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  const last = inputs.length - 1
  let rows = `SELECT *, time AS s0 FROM ${matches}`
  for (let length = 1; length <= last; length++) {
    const stages = Array.from({ length: last }, (_, n) => n + 1)
    const starts = stages.map(
      (stage) =>
        `WHEN ${stage} THEN max(CASE WHEN stage < ${stage} THEN s${length - 1} END) ${before}`,
    )
    rows = `SELECT *, CASE stage ${starts.join(' ')} END AS s${length} FROM (${rows}) AS c${length}`
  }
  const lengths = Array.from({ length: last }, (_, n) => last - n)
  const begins = lengths.map((n) => `WHEN s${n} >= time - ${timespan_ms} THEN ${n + 1}`)
  const worth = last === 0 ? '1' : `CASE ${begins.join(' ')} ELSE 1 END`
  // An event that several of the rules match ends one window: its longest chain counts.
  const shown = shownOf(level).join(', ')
  return `SELECT ${shown}, max(chain) AS worth FROM (SELECT *, ${worth} AS chain FROM (${rows}) AS c) AS w GROUP BY ${shown} HAVING ${having(correlation, 'max(chain)')}`
}

/** A boolean condition over what the window holds of each input. */
function byExpression(level: Level, expression: Condition): string {
  const { inputs } = level.correlation
  const seen = inputs.map(
    (_, n) => `max(CASE WHEN stage = ${n} THEN 1 ELSE 0 END) ${over(level)} AS n${n}`,
  )
  const names = new Map(inputs.map(({ name }, n) => [name, `n${n}`]))
  const worth = inputs.map((_, n) => `n${n}`).join(' + ')
  const rows = `SELECT *, ${seen.join(', ')} FROM ${level.matches}`
  return `SELECT DISTINCT ${shownOf(level).join(', ')}, ${worth} AS worth FROM (${rows}) AS c WHERE ${seenSql(expression, names)}`
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

/** ClickHouse: aggregates over a window of time. */
function windowed(level: Level): string {
  const { correlation, matches } = level
  const shown = [...shownOf(level), 'worth'].join(', ')
  const inner = `SELECT *, ${clickhouseWorth(level)} AS worth FROM ${matches}`
  return `SELECT DISTINCT ${shown} FROM (${inner}) AS w WHERE ${having(correlation, 'worth')}`
}

function clickhouseWorth(level: Level): string {
  const { correlation, identity } = level
  const { percentile } = correlation
  const window = over(level)
  switch (correlation.type) {
    case 'value_count':
      return `uniqExact(v) ${window}`
    case 'value_sum':
      return `sum(v) ${window}`
    case 'value_avg':
      return `avg(v) ${window}`
    case 'value_median':
      return `quantileExactInclusive(0.5)(v) ${window}`
    case 'temporal':
      return `uniqExact(stage) ${window}`
    case 'value_percentile': {
      if (percentile !== undefined) {
        return `quantileExactInclusive(${percentile / 100})(v) ${window}`
      }
      const values = `groupArray(v) ${window}`
      return `100 * countEqual(${values}, v) / length(${values})`
    }
    default:
      return `uniqExact(${identity.join(', ')}) ${window}`
  }
}
