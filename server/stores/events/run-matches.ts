// Which events scheduled runs of rules matched. Events are sealed by then, so these lie beside them, in the
// intake; they leave with their day.
import type { Database } from 'bun:sqlite'
import { parseId } from './id.ts'
import { createRuleRefs, createRuleTexts, type RuleText } from './rule-refs.ts'

export const RUN_MATCHES_SCHEMA = `
CREATE TABLE IF NOT EXISTS run_matches(
  day TEXT, number INTEGER, rule INTEGER, PRIMARY KEY(day, number, rule)) WITHOUT ROWID;
`

/** Adds matches of a rule, inside the caller's transaction; one that is known changes nothing. */
export function insertRunMatches(db: Database, rule: RuleText, eventIds: readonly string[]): void {
  const ref = createRuleRefs(db)(rule)
  const insert = db.query('INSERT OR IGNORE INTO run_matches VALUES (?, ?, ?)')
  for (const eventId of eventIds) {
    const id = parseId(eventId)
    if (id !== undefined) insert.run(id.day, id.number, ref)
  }
}

/** Removes those of a day. */
export function dropRunMatches(db: Database, day: string): void {
  db.query('DELETE FROM run_matches WHERE day = ?').run(day)
}

export interface NumberMatch {
  readonly number: number
  readonly ruleId: string
}

/** Matches of events of a day numbered in [from, to), by number. */
export type ReadRunMatches = (day: string, from: number, to: number) => readonly NumberMatch[]

/** Reads within one read transaction; days without any cost one look. */
export function openRunMatches(db: Database): ReadRunMatches {
  // The writer adds the table to a file of an older version when it opens it.
  if (db.query("SELECT 1 FROM sqlite_schema WHERE name = 'run_matches'").get() === null)
    return () => []
  const some = db.query('SELECT 1 FROM run_matches WHERE day = ? LIMIT 1')
  const select = db.query(
    'SELECT number, rule FROM run_matches WHERE day = ? AND number >= ? AND number < ? ORDER BY number',
  )
  const textOf = createRuleTexts(db)
  const has = new Map<string, boolean>()
  return (day, from, to) => {
    if (!has.getOrInsertComputed(day, () => some.get(day) !== null)) return []
    const rows = select.all(day, from, to) as { number: number; rule: number }[]
    return rows.map(({ number, rule }) => ({ number, ruleId: textOf(rule).ruleId }))
  }
}
