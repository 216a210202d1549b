// Rules as SQL, from the same expressions that the matcher runs. What a dialect cannot say exactly is refused by
// name.
import type { Diagnostic } from '../diagnostic.ts'
import type { Expr, Target, Test } from '../ir/expr.ts'
import { fold } from '../text/fold.ts'
import { foldParts } from '../text/wildcard.ts'
import { clickhouse } from './clickhouse.ts'
import {
  type Dialect,
  SQL_TABLE_DEFAULT,
  SqlRefusal,
  type SqlTable,
  type ValueSql,
} from './dialect.ts'
import { sqlite } from './sqlite.ts'

export type SqlTarget = 'sqlite' | 'clickhouse'

const DIALECTS = { sqlite, clickhouse } as const satisfies Record<SqlTarget, Dialect>

export const SQL_TARGETS = Object.keys(DIALECTS) as readonly SqlTarget[]

/** A deeper expression is refused: engines have limits of their own on nesting. */
const DEPTH_MAX = 200
/** Substrings of one field from which on they are searched for together. */
const SEARCHED_TOGETHER_MIN = 16

/**
 * The condition of an expression over a table of events, or why it cannot be said.
 *
 * @example sqlCondition(rule.expr, 'sqlite') // { sql: "EXISTS (SELECT 1 FROM json_each(...) ..." }
 */
export function sqlCondition(
  expr: Expr,
  target: SqlTarget,
  table: SqlTable = SQL_TABLE_DEFAULT,
): { readonly sql: string } | Diagnostic {
  return attempt(() => ({ sql: conditionOf(expr, DIALECTS[target], table, 0) }))
}

/** The statement that selects a rule's events. */
export function sqlOfRule(
  expr: Expr,
  target: SqlTarget,
  table: SqlTable = SQL_TABLE_DEFAULT,
): { readonly sql: string } | Diagnostic {
  const dialect = DIALECTS[target]
  return attempt(() => {
    const condition = conditionOf(expr, dialect, table, 0)
    return statementOf(
      `SELECT * FROM ${dialect.quoteName(table.table)} WHERE ${condition}`,
      dialect,
    )
  })
}

/** A statement that the engine reads as it comes. */
export function statementOf(sql: string, dialect: Dialect): { readonly sql: string } {
  const bytes = new TextEncoder().encode(sql).length
  if (bytes <= dialect.statementBytesMax) return { sql }
  throw new SqlRefusal(
    'sql-too-large',
    `the statement would have ${bytes} bytes; ${dialect.name} reads ${dialect.statementBytesMax}`,
  )
}

export function dialectOf(target: SqlTarget): Dialect {
  return DIALECTS[target]
}

/** A refusal as a finding; anything else goes on up. */
export function attempt<T>(make: () => T): T | Diagnostic {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof SqlRefusal)) throw error
    return { code: error.code, severity: 'error', message: error.message }
  }
}

export function conditionOf(expr: Expr, dialect: Dialect, table: SqlTable, depth: number): string {
  if (depth > DEPTH_MAX) throw new SqlRefusal('sql-too-deep', 'the condition is nested too deep')
  const inner = (arg: Expr) => conditionOf(arg, dialect, table, depth + 1)
  switch (expr.kind) {
    case 'and':
      return expr.args.length === 0 ? '1 = 1' : balanced(expr.args.map(inner), 'AND')
    case 'or':
      return expr.args.length === 0
        ? '1 = 0'
        : balanced(alternatives(expr.args, dialect, table, inner), 'OR')
    case 'not':
      return `NOT ${inner(expr.arg)}`
    case 'const':
      return expr.value ? '1 = 1' : '1 = 0'
    case 'match': {
      const { target, test } = expr
      if (test.kind === 'exists' || test.kind === 'null') {
        if (target.scope !== 'field')
          throw new SqlRefusal('sql-target-unsupported', `${test.kind} needs a field`)
        if (test.kind === 'null') return `(${dialect.isNull(table, target.name)})`
        const exists = `(${dialect.exists(table, target.name)})`
        return test.value ? exists : `NOT ${exists}`
      }
      return dialect.anyValue(table, target, (value) => valueCondition(test, value, dialect))
    }
  }
}

/** Joined as a tree that is as flat as can be: engines bound the depth of expressions. */
function balanced(parts: readonly string[], joint: 'AND' | 'OR'): string {
  if (parts.length === 1) return parts[0]!
  const middle = parts.length >> 1
  const [left, right] = [parts.slice(0, middle), parts.slice(middle)]
  return `(${balanced(left, joint)} ${joint} ${balanced(right, joint)})`
}

/** Alternatives over the same values look at them once. */
function alternatives(
  args: readonly Expr[],
  dialect: Dialect,
  table: SqlTable,
  inner: (arg: Expr) => string,
): string[] {
  const byTarget = new Map<string, { target: Target; tests: ValueTest[] }>()
  const out: string[] = []
  for (const arg of args) {
    if (arg.kind === 'match' && arg.test.kind !== 'exists' && arg.test.kind !== 'null') {
      const { target, test } = arg
      const key = JSON.stringify(target)
      const known = byTarget.get(key)
      if (known === undefined) byTarget.set(key, { target, tests: [test] })
      else known.tests.push(test)
    } else out.push(inner(arg))
  }
  for (const { target, tests } of byTarget.values()) {
    const condition = (value: ValueSql) => {
      const [lists, rest] = searchLists(tests, value, dialect)
      const own = rest.map((test) => `(${valueCondition(test, value, dialect)})`)
      return balanced([...lists, ...own], 'OR')
    }
    out.push(dialect.anyValue(table, target, condition))
  }
  return out
}

type ContainsTest = Extract<Test, { readonly kind: 'contains' }>

/** Long lists of substrings as searches for any of many, where the dialect has these, and the tests that remain. */
function searchLists(
  tests: readonly ValueTest[],
  value: ValueSql,
  dialect: Dialect,
): readonly [lists: readonly string[], rest: readonly ValueTest[]] {
  const { containsAny } = dialect
  const isListed = (test: ValueTest): test is ContainsTest =>
    test.kind === 'contains' && !test.cased && test.value !== ''
  const listed = tests.filter(isListed)
  if (containsAny === undefined || listed.length < SEARCHED_TOGETHER_MIN) return [[], tests]
  const texts = listed.map((test) => fold(test.value))
  const list = containsAny(dialect.fold(value.text, texts.join('')), texts)
  return [[`(${list})`], tests.filter((test) => !isListed(test))]
}

type ValueTest = Exclude<Test, { readonly kind: 'exists' | 'null' }>

const OPS = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function valueCondition(test: ValueTest, value: ValueSql, dialect: Dialect): string {
  switch (test.kind) {
    case 'equals':
    case 'contains':
    case 'startswith':
    case 'endswith': {
      if (test.cased) return dialect[test.kind](value.text, test.value)
      return dialect[test.kind](dialect.fold(value.text, test.value), fold(test.value))
    }
    case 'wildcard': {
      if (test.cased) return dialect.wildcard(value.text, test.parts)
      const all = test.parts.map((part) => (typeof part === 'string' ? '' : part.literal)).join('')
      return dialect.wildcard(dialect.fold(value.text, all), foldParts(test.parts))
    }
    case 'regex':
      return dialect.regex(value.text, test.pattern, test.flags)
    case 'cidr':
      return dialect.cidr(value.text, test.network)
    case 'number':
      return `((${value.isNumber} AND ${value.number} = ${test.value}) OR (${value.isText} AND ${dialect.equals(value.text, test.text)}))`
    case 'boolean': {
      const is = test.value ? value.isTrue : value.isFalse
      const word = String(test.value)
      return `(${is} OR (${value.isText} AND ${dialect.equals(dialect.fold(value.text, word), word)}))`
    }
    case 'compare':
      return `${value.number} ${OPS[test.op]} ${test.value}`
    case 'any':
      return `NOT (${value.isNull})`
    case 'fieldref':
    case 'timepart':
    case 'words':
    case 'textcompare':
      throw new SqlRefusal(
        `sql-${test.kind}-unsupported`,
        `${test.kind} has no SQL of the same meaning`,
      )
  }
}
