// What a correlation in SQL is made of: a level is a correlation with the matches that it reads, each a common table
// expression. A level below another one gives it its firings as matches.
import type { Expr } from '../ir/expr.ts'
import type { CorrelationInput, LoadedCorrelation, LoadedRules } from '../rule.ts'
import { type Dialect, SqlRefusal, type SqlTable } from './dialect.ts'
import { conditionOf } from './sql.ts'

/** A field of the event that ends a window, for the level above: as text or as a number. */
export interface Carried {
  readonly name: string
  readonly isNumber: boolean
}

export interface Level {
  readonly correlation: LoadedCorrelation
  /** The table of its matches: `id`, `time`, `src` or `stage`, `g0`..., `v`, `c0`... */
  readonly matches: string
  /** Columns of the group, and those carried for the level above. */
  readonly keys: readonly string[]
  readonly carried: readonly string[]
  /** Columns that tell matches apart: firings of a level below may share an event with others. */
  readonly identity: readonly string[]
}

export interface Levels {
  readonly loaded: Pick<LoadedRules, 'rules' | 'correlations'>
  readonly dialect: Dialect
  readonly table: SqlTable
  /** Common table expressions so far, in order: name and statement. */
  readonly made: [name: string, sql: string][]
  /** Levels below the top one, so far. */
  below: number
  /** Makes the statement of a level's firings. */
  readonly firings: (level: Level) => string
}

/** The level of a correlation whose matches are called `matches`; what it reads is added to `levels.made`. */
export function levelOf(
  levels: Levels,
  correlation: LoadedCorrelation,
  matches: string,
  carried: readonly Carried[],
): Level {
  const { inputs, groupBy, valueFields } = correlation
  if (valueFields.length > 1) {
    throw new SqlRefusal('sql-value-fields-unsupported', 'combinations of fields have no SQL here')
  }
  const isChained = inputs.some(({ kind }) => kind === 'correlation')
  const selects = inputs.map((input, n) =>
    input.kind === 'rule'
      ? ruleMatches(levels, correlation, input, n, carried, isChained)
      : firingMatches(levels, correlation, input, n, carried),
  )
  const union = selects.join(levels.dialect.name === 'sqlite' ? ' UNION ' : ' UNION DISTINCT ')
  const keys = groupBy.map((_, n) => `g${n}`)
  const needed = [...keys, ...(valueFields.length === 0 ? [] : ['v'])]
  const guard = needed.map((name) => `${name} IS NOT NULL`).join(' AND ')
  levels.made.push([matches, guard === '' ? union : `SELECT * FROM (${union}) AS u WHERE ${guard}`])
  return {
    ...{ correlation, matches, keys },
    carried: carried.map((_, n) => `c${n}`),
    identity: isChained ? ['src', 'id'] : ['id'],
  }
}

/** What a level reads of an input's events: group, value and carried fields, under their columns. */
function wantedOf(
  { groupBy, valueFields, type, percentile }: LoadedCorrelation,
  input: CorrelationInput,
  carried: readonly Carried[],
): readonly (Carried & { readonly column: string })[] {
  const isText = type === 'value_count' || (type === 'value_percentile' && percentile === undefined)
  const own = (name: string) => (Object.hasOwn(input.aliases, name) ? input.aliases[name]! : name)
  return [
    ...groupBy.map((name, n) => ({ name: own(name), isNumber: false, column: `g${n}` })),
    ...valueFields.map((name) => ({ name: own(name), isNumber: !isText, column: 'v' })),
    ...carried.map(({ name, isNumber }, n) => ({ name: own(name), isNumber, column: `c${n}` })),
  ]
}

function stageOf({ type }: LoadedCorrelation, n: number): string[] {
  return type.startsWith('temporal') ? [`${n} AS stage`] : []
}

function ruleMatches(
  levels: Levels,
  correlation: LoadedCorrelation,
  input: CorrelationInput,
  n: number,
  carried: readonly Carried[],
  isChained: boolean,
): string {
  const { dialect, table, loaded } = levels
  const expr: Expr | undefined = loaded.rules.find(({ id }) => id === input.id)?.expr
  if (expr === undefined) {
    throw new SqlRefusal('sql-input-missing', `"${input.name}" is not among the rules`)
  }
  const wanted = wantedOf(correlation, input, carried).map(({ name, isNumber, column }) => {
    const value = isNumber ? dialect.groupNumber(table, name) : dialect.groupText(table, name)
    return `${value} AS ${column}`
  })
  const columns = [
    `${dialect.quoteName(table.id)} AS id`,
    `${dialect.quoteName(table.time)} AS time`,
    ...(isChained ? ['0 AS src'] : []),
    ...stageOf(correlation, n),
    ...wanted,
  ]
  const condition = conditionOf(expr, dialect, table, 0)
  return `SELECT ${columns.join(', ')} FROM ${dialect.quoteName(table.table)} WHERE ${condition}`
}

/** The firings of a correlation below: each is a match of its own, with the values of its group and of the event
 * that ended its window. */
function firingMatches(
  levels: Levels,
  correlation: LoadedCorrelation,
  input: CorrelationInput,
  n: number,
  carried: readonly Carried[],
): string {
  const below = levels.loaded.correlations.find(({ id }) => id === input.id)
  if (below === undefined) {
    throw new SqlRefusal('sql-input-missing', `"${input.name}" is not among the correlations`)
  }
  const asked: Carried[] = []
  const columns = wantedOf(correlation, input, carried).map(({ name, isNumber, column }) => {
    const group = isNumber ? -1 : below.groupBy.indexOf(name)
    if (group >= 0) return `f.g${group} AS ${column}`
    const known = asked.findIndex((one) => one.name === name && one.isNumber === isNumber)
    const at = known >= 0 ? known : asked.push({ name, isNumber }) - 1
    return `f.c${at} AS ${column}`
  })
  const number = levels.below++
  const level = levelOf(levels, below, `m${number}`, asked)
  const name = `f${number}`
  levels.made.push([name, levels.firings(level)])
  // The columns say whose they are: ClickHouse would take a name made beside them for what is meant.
  const own = [
    'f.id AS id',
    'f.time AS time',
    `${n + 1} AS src`,
    ...stageOf(correlation, n),
    ...columns,
  ]
  return `SELECT ${own.join(', ')} FROM ${name} AS f`
}
