// Rules by short number within one database file: id and text hash are stored once, not with each match.
import type { Database } from 'bun:sqlite'

export const RULES_SCHEMA = `
CREATE TABLE IF NOT EXISTS rules(
  ref INTEGER PRIMARY KEY, id TEXT NOT NULL, hash TEXT NOT NULL, UNIQUE(id, hash));
`

/** A rule as its text stood when it matched. */
export interface RuleText {
  readonly ruleId: string
  /** SHA-256 of the text, hex. */
  readonly ruleHash: string
}

/** Numbers of rules, given inside the caller's transaction; one for each transaction. */
export function createRuleRefs(db: Database): (rule: RuleText) => number {
  const known = new Map<string, number>()
  const insert = db.query('INSERT INTO rules(id, hash) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const select = db.query('SELECT ref FROM rules WHERE id = ? AND hash = ?')
  return ({ ruleId, ruleHash }) => {
    const key = `${ruleId}\n${ruleHash}`
    let ref = known.get(key)
    if (ref === undefined) {
      insert.run(ruleId, ruleHash)
      ref = (select.get(ruleId, ruleHash) as { ref: number }).ref
      known.set(key, ref)
    }
    return ref
  }
}

/** The rules behind numbers, looked up once each. */
export function createRuleTexts(db: Database): (ref: number) => RuleText {
  const known = new Map<number, RuleText>()
  const select = db.query('SELECT id AS ruleId, hash AS ruleHash FROM rules WHERE ref = ?')
  return (ref) => {
    let rule = known.get(ref)
    if (rule === undefined) {
      const row = select.get(ref) as RuleText | null
      if (row === null) throw new Error(`a match names rule ${ref}, which is not stored`)
      rule = row
      known.set(ref, rule)
    }
    return rule
  }
}
