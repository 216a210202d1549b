// Correlations as SQL: for each event its window, by time within its group; correlations over correlations level by
// level. Events of one time count together, where the engine goes by arrival; of a list, the first value counts.
import type { Diagnostic } from '../diagnostic.ts'
import type { LoadedCorrelation, LoadedRules } from '../rule.ts'
import { type Levels, levelOf } from './correlation-levels.ts'
import { firingsSql } from './correlation-worth.ts'
import { SQL_TABLE_DEFAULT, type SqlTable } from './dialect.ts'
import { attempt, dialectOf, type SqlTarget, statementOf } from './sql.ts'

/** The statement that selects the events whose window satisfies the correlation, with its worth, or why there is
 * none. `loaded` has the rules and correlations that it reads. */
export function sqlOfCorrelation(
  correlation: LoadedCorrelation,
  loaded: Pick<LoadedRules, 'rules' | 'correlations'>,
  target: SqlTarget,
  table: SqlTable = SQL_TABLE_DEFAULT,
): { readonly sql: string } | Diagnostic {
  return attempt(() => {
    const levels: Levels = {
      ...{ loaded, table, dialect: dialectOf(target), made: [], below: 0 },
      firings: (level) => firingsSql(level, target),
    }
    const level = levelOf(levels, correlation, 'm', [])
    const tables = levels.made.map(([name, sql]) => `${name} AS (${sql})`).join(', ')
    return statementOf(
      `WITH ${tables} ${firingsSql(level, target)} ORDER BY time, id`,
      levels.dialect,
    )
  })
}
