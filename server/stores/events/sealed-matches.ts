// Which rules matched sealed events: one row for each segment that has some.
import type { Database } from 'bun:sqlite'
import { blockText, encodeBlock } from './block.ts'
import { createRuleRefs, createRuleTexts, RULES_SCHEMA, type RuleText } from './rule-refs.ts'

export const SEALED_MATCHES_SCHEMA = `${RULES_SCHEMA}
CREATE TABLE IF NOT EXISTS matches(
  first INTEGER PRIMARY KEY, last INTEGER NOT NULL, data BLOB NOT NULL);
`

/** A match of a sealed event. */
export interface SealedMatch extends RuleText {
  readonly number: number
}

interface MatchData {
  /** Pairs: number above the row's first, rule. Ascending by number. */
  readonly m: readonly (readonly [number, number])[]
}

/** Writes the matches of a segment, inside the caller's transaction. */
export function insertSealedMatches(db: Database, matches: readonly SealedMatch[]): void {
  if (matches.length === 0) return
  const refOf = createRuleRefs(db)
  const sorted = matches.toSorted((a, b) => a.number - b.number)
  const first = sorted[0]!.number
  const content: MatchData = { m: sorted.map((match) => [match.number - first, refOf(match)]) }
  const { data } = encodeBlock(JSON.stringify(content))
  db.query('INSERT INTO matches VALUES (?, ?, ?)').run(first, sorted.at(-1)!.number, data)
}

/** Rules that matched events numbered in [from, to), by number. */
export function readMatches(db: Database, from: number, to: number): SealedMatch[] {
  const rows = db
    .query(
      `SELECT first, data FROM matches WHERE first >= coalesce(
         (SELECT max(first) FROM matches WHERE first <= ?), ?) AND first < ? AND last >= ?
       ORDER BY first`,
    )
    .all(from, from, to, from) as { first: number; data: Uint8Array }[]
  const textOf = createRuleTexts(db)
  return rows
    .flatMap(({ first, data }) =>
      (JSON.parse(blockText(data)) as MatchData).m.map(([above, ref]) => ({
        number: first + above,
        ...textOf(ref),
      })),
    )
    .filter(({ number }) => number >= from && number < to)
    .sort((a, b) => a.number - b.number || (a.ruleId < b.ruleId ? -1 : 1))
}
