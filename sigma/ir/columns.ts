// Which columns of an event an expression reads.
import type { ColumnName, Expr } from './expr.ts'

/** The columns that tests of the expression name. */
export function columnsOf(expr: Expr): ReadonlySet<ColumnName> {
  const found = new Set<ColumnName>()
  collect(expr, found)
  return found
}

function collect(expr: Expr, found: Set<ColumnName>): void {
  if (expr.kind === 'and' || expr.kind === 'or') for (const arg of expr.args) collect(arg, found)
  if (expr.kind === 'not') collect(expr.arg, found)
  if (expr.kind === 'match' && expr.target.scope === 'column') found.add(expr.target.name)
}
