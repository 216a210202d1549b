// Rules in state.db: what alert making counts of them, and their facts by the hash of their text.
import type { RuleDelta } from './alert-writer.ts'
import type { Write } from './database.ts'
import type { RuleFacts } from './state-store.ts'

export const HOUR_MS = 3600_000
/** Rule texts that neither a loaded rule nor an alert needs are kept this long. */
export const UNUSED_RULE_KEPT_MS = 7 * 24 * 3600_000

/** Counts by hour are kept so long. */
export const RULE_HOURS_KEPT_MS = 35 * 24 * HOUR_MS

/** Adds to the counters of rules, in all and by hour; alerts of the shadow lane are none. */
export function countRules(
  write: Write,
  rules: ReadonlyMap<string, RuleDelta>,
  at: number,
  lane: 'live' | 'shadow' = 'live',
): void {
  if (rules.size === 0) return
  const rows = [...rules].map(([id, { matches, suppressed, alerts, last }]) => {
    const [raised, shadow] = lane === 'live' ? [alerts, 0] : [0, alerts]
    return [id, matches, suppressed, raised, last, shadow]
  })
  const json = JSON.stringify(rows)
  write.add(
    `INSERT INTO rule_counters (rule_id, matches, suppressed, alerts, last)
     SELECT value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?) WHERE true
     ON CONFLICT (rule_id) DO UPDATE SET matches = matches + excluded.matches,
       suppressed = suppressed + excluded.suppressed, alerts = alerts + excluded.alerts,
       last = max(coalesce(last, 0), excluded.last)`,
    [json],
  )
  write.add(
    `INSERT INTO rule_hours (hour, rule_id, matches, suppressed, alerts, shadow)
     SELECT ?, value->>0, value->>1, value->>2, value->>3, value->>5 FROM json_each(?) WHERE true
     ON CONFLICT (hour, rule_id) DO UPDATE SET matches = matches + excluded.matches,
       suppressed = suppressed + excluded.suppressed, alerts = alerts + excluded.alerts,
       shadow = shadow + excluded.shadow`,
    [Math.floor(at / HOUR_MS), json],
  )
  write.add('DELETE FROM rule_hours WHERE hour < ?', [
    Math.floor((at - RULE_HOURS_KEPT_MS) / HOUR_MS),
  ])
}

/** Stores facts of loaded rules and forgets texts that nothing needs. */
export function saveRules(write: Write, rules: readonly RuleFacts[], at: number): void {
  const rows = rules.map((rule) => ({
    ...{ hash: rule.hash, id: rule.id, facts: JSON.stringify(rule) },
    provenance: provenanceKey(rule),
  }))
  write.add(
    `INSERT INTO rule_texts (hash, rule_id, facts, loaded, provenance)
     SELECT value->>'hash', value->>'id', value->>'facts', ?, value->>'provenance'
     FROM json_each(?) WHERE true
     ON CONFLICT (hash) DO UPDATE SET facts = excluded.facts, loaded = excluded.loaded,
       provenance = excluded.provenance`,
    [at, JSON.stringify(rows)],
  )
  write.add(
    `DELETE FROM rule_texts WHERE loaded < ? AND hash NOT IN (SELECT rule_hash FROM alerts)`,
    [at - UNUSED_RULE_KEPT_MS],
  )
}

/** What runs, in which release: alerts with the same key share what is kept of it. */
function provenanceKey({ hash, provenance }: RuleFacts): string | null {
  return provenance === undefined ? null : `${hash}@${provenance.release ?? ''}`
}

/** Keeps the provenance of rules that raised alerts: their texts' facts change with the next release. */
export function keepProvenance(write: Write, ruleHashes: Iterable<string>): void {
  write.add(
    `INSERT INTO provenances (hash, value)
     SELECT t.provenance, t.facts->'$.provenance' FROM json_each(?) h
     JOIN rule_texts t ON t.hash = h.value WHERE t.provenance IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM provenances p WHERE p.hash = t.provenance)
     ON CONFLICT (hash) DO NOTHING`,
    [JSON.stringify([...new Set(ruleHashes)])],
  )
}
